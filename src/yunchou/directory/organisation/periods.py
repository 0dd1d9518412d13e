"""Months and quarters, over which the head of a marketing centre reports (ORG-07)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from .models import ReportRhythm


@dataclass(frozen=True)
class ReportPeriod:
    """A month or a quarter, both days included."""

    start_on: date
    end_on: date

    def __str__(self) -> str:
        first = f"{self.start_on:%Y-%m}"
        return first if self.start_on.month == self.end_on.month else f"{first} — {self.end_on:%Y-%m}"


def ended_before(day: date, every: str) -> ReportPeriod:
    """The last month or quarter that is over on `day`."""
    months = 3 if every == ReportRhythm.Every.QUARTER else 1
    running = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    end = running - timedelta(days=1)
    return ReportPeriod(end.replace(month=end.month - months + 1, day=1), end)
