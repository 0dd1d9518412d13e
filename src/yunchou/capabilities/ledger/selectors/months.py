"""The twelve months of a unit: planned, spent, what is to be expected, and whether they are closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO, yuan

from ..books import MonthNote, notes_of, planned_of
from ..models import Account, ClosedMonth, Reopening
from .balances import Money

MONTHS: Final = range(1, 13)
GOES_ON: Final = 3
"""The mean of so many full months is what a month to come is expected to cost."""


@dataclass(frozen=True)
class Month:
    """One month of a unit, in yuan. `planned` is None where nothing is planned by month; `expected` what is forecast."""

    key: str
    number: int
    spent: Decimal
    total: Decimal
    planned: Decimal | None = None
    expected: Decimal | None = None
    is_begun: bool = True
    closed: ClosedMonth | None = None
    reopened: Reopening | None = None
    note: MonthNote | None = None

    @property
    def variance(self) -> Decimal | None:
        """Actual minus planned (R-BUD-11); None where nothing was planned or the month has not begun."""
        return None if self.planned is None or not self.is_begun else self.spent - self.planned

    @property
    def state(self) -> str:
        """closed, open (reopened or not), or to come."""
        return "closed" if self.closed else "open" if self.is_begun else "later"


def months_of(account: Account, used: Mapping[str, Money]) -> list[Month]:
    """The months of a unit's account; `used` are its slices by month. Four queries, and those of who plans and reports."""
    today = clock.today()
    planned, notes = planned_of(account), notes_of(account)
    closed = closings_of([account]).get(account.pk, {})
    again = {
        one.month: one
        for one in Reopening.objects.filter(account=account).select_related("by").order_by("pk")
    }
    found, total = [], ZERO
    goes_on = _goes_on(account.year, used, today)
    for number in MONTHS:
        key = f"{account.year}-{number:02d}"
        spent = used[key].spent if key in used else ZERO
        total += spent
        found.append(
            Month(
                key=key, number=number, spent=spent, total=total,
                planned=planned.get(key, ZERO) if planned else None,
                expected=_expected(account.year, number, spent, goes_on, today),
                is_begun=date(account.year, number, 1) <= today,
                closed=closed.get(key), reopened=again.get(key), note=notes.get(key),
            )
        )  # fmt: skip
    return found


def closings_of(accounts: Sequence[Account]) -> dict[int, dict[str, ClosedMonth]]:
    """The closed months of accounts, closed for themselves or with a unit above; one query."""
    ids = {pk for account in accounts for pk in account.ids}
    rows = ClosedMonth.objects.filter(account__in=ids).select_related("account", "closed_by")
    by_account: dict[int, dict[str, ClosedMonth]] = {}
    for row in rows.order_by("account__path"):
        by_account.setdefault(row.account_id, {})[row.month] = row
    return {
        account.pk: {
            month: row for pk in reversed(account.ids) for month, row in by_account.get(pk, {}).items()
        }
        for account in accounts
    }


def _goes_on(year: int, used: Mapping[str, Money], today: date) -> Decimal | None:
    """The mean of the last full months of the year; None before one is full and after the year."""
    if today.year != year or today.month == 1:
        return None
    last = [f"{year}-{number:02d}" for number in range(max(1, today.month - GOES_ON), today.month)]
    return yuan(sum((used[key].spent for key in last if key in used), ZERO) / len(last))


def _expected(year: int, number: int, spent: Decimal, goes_on: Decimal | None, today: date) -> Decimal | None:
    """A month to come costs what the last full ones did on average, the present one at least what it has."""
    if goes_on is None or number < today.month:
        return None
    return max(spent, goes_on) if number == today.month else goes_on


def monthly_chart(months: Sequence[Month]) -> dict[str, Any]:
    """Planned, spent and expected month by month, in the terms of `ui/charts.js`; in the colours of `running_chart`."""
    spent = [_plain(one.spent) if one.is_begun else None for one in months]
    series: list[dict[str, Any]] = [{"name": pgettext("chart", "Spent"), "values": spent}]
    if any(one.expected is not None for one in months):
        values = [_plain(one.expected) for one in months]
        now = next(n for n, value in enumerate(values) if value is not None)
        if now:
            values[now - 1] = spent[now - 1]  # the dashed line begins where the full one was last complete
        series.append({"name": pgettext("chart", "Forecast"), "values": values, "dashed": True})
    chart: dict[str, Any] = {
        "kind": "line", "labels": [str(one.number) for one in months], "series": series, "min": 0
    }  # fmt: skip
    if months[0].planned is not None:
        values = [_plain(one.planned) for one in months]
        chart["expected"] = {"name": pgettext("chart", "Planned"), "values": values}
    return chart


def running_chart(months: Sequence[Month], approved: Decimal) -> dict[str, Any]:
    """What was spent up to each month against what was planned by then and what is approved."""
    spent = [_plain(one.total) if one.is_begun else None for one in months]
    begun = sum(one.is_begun for one in months)
    chart: dict[str, Any] = {
        "kind": "pace",
        "labels": [str(one.number) for one in months],
        "series": [{"name": pgettext("chart", "Spent"), "values": spent}],
        "target": {"value": _plain(approved), "label": _("Approved %(sum)s") % {"sum": f"{approved:,.0f}"}},
        "expected": {"name": pgettext("chart", "Planned") if months[0].planned is not None else _("Even pace"),
                     "values": _due(months, approved)},
    }  # fmt: skip
    if (end := year_end(months)) is not None and begun:
        chart["series"].append(
            {"name": pgettext("chart", "Forecast"), "values": _to_come(months, begun), "dashed": True}
        )
        chart["max"] = _plain(max(approved, end, _most(months)) * Decimal("1.1"))
    return chart


def _due(months: Sequence[Month], approved: Decimal) -> list[float | None]:
    due, found = ZERO, []
    for one in months:
        due += approved / len(months) if one.planned is None else one.planned
        found.append(_plain(due))
    return found


def _most(months: Sequence[Month]) -> Decimal:
    return sum((one.planned or ZERO for one in months), ZERO)


def _to_come(months: Sequence[Month], begun: int) -> list[float | None]:
    """From what was spent before this month, on by what is expected."""
    before = months[begun - 1].total - months[begun - 1].spent
    values: list[float | None] = [None] * len(months)
    if begun > 1:
        values[begun - 2] = _plain(before)
    for n in range(begun - 1, len(months)):
        before += months[n].expected or ZERO
        values[n] = _plain(before)
    return values


def year_end(months: Sequence[Month]) -> Decimal | None:
    """What the year would cost if it goes on like this, in yuan; None without a forecast."""
    if not any(one.expected is not None for one in months):
        return None
    return sum((one.spent if one.expected is None else one.expected for one in months), ZERO)


def elapsed_of(year: int) -> Decimal:
    """How much of a year has gone by, 0 to 1."""
    today = clock.today()
    if today.year != year:
        return ZERO if today.year < year else Decimal(1)
    return Decimal(today.timetuple().tm_yday) / Decimal(date(year, 12, 31).timetuple().tm_yday)


def _plain(value: Decimal | None) -> float | None:
    """A number as the browser reads it."""
    return None if value is None else round(float(value), 2)
