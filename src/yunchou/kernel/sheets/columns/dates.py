"""Columns of days: a date however it is written, or a deadline that follows the end of the campaign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, TypeVar

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say

from ..cells import Cell, Percent, clean, plain, shown
from ..findings import warn
from ..grammar import needs_year, read_date, read_due
from ..values import Context, DueRule
from .base import Column, Parsed

D = TypeVar("D")
_SERIALS = range(36_526, 73_051)
"""Excel's numbers of the days from 2000 to 2099."""


@dataclass(frozen=True)
class _Dated(Column[D | None]):
    """A column that reads dates. Canonical is ISO text, `2024-07-31`, which every program leaves alone."""

    widget: ClassVar[str] = "date"

    def _read_date(self, cell: Cell, ctx: Context) -> Parsed[Any]:
        """A date from a cell that is not blank."""
        if isinstance(cell, datetime):
            late = (warn("time_dropped", say(_("Only the date is kept, not the time of day."))),)
            return Parsed(cell.date(), late if cell.time() != time() else ())
        if isinstance(cell, date):
            return Parsed(cell)
        if isinstance(cell, (bool, time, Percent)):
            return self._not_date()
        if isinstance(cell, float):
            return self._read_typed_number(cell, ctx)
        if isinstance(cell, int) and cell in _SERIALS:
            return self._not_date(suggestion=(date(1899, 12, 30) + timedelta(cell)).isoformat())
        return self._read_text(clean(str(cell)), ctx)

    def _read_text(self, text: str, ctx: Context) -> Parsed[Any]:
        found = read_date(text, ctx)
        if found is not None:
            return Parsed(found)
        if needs_year(text) and ctx.year is None and ctx.start is None and ctx.end is None:
            return self._refuse(
                "no_year", say(_("The year of this date is not known: give it, or the campaign's."))
            )
        return self._not_date()

    def _read_typed_number(self, number: float, ctx: Context) -> Parsed[Any]:
        """7.2 typed as a number may have been 7.2 or 7.20, since spreadsheets drop the zero."""
        text = plain(number)
        meant = [found for each in (text, f"{text}0") if (found := read_date(each, ctx))]
        if len(meant) < 2:
            return self._read_text(text, ctx)
        candidates = tuple(day.isoformat() for day in meant)
        message = say(
            _("Typed as a number, this may be {first} or {second}."),
            first=candidates[0],
            second=candidates[1],
        )
        inside = [day for day in meant if ctx.start and ctx.end and ctx.start <= day <= ctx.end]
        suggestion = inside[0].isoformat() if len(inside) == 1 else ""
        return self._refuse("ambiguous_date", message, candidates=candidates, suggestion=suggestion)

    def _not_date(self, suggestion: str = "") -> Parsed[Any]:
        return self._refuse("not_date", say(_("This is not a date.")), suggestion=suggestion)


@dataclass(frozen=True)
class DateText(_Dated[date]):
    """A date: `7.31`, `2024.7.31`, `2024-07-15`, `7月15日`, `8月15日前`, or a real date cell."""

    def write(self, value: date | None) -> Cell:
        return value.isoformat() if value else None

    def to_json(self, value: date | None) -> Any:
        return value.isoformat() if value else None

    def from_json(self, data: Any) -> date | None:
        return date.fromisoformat(data) if data else None

    def _read(self, cell: Cell, ctx: Context) -> Parsed[date | None]:
        return self._read_date(cell, ctx)


@dataclass(frozen=True)
class DueText(_Dated[date | DueRule]):
    """A deadline: a date, or `活动结束后3个工作日` (004 二(一))."""

    widget: ClassVar[str] = "text"

    def write(self, value: date | DueRule | None) -> Cell:
        return value.isoformat() if isinstance(value, date) else str(value) if value else None

    def to_json(self, value: date | DueRule | None) -> Any:
        if isinstance(value, DueRule):
            return {"after_end_working_days": value.after_end_working_days}
        return value.isoformat() if value else None

    def from_json(self, data: Any) -> date | DueRule | None:
        if isinstance(data, dict):
            return DueRule(**data)
        return date.fromisoformat(data) if data else None

    def _read(self, cell: Cell, ctx: Context) -> Parsed[date | DueRule | None]:
        rule = read_due(shown(cell))
        return Parsed(rule) if rule else self._read_date(cell, ctx)
