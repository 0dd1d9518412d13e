"""Days as numbers that can be added: every calendar day counts, or only the days that are worked.

A position is the boundary before a day that counts. A task that lasts two days from position 5 ends at position 7; its end
date is the day after the last day that it needs, so the end day is not counted (R-SCH-01) and the next task may begin there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from datetime import date, timedelta
from typing import Protocol

ONE_DAY = timedelta(days=1)


class Axis(Protocol):
    """Days and positions, one for one in order."""

    def at(self, day: date) -> int:
        """The position of a day; of one that does not count, that of the next one that does."""

    def start(self, position: int) -> date:
        """The day on which something that begins at a position begins."""

    def end(self, position: int) -> date:
        """The end date of something that ends at a position: the day after the last one that it needs."""


def days_between(axis: Axis, start_on: date, end_on: date) -> int:
    """How many days that count lie between two dates; the last one is not counted (R-SCH-01)."""
    return axis.at(end_on) - axis.at(start_on)


class CalendarDays:
    """Every day counts (004 三(二))."""

    at = staticmethod(date.toordinal)
    start = end = staticmethod(date.fromordinal)


CALENDAR_DAYS: Axis = CalendarDays()


class WorkingDays:
    """Only days that are worked count, make-up days included. Days are asked for once, a year at a time."""

    def __init__(self, is_working_day: Callable[[date], bool]) -> None:
        self._is_working = is_working_day
        self._days: list[int] = []
        self._first_year = self._last_year = 0
        self._offset = 0

    def at(self, day: date) -> int:
        self._reach(day.year)
        ordinal = day.toordinal()
        while (found := bisect_left(self._days, ordinal)) == len(self._days):
            self._reach(self._last_year + 1)
        return found - self._offset

    def start(self, position: int) -> date:
        self._reach_position(position)
        return date.fromordinal(self._days[position + self._offset])

    def end(self, position: int) -> date:
        return self.start(position - 1) + ONE_DAY

    def _reach_position(self, position: int) -> None:
        """Know enough years for a position, which exists as soon as one day has been asked for."""
        while position + self._offset < 0:
            self._reach(self._first_year - 1)
        while position + self._offset >= len(self._days):
            self._reach(self._last_year + 1)

    def _reach(self, year: int) -> None:
        """Know the days of a year and of all between it and those known. Position 0 is the first day ever asked for."""
        if not self._days:
            self._days = self._of(year)
            self._first_year = self._last_year = year
        while year > self._last_year:
            self._last_year += 1
            self._days += self._of(self._last_year)
        while year < self._first_year:
            self._first_year -= 1
            earlier = self._of(self._first_year)
            self._days[:0] = earlier
            self._offset += len(earlier)

    def _of(self, year: int) -> list[int]:
        first, after = date(year, 1, 1), date(year + 1, 1, 1)
        ordinals = range(first.toordinal(), after.toordinal())
        return [ordinal for ordinal in ordinals if self._is_working(date.fromordinal(ordinal))]


class EventDays:
    """Days told from the day of an event, in working days: T-15 is the fifteenth before it, T0 the day itself.

    An event may fall on a day that nobody works; the days before and after it are working days all the same.
    """

    def __init__(self, axis: WorkingDays, event_on: date) -> None:
        self._axis, self.event_on = axis, event_on
        self._zero = axis.at(event_on)
        self._after = self._zero - (axis.start(self._zero) != event_on)

    def day(self, offset: int) -> date:
        """The date of T-15 or T+3."""
        if not offset:
            return self.event_on
        return self._axis.start((self._zero if offset < 0 else self._after) + offset)

    def offset(self, day: date) -> int | None:
        """T how much a date is; None for a day off, which no number of working days reaches."""
        if day == self.event_on:
            return 0
        at = self._axis.at(day)
        if self._axis.start(at) != day:
            return None
        return at - (self._zero if day < self.event_on else self._after)
