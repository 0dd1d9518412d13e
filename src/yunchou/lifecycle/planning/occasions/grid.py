"""A year as twelve months and a month as weeks with bars. Pure: everything was read before."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from yunchou.kernel.calendar.days import DayInfo, WorkingCalendar, days_from

from .registry import Entry
from .rules import Happening

LANES = 6
BUSY = 3
LONG = 31
"""Days from which on something is no longer marked day by day."""
NAMED = 3
"""So many entries of a month are named in the year; `MonthCard.hidden` counts the others."""


@dataclass(frozen=True)
class Cell:
    """A day of the year: how it is coloured, the occasions on it, and how much runs (0 to 3)."""

    day: date
    kind: str
    marks: tuple[Happening, ...]
    load: int

    @property
    def title(self) -> str:
        return "、".join(one.name for one in self.marks)


@dataclass(frozen=True)
class MonthCard:
    """A month of the year: its days in whole weeks (None outside it), its occasions, and what begins or goes on in it."""

    first: date
    weeks: tuple[tuple[Cell | None, ...], ...]
    happenings: tuple[Happening, ...]
    entries: tuple[Entry, ...]

    @property
    def last(self) -> date:
        return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def hidden(self) -> int:
        return max(0, len(self.entries) - NAMED)


def year_of(
    year: int, happenings: Sequence[Happening], entries: Sequence[Entry], calendar: WorkingCalendar
) -> tuple[MonthCard, ...]:
    """The twelve months of a year."""
    load: Counter[date] = Counter()
    first, last = date(year, 1, 1), date(year, 12, 31)
    for entry in entries:
        if (entry.end_on - entry.start_on).days >= LONG:
            continue  # it is named in its months; marking every day of them would hide all others
        load.update(days_from(max(entry.start_on, first), min(entry.end_on, last)))
    marks: dict[date, list[Happening]] = {}
    for one in happenings:
        marks.setdefault(one.on, []).append(one)

    def cell(day: date) -> Cell:
        kind = calendar.kind_of(day).value
        return Cell(day, kind, tuple(marks.get(day, ())), min(load[day], BUSY))

    return tuple(_card(date(year, month, 1), cell, happenings, entries) for month in range(1, 13))


def _card(
    first: date, cell: Callable[[date], Cell], happenings: Sequence[Happening], entries: Sequence[Entry]
) -> MonthCard:

    last = first.replace(day=monthrange(first.year, first.month)[1])
    days: list[Cell | None] = [None] * first.weekday() + [cell(day) for day in days_from(first, last)]
    days += [None] * (-len(days) % 7)
    return MonthCard(
        first,
        tuple(tuple(days[n : n + 7]) for n in range(0, len(days), 7)),
        tuple(one for one in happenings if first <= one.on <= last),
        tuple(one for one in entries if one.start_on <= last and one.end_on >= first),
    )


@dataclass(frozen=True)
class Bar:
    """A stretch of days within one week: an occasion (`entry` None) or something planned."""

    label: str
    column: int
    span: int
    lane: int
    begins: bool
    ends: bool
    happening: Happening | None = None
    entry: Entry | None = None


@dataclass(frozen=True)
class Week:
    """Monday to Sunday with its bars; `hidden` of them did not find a lane."""

    days: tuple[DayInfo, ...]
    bars: tuple[Bar, ...]
    hidden: int

    @property
    def lanes(self) -> int:
        return max([bar.lane for bar in self.bars], default=1)


Stretch = tuple[date, date, Happening | None, Entry | None]


def weeks_of(
    first: date, happenings: Iterable[Happening], entries: Iterable[Entry], calendar: WorkingCalendar
) -> tuple[Week, ...]:
    """The month that begins on `first`, in whole weeks: occasions above, plans and campaigns below them."""
    last = first.replace(day=monthrange(first.year, first.month)[1])
    start = first - timedelta(days=first.weekday())
    stretches: list[Stretch] = [(one.starts_on, one.ends_on, one, None) for one in happenings]
    stretches += [(one.start_on, one.end_on, None, one) for one in entries]
    mondays = [start + timedelta(days=7 * n) for n in range((last - start).days // 7 + 1)]
    return tuple(_week(monday, stretches, calendar) for monday in mondays)


def _week(monday: date, stretches: Sequence[Stretch], calendar: WorkingCalendar) -> Week:
    sunday = monday + timedelta(days=6)
    free: list[date] = []  # the first free day of each lane
    bars, hidden = [], 0
    for begins, ends, happening, entry in stretches:
        if begins > sunday or ends < monday:
            continue
        start, end = max(begins, monday), min(ends, sunday)
        lane = next((n for n, day in enumerate(free) if day <= start), len(free))
        if lane >= LANES:
            hidden += 1
            continue
        free[lane : lane + 1] = [end + timedelta(days=1)]
        label = happening.name if happening else entry.title if entry else ""
        place = ((start - monday).days + 1, (end - start).days + 1, lane + 1)
        bars.append(Bar(label, *place, begins >= monday, ends <= sunday, happening, entry))
    days = tuple(calendar.day_info(monday + timedelta(days=n)) for n in range(7))
    return Week(days, tuple(bars), hidden)
