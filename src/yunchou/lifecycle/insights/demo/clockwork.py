"""Lets the stories of the demo company happen side by side, each thing at its own time and in the order of time.

A story is a generator: it yields the moment at which it goes on, and what it does next happens then. In between, duties
that nobody fulfilled climb their ladders, and every midnight lays down the reports of the day, as the worker would do.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from typing import TypeAlias

from yunchou.capabilities.operations.tasks import owe_reports
from yunchou.kernel.core import clock
from yunchou.kernel.duties.climbing import escalate_due
from yunchou.kernel.duties.models import Duty

Story: TypeAlias = Generator[datetime, None, None]


@dataclass(frozen=True)
class Days:
    """Days and moments counted from the present one, which is day 0."""

    now: datetime

    def day(self, number: int) -> date:
        """The day so many days after today; before it where negative."""
        return clock.local(self.now).date() + timedelta(days=number)

    def text(self, number: int) -> str:
        """The day as people type it into a cell."""
        return self.day(number).isoformat()

    def span(self, first: int, last: int) -> str:
        """`7.20-7.25`, as phases are written into a content plan."""
        return "-".join(f"{day.month}.{day.day}" for day in (self.day(first), self.day(last)))

    def at(self, number: int, time: str = "09:00") -> datetime:
        """The moment at which the clocks of that day show `time`."""
        hour, minute = map(int, time.split(":"))
        return clock.moment(self.day(number), hour, minute)

    def ago(self, minutes: int) -> datetime:
        """So many minutes before the present moment."""
        return self.now - timedelta(minutes=minutes)


def play(stories: Iterable[Story], until: datetime) -> int:
    """Let the stories happen up to `until`; returns at how many moments something did. What lies later happens then."""
    waiting: list[tuple[datetime, int, Story]] = []
    for number, story in enumerate(stories):
        heappush(waiting, (next(story), number, story))
    count = 0
    while waiting:
        told, number, story = heappop(waiting)
        moment = min(told, until)
        _climb(moment)
        with clock.at(moment):
            following = next(story, None)
        count += 1
        if following is not None:
            heappush(waiting, (max(following, moment), number, story))
    _climb(until)
    return count


def midnights(days: Days, first: int) -> Story:
    """Every midnight from day `first` until today: the reports of the day are laid down."""
    for number in range(first, 1):
        moment = days.at(number, "00:05")
        yield moment
        if clock.now() == moment:
            owe_reports(moment)


def _climb(until: datetime) -> None:
    """Take the rungs of open duties that were reached before `until`, each at its own moment."""
    reached = Duty.objects.open().filter(next_rung_at__lte=until).order_by("next_rung_at")
    while moment := reached.values_list("next_rung_at", flat=True).first():
        with clock.at(moment):
            if not escalate_due():
                return
