"""When recurring reports are due, and what their periods are called. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from yunchou.kernel.core import clock

from .models import Every

DUE_HOUR = 18


def next_due(every: str, day: int, since: date) -> datetime:
    """The first moment on or after `since` at which a report is due: 18:00 of its day of week, month or quarter."""
    if every == Every.WEEK:
        found = since + timedelta(days=(day - since.isoweekday()) % 7)
    else:
        step = 3 if every == Every.QUARTER else 1
        found = _first_month(since, step).replace(day=day)
        if found < since:
            found = _later(found, step)
    return clock.moment(found, DUE_HOUR)


def period_named(every: str, due_on: date) -> str:
    """The period that a report due on a day speaks of: this week, or the month or quarter before."""
    if every == Every.WEEK:
        year, week, _day = due_on.isocalendar()
        return f"{year}-W{week:02d}"
    last = due_on.replace(day=1) - timedelta(days=1)
    return f"{last:%Y-%m}" if every == Every.MONTH else f"{last.year}-Q{(last.month + 2) // 3}"


def _first_month(day: date, step: int) -> date:
    """The first day of the month, or of the first month of the quarter."""
    return day.replace(month=day.month - (day.month - 1) % step, day=1)


def _later(day: date, months: int) -> date:
    month = day.month - 1 + months
    return day.replace(year=day.year + month // 12, month=month % 12 + 1)
