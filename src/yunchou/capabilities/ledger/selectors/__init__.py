"""Reads of the ledger."""

from .balances import (
    NOTHING,
    Level,
    Money,
    account_of,
    accounts_of,
    entries_below,
    holds_of,
    money_of,
    money_of_many,
    outlook,
    slices_of,
)

__all__ = [
    "NOTHING", "Level", "Money", "account_of", "accounts_of", "entries_below", "holds_of", "money_of", "money_of_many", "outlook",
    "slices_of",
]  # fmt: skip
