"""Writes of the ledger: postings, accounts, ceilings, closed months."""

from .accounts import (
    Line,
    close_month,
    open_account,
    open_lines,
    open_unit,
    reopen_month,
    set_ceiling,
    unit_key,
)
from .posting import Order, Posted, exact_amount, take_turn
from .verbs import (
    Share,
    allot,
    cancel,
    commit,
    confirm,
    correct,
    fund,
    give_back,
    hand_on,
    refund,
    release,
    reserve,
    spend,
    transfer,
)

__all__ = [
    "Line", "Order", "Posted", "Share", "allot", "cancel", "close_month", "commit", "confirm", "correct",
    "exact_amount", "fund",
    "give_back", "hand_on", "open_account", "open_lines",
    "open_unit", "refund", "release", "reopen_month", "reserve", "set_ceiling", "spend",
    "take_turn", "transfer", "unit_key",
]  # fmt: skip
