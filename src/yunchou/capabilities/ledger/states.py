"""The five states of a yuan, the parts an account can be cut into, and the kinds of postings."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    """Where a yuan of an account stands. Every entry takes it out of one state and puts it into another."""

    PLANNED = "planned", pgettext_lazy("ledger", "Planned")
    AVAILABLE = "available", pgettext_lazy("ledger", "Available")
    RESERVED = "reserved", pgettext_lazy("ledger", "Reserved")
    COMMITTED = "committed", pgettext_lazy("ledger", "Committed")
    SPENT = "spent", pgettext_lazy("ledger", "Spent")


STATES: tuple[State, ...] = tuple(State)
HELD: frozenset[State] = frozenset({State.RESERVED, State.COMMITTED})
"""States in which money waits for one purpose: every such yuan belongs to a `Hold`."""
USED: frozenset[State] = frozenset({State.RESERVED, State.COMMITTED, State.SPENT})
"""States in which it is known what for, with whom and when: only these count by channel, supplier and month."""


class Dimension(models.TextChoices):
    """What a balance is of: an account with all below it, what only it holds, or one part of it."""

    ALL = "all", pgettext_lazy("ledger", "Everything")
    OWN = "own", pgettext_lazy("ledger", "Not allotted")
    CATEGORY = "category", _("Category")
    CHANNEL = "channel", _("Channel")
    SUPPLIER = "supplier", _("Supplier")
    QUARTER = "quarter", _("Quarter")
    MONTH = "month", _("Month")


PERIOD: Final = re.compile(r"20\d\d(?:Q[1-4]|-(?:0[1-9]|1[0-2]))\Z", re.ASCII)
PERIODS: frozenset[Dimension] = frozenset({Dimension.QUARTER, Dimension.MONTH})
"""Slices that hold what one period moved: a refund of an earlier month may take them below zero."""


class Slice(NamedTuple):
    """One value of one dimension: (category, 物料成本), (month, 2026-08); the whole account is (all, "")."""

    dimension: Dimension
    value: str = ""


ALL, OWN = Slice(Dimension.ALL), Slice(Dimension.OWN)


def quarter_of(day: date) -> Slice:
    """The slice of a day's quarter, `2026Q3`."""
    return Slice(Dimension.QUARTER, f"{day.year}Q{(day.month + 2) // 3}")


def month_of(day: date) -> Slice:
    """The slice of a day's month, `2026-08`."""
    return Slice(Dimension.MONTH, f"{day:%Y-%m}")


def days_of(period: str) -> tuple[date, date]:
    """From the first day of `2026Q3` or `2026-08` to the first day after it; `ValueError` where it is neither."""
    if not PERIOD.match(period):
        raise ValueError(period)
    year = int(period[:4])
    first, length = (int(period[5]) * 3 - 2, 3) if period[4] == "Q" else (int(period[5:]), 1)
    after = first + length
    return date(year, first, 1), date(year + (after > 12), (after - 1) % 12 + 1, 1)


class Stage(models.TextChoices):
    """When a ceiling is asked. Each stage counts what has come at least so far (BUD-14)."""

    RESERVE = "reserve", pgettext_lazy("ledger", "On reserving")
    COMMIT = "commit", pgettext_lazy("ledger", "On committing")
    SPEND = "spend", pgettext_lazy("ledger", "On spending")


COUNTED: dict[Stage, tuple[State, ...]] = {
    Stage.RESERVE: (State.RESERVED, State.COMMITTED, State.SPENT),
    Stage.COMMIT: (State.COMMITTED, State.SPENT),
    Stage.SPEND: (State.SPENT,),
}


class Effect(models.TextChoices):
    """What a ceiling does when it would be passed."""

    BLOCK = "block", pgettext_lazy("ledger", "Block")
    WARN = "warn", pgettext_lazy("ledger", "Warn")
    ALLOW = "allow", pgettext_lazy("ledger", "Allow")


class Kind(models.TextChoices):
    """What a posting does, in the words of finance."""

    FUND = "fund", _("Funding")
    CONFIRM = "confirm", _("Approval of a plan")
    RETURN = "return", _("Return of funds")
    ALLOT = "allot", _("Allotment")
    ADJUST = "adjust", _("Adjustment")
    DRAW = "draw", _("Contingency draw")
    POOL = "pool", _("Emergency pool")
    EXTRA = "extra", _("Special review")
    RESERVE = "reserve", pgettext_lazy("ledger", "Reservation")
    COMMIT = "commit", pgettext_lazy("ledger", "Commitment")
    SPEND = "spend", pgettext_lazy("ledger", "Expense")
    RELEASE = "release", pgettext_lazy("ledger", "Release")
    REFUND = "refund", pgettext_lazy("ledger", "Reversal")
    CANCEL = "cancel", pgettext_lazy("ledger", "Closing of an account")
