"""On which days an occasion falls, for any year. Pure.

Rule(FIXED, month=6, day=18)                    # 6.18
Rule(LUNAR, month=8, day=15)                    # Mid-Autumn
Rule(TERM, term="清明")                          # Qingming
Rule(WEEKDAY, month=5, nth=2, weekday=6)        # the second Sunday in May; nth=-1 is the last one
Rule(MONTHLY, day=18)                           # every month on the 18th; day=31 is the last day of each
Rule(MONTHLY, nth=1, weekday=2)                 # every month on its first Wednesday
Rule(DATES, start_on=…, end_on=…)               # once, as entered: a trade fair
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from yunchou.kernel.calendar.lunar import lunar_to_solar, term_on

from ..models.occasions import RuleKind

#: Years for which the lunar tables are exact.
FIRST_YEAR, LAST_YEAR = 1901, 2098
MONTHS: Final = range(1, 13)


@dataclass(frozen=True)
class Rule:
    """When an occasion is. What its kind does not need stays empty."""

    kind: str
    month: int | None = None
    day: int | None = None
    nth: int | None = None
    weekday: int | None = None
    term: str = ""
    start_on: date | None = None
    end_on: date | None = None

    def days(self, year: int) -> tuple[date, ...]:
        """The days of a civil year on which it falls: none, one, or one a month."""
        match self.kind:
            case RuleKind.FIXED:
                return _existing(year, self.month or 0, self.day or 0)
            case RuleKind.LUNAR:
                return self._lunar(year)
            case RuleKind.TERM:
                return (term_on(year, self.term),)
            case RuleKind.WEEKDAY:
                return _nth_weekday(year, self.month or 0, self.nth or 0, self.weekday or 0)
            case RuleKind.MONTHLY:
                return tuple(day for month in MONTHS for day in self._in_month(year, month))
            case _:
                return (self.start_on,) if self.start_on and self.start_on.year == year else ()

    def _lunar(self, year: int) -> tuple[date, ...]:
        """A lunar year begins in January or February: its last months lie in the civil year after."""
        found = []
        for lunar_year in (year - 1, year):
            try:
                day = lunar_to_solar(lunar_year, self.month or 0, self.day or 0)
            except ValueError:  # a 30th in a month of 29 days
                continue
            if day.year == year:
                found.append(day)
        return tuple(found)

    def _in_month(self, year: int, month: int) -> tuple[date, ...]:
        if self.nth:
            return _nth_weekday(year, month, self.nth, self.weekday or 0)
        return (date(year, month, min(self.day or 1, monthrange(year, month)[1])),)


def _existing(year: int, month: int, day: int) -> tuple[date, ...]:
    """The day, or none in a year that does not have it (29 February)."""
    try:
        return (date(year, month, day),)
    except ValueError:
        return ()


def _nth_weekday(year: int, month: int, nth: int, weekday: int) -> tuple[date, ...]:
    """The n-th of a weekday in a month, counted from the end where negative; none where there is no fifth."""
    length = monthrange(year, month)[1]
    first = date(year, month, 1)
    days = [first + timedelta(days=n) for n in range(length) if (first.weekday() + n) % 7 == weekday]
    place = nth - 1 if nth > 0 else nth
    return (days[place],) if -len(days) <= place < len(days) else ()


@dataclass(frozen=True)
class Happening:
    """One occasion in one year: its day, and the stretch of days that promotions around it take."""

    key: str
    name: str
    on: date
    starts_on: date
    ends_on: date
    promotion: str = ""
    unit: str = ""
    note: str = ""
    is_standard: bool = True

    @property
    def is_long(self) -> bool:
        return self.starts_on != self.ends_on

    def covers(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on
