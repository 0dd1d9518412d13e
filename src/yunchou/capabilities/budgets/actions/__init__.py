"""Writes of budgets: costs that are booked, the money behind the lines, and how it is moved."""

from .adjusting import request_adjustment, resend_adjustment
from .booking import record_actual
from .considering import choose_columns, say_no_cost, take_back_no_cost
from .drawing import Cause, account_for_use, draw_preapproved
from .funding import (
    campaign_key,
    cancel_budget,
    follow_spending,
    line_key,
    release_budget,
    reserve_budget,
    return_rest,
    settle_budget,
)
from .pooling import fund_pool

__all__ = [
    "Cause", "account_for_use", "campaign_key", "cancel_budget", "choose_columns", "draw_preapproved", "follow_spending",
    "fund_pool", "line_key", "record_actual", "release_budget", "request_adjustment", "resend_adjustment",
    "reserve_budget", "return_rest", "say_no_cost", "settle_budget", "take_back_no_cost",
]  # fmt: skip
