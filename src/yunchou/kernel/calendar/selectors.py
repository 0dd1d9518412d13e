"""The calendar in force, held in the process and checked for a newer edition every few seconds.

`working_calendar()` is what loops should take once; the functions below ask it for one answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from time import monotonic

from .days import LAST_ANNOUNCED_YEAR, DayInfo, DueDate, MakeupNotice, Override, WorkingCalendar
from .models import CalendarSettings, DayOverride

#: Seconds for which a process may go on with the edition it holds.
REFRESH = 3.0


@dataclass(slots=True)
class _Held:
    """What this process holds. After an edit of its own it asks the database at each use for a while, because
    that edit may yet be rolled back."""

    calendar: WorkingCalendar | None = None
    stamp: str = ""
    checked: float = 0.0
    doubtful_until: float = 0.0
    is_pinned: bool = False


_held = _Held()


def working_calendar() -> WorkingCalendar:
    """The calendar in force. No query while the edition held is fresh, else one; a changed edition takes
    two."""
    if _held.calendar is not None and (_held.is_pinned or _is_fresh()):
        return _held.calendar
    stored = CalendarSettings.objects.filter(pk=CalendarSettings.ONLY).first()
    stamp = stored.stamp if stored else ""
    if _held.calendar is None or stamp != _held.stamp:
        _held.calendar = _load(stored)
        _held.stamp = stamp
    _held.checked = monotonic()
    return _held.calendar


def _is_fresh() -> bool:
    now = monotonic()
    return now >= _held.doubtful_until and now - _held.checked < REFRESH


def _load(stored: CalendarSettings | None) -> WorkingCalendar:
    overrides = {row.day: Override(row.is_working, row.name) for row in DayOverride.objects.all()}
    if stored is None:
        return WorkingCalendar(overrides)
    return WorkingCalendar(
        overrides, stored.announced_until or LAST_ANNOUNCED_YEAR, stored.opens_at, stored.closes_at
    )


def calendar_changed() -> None:
    """Called by the actions: this process has edited the calendar in a transaction that may still roll
    back."""
    _held.is_pinned = False
    _held.doubtful_until = monotonic() + REFRESH


@contextmanager
def pinned(calendar: WorkingCalendar) -> Iterator[WorkingCalendar]:
    """Hold `calendar` without asking the database, for tests and for replays; an edit in this process
    unpins."""
    _held.calendar, _held.is_pinned = calendar, True
    try:
        yield calendar
    finally:
        forget()


def forget() -> None:
    """Hold nothing: the next use loads."""
    _held.calendar, _held.is_pinned, _held.doubtful_until = None, False, 0.0


def is_working_day(day: date) -> bool:
    """See `WorkingCalendar.is_working_day`."""
    return working_calendar().is_working_day(day)


def add_working_days(day: date, n: int) -> date:
    """The n-th working day strictly after `day`; see `WorkingCalendar.add_working_days`."""
    return working_calendar().add_working_days(day, n)


def due_on(day: date, n: int) -> DueDate:
    """`add_working_days`, together with whether the answer may still move."""
    return working_calendar().due_on(day, n)


def working_days_between(a: date, b: date) -> int:
    """Working days after `a` up to and including `b`."""
    return working_calendar().working_days_between(a, b)


def working_days_in(first: date, last: date) -> int:
    """Working days from `first` to `last`, both included."""
    return working_calendar().working_days_in(first, last)


def day_info(day: date) -> DayInfo:
    """What a calendar shows about `day`."""
    return working_calendar().day_info(day)


def next_makeup(day: date) -> MakeupNotice | None:
    """The next make-up workday from `day` on."""
    return working_calendar().next_makeup(day)


def add_working_hours(moment: datetime, hours: float) -> datetime:
    """See `WorkingCalendar.add_working_time`."""
    return working_calendar().add_working_hours(moment, hours)


def due_after(
    moment: datetime,
    *,
    working_days: int | None = None,
    working_hours: float | None = None,
    minutes: float | None = None,
) -> datetime:
    """When a limit that starts at `moment` runs out; see `WorkingCalendar.due_after`."""
    return working_calendar().due_after(
        moment, working_days=working_days, working_hours=working_hours, minutes=minutes
    )
