"""Years, quarters and months as plans count them. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

QUARTERS: Final = (1, 2, 3, 4)
MONTHS: Final = tuple(range(1, 13))


def quarter_of(day: date) -> int:
    """The quarter, 1 to 4, in which a day lies."""
    return (day.month - 1) // 3 + 1


def months_of(quarter: int) -> range:
    """The three months of a quarter."""
    return range(quarter * 3 - 2, quarter * 3 + 1)


@dataclass(frozen=True)
class Period:
    """A year, one quarter of it, or one month of it (whose quarter follows)."""

    year: int
    quarter: int | None = None
    month: int | None = None

    @property
    def months(self) -> range:
        """The months that it consists of."""
        if self.month:
            return range(self.month, self.month + 1)
        return months_of(self.quarter) if self.quarter else range(1, 13)

    @property
    def first(self) -> date:
        return date(self.year, self.months[0], 1)

    @property
    def last(self) -> date:
        month = self.months[-1]
        return date(self.year, month, monthrange(self.year, month)[1])

    @property
    def before(self) -> Period:
        """The same kind of period just before it."""
        if self.month is not None:
            year, month = (self.year, self.month - 1) if self.month > 1 else (self.year - 1, 12)
            return Period(year, (month + 2) // 3, month)
        if self.quarter is None:
            return Period(self.year - 1)
        return Period(self.year, self.quarter - 1) if self.quarter > 1 else Period(self.year - 1, 4)

    @property
    def column(self) -> str:
        """The column of a goal that holds the value of this period."""
        if self.month:
            return f"m{self.month}"
        return f"q{self.quarter}" if self.quarter else "year_value"

    @property
    def quarters(self) -> tuple[int, ...]:
        return (self.quarter,) if self.quarter else QUARTERS

    def touches(self, start: date | None, end: date | None) -> bool:
        """Whether something from `start` to `end` lies in it, in part at least."""
        first, last = start or end, end or start
        return bool(first and last) and first <= self.last and last >= self.first  # type: ignore[operator]

    def passed(self, today: date) -> float:
        """How much of it has gone by, 0 to 1."""
        days = (self.last - self.first).days + 1
        return min(1.0, max(0.0, ((today - self.first).days + 1) / days))

    def __str__(self) -> str:
        if self.month:
            return f"{self.year}-{self.month:02}"
        return f"{self.year} Q{self.quarter}" if self.quarter else str(self.year)

    @property
    def short(self) -> str:
        """It without its year: `Q3`, `08`; the year itself where it is one."""
        if self.month:
            return f"{self.month:02}"
        return f"Q{self.quarter}" if self.quarter else str(self.year)


def quarters_between(start: date, end: date) -> Iterator[Period]:
    """The quarters that a stretch of time touches."""
    period = Period(start.year, quarter_of(start))
    while period.first <= end:
        yield period
        year, quarter = (
            (period.year + 1, 1) if period.quarter == 4 else (period.year, (period.quarter or 0) + 1)
        )
        period = Period(year, quarter)
