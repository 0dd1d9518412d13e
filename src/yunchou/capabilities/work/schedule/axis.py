"""Days as numbers that can be added: every calendar day counts, or only the days that are worked.

A position is the boundary before a day that counts. A task that lasts two days from position 5 ends at position 7; its end
date is the day after the last day that it needs, so the end day is not counted (R-SCH-01) and the next task may begin there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from threading import Lock
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
    """Only days that are worked count, make-up days included. Days are asked for once, a year at a time.

    Every day of the years known stands in one table with its position, every position with its day in the other.
    Position 0 is the first day worked in the first year ever asked for.
    """

    def __init__(self, is_working_day: Callable[[date], bool]) -> None:
        self._is_working = is_working_day
        self._positions: dict[date, int] = {}
        self._days: dict[int, date] = {}
        self._years, self._known = range(0), range(0)
        # One table serves all threads of a process; two that lay down a year at once would give its days two positions.
        self._laying_down = Lock()

    def at(self, day: date) -> int:
        try:
            return self._positions[day]
        except KeyError:
            self._reach(day.year)
            return self._positions[day]

    def start(self, position: int) -> date:
        while position < self._known.start:
            self._reach(self._years.start - 1)
        while position >= self._known.stop:
            self._reach(self._years.stop)
        return self._days[position]

    def end(self, position: int) -> date:
        return self.start(position - 1) + ONE_DAY

    def _reach(self, year: int) -> None:
        """Know the days of a year and of all between it and those known."""
        with self._laying_down:
            years = self._years or range(year, year)
            for each in range(years.stop, year + 1):
                worked = self._worked(each)
                self._note(each, worked, self._known.stop)
                self._known = range(self._known.start, self._known.stop + len(worked))
            for each in range(years.start - 1, year - 1, -1):
                worked = self._worked(each)
                first = self._known.start - len(worked)
                self._note(each, worked, first)
                self._known = range(first, self._known.stop)
            self._years = range(min(years.start, year), max(years.stop, year + 1))

    def _worked(self, year: int) -> list[date]:
        return [day for day in _days_of(year) if self._is_working(day)]

    def _note(self, year: int, worked: Sequence[date], first: int) -> None:
        """Put down a year whose first day worked stands at `first`; a day off stands where the next one does."""
        self._days.update(enumerate(worked, first))
        position, is_worked = first, set(worked)
        for day in _days_of(year):
            self._positions[day] = position
            position += day in is_worked


def _days_of(year: int) -> Iterator[date]:
    return map(date.fromordinal, range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()))


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
