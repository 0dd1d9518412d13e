"""Writes of budgets: costs that are booked, and the money behind the lines."""

from .adjusting import fund_pool, request_adjustment
from .booking import record_actual
from .funding import (
    campaign_key,
    cancel_budget,
    follow_spending,
    line_key,
    release_budget,
    reserve_budget,
    settle_budget,
)

__all__ = [
    "campaign_key", "cancel_budget", "follow_spending", "fund_pool", "line_key", "record_actual", "release_budget",
    "request_adjustment", "reserve_budget", "settle_budget",
]  # fmt: skip
