"""Writes of the ledger: postings, accounts, ceilings, closed months."""

from .accounts import (
    Line,
    close_month,
    open_account,
    open_lines,
    open_unit,
    rename_line,
    reopen_month,
    set_ceiling,
    unit_key,
)
from .posting import Order, Posted, exact_amount, take_turn
from .verbs import (
    Share,
    Use,
    allot,
    cancel,
    commit,
    confirm,
    fund,
    give_back,
    hand_on,
    refund,
    release,
    release_all,
    reserve,
    reserve_all,
    return_extra,
    spend,
    spend_all,
    transfer,
)

__all__ = [
    "Line", "Order", "Posted", "Share", "Use", "allot", "cancel", "close_month", "commit", "confirm",
    "exact_amount", "fund",
    "give_back", "hand_on", "open_account", "open_lines",
    "open_unit", "refund", "release", "release_all", "rename_line", "reopen_month", "reserve", "reserve_all", "return_extra",
    "set_ceiling",
    "spend", "spend_all", "take_turn", "transfer", "unit_key",
]  # fmt: skip
