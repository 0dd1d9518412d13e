"""Every write to plans: drafting, sending, changing, breaking down, carrying out, evaluating, and the deadlines."""

from .breaking import break_down, follow_breakdown
from .changing import drop_change, open_change, send_change
from .citing import cite_last_execution
from .deadlines import close_deadline, owe_evaluations, owe_plans
from .drafting import (
    add_item,
    attach_research,
    attach_sales_plan,
    create_plan,
    link_plan,
    remove_research,
    take_usual_goals,
    write_part,
)
from .evaluating import evaluate_plan
from .importing import look_at, read_plan, take_over
from .overseeing import (
    owe_looks,
    owe_review,
    owe_risk_reviews,
    owe_supervision,
    review_plan,
    review_risk,
    supervise,
)
from .running import (
    cancel_item,
    cancel_plan,
    close_plan,
    finish_item,
    item_is_carried,
    reopen_item,
    start_item,
)
from .sending import plan_approved, plan_rejected, plan_returned, plan_withdrawn, submit_plan, withdraw_plan
from .strategy import add_strategic_goal, change_strategic_goal

__all__ = [
    "add_item", "add_strategic_goal", "attach_research", "attach_sales_plan", "break_down", "cancel_item",
    "cancel_plan", "change_strategic_goal", "cite_last_execution", "close_deadline", "close_plan", "create_plan",
    "drop_change", "evaluate_plan", "finish_item", "follow_breakdown", "item_is_carried", "link_plan", "look_at",
    "open_change", "owe_evaluations", "owe_looks", "owe_plans", "owe_review", "owe_risk_reviews", "owe_supervision",
    "plan_approved", "plan_rejected", "plan_returned", "plan_withdrawn", "read_plan", "remove_research",
    "reopen_item", "review_plan", "review_risk", "send_change", "start_item", "submit_plan", "supervise", "take_over",
    "take_usual_goals", "withdraw_plan", "write_part",
]  # fmt: skip
