"""Every write to plans: drafting, sending, changing, breaking down, carrying out, evaluating, and the deadlines."""

from .breaking import break_down, follow_breakdown
from .changing import drop_change, open_change, send_change
from .deadlines import close_deadline, owe_evaluations, owe_plans
from .drafting import add_item, attach_research, create_plan, link_plan, remove_research, write_part
from .evaluating import evaluate_plan
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
    "add_item", "add_strategic_goal", "attach_research", "break_down", "cancel_item", "cancel_plan",
    "change_strategic_goal", "close_deadline", "close_plan", "create_plan", "drop_change", "evaluate_plan",
    "finish_item", "follow_breakdown", "item_is_carried", "link_plan", "open_change", "owe_evaluations", "owe_plans",
    "plan_approved", "plan_rejected", "plan_returned", "plan_withdrawn", "remove_research", "reopen_item",
    "send_change", "start_item", "submit_plan", "withdraw_plan", "write_part",
]  # fmt: skip
