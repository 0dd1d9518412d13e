"""Readings that look like life and are the same every time: counts that run ahead of or behind what is due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from yunchou.capabilities.metrics.actions import Point, record_readings
from yunchou.capabilities.metrics.models import ReadingKind, Source
from yunchou.kernel.identity.models import User
from yunchou.lifecycle.campaigns.models import Campaign

from .clockwork import Days


class Told(Protocol):
    """Something that has readings for a day, counted from the first of its window."""

    def points(self, number: int, days: Days) -> Iterator[Point]: ...


@dataclass(frozen=True)
class Count:
    """A count that grows to `target` over `length` days from day `first`.

    `shares` say for each day, in percent, how much of what is due when it ends is there.
    """

    channel: str
    indicator: str
    target: int
    first: int
    length: int
    shares: Sequence[int]

    def total(self, place: int) -> int:
        """All there is at the end of a day of the window, which never shrinks."""
        if place < 0:
            return 0
        due = Decimal(self.target * (place + 1) * self.shares[place]) / (100 * self.length)
        return max(self.total(place - 1), int(due.to_integral_value(ROUND_HALF_UP)))

    def points(self, number: int, days: Days) -> Iterator[Point]:
        """The value of one day, where the window has it."""
        place = number - self.first
        if 0 <= place < len(self.shares):
            value = Decimal(self.total(place) - self.total(place - 1))
            yield Point(self.channel, self.indicator, days.day(number), value)


@dataclass(frozen=True)
class Rate:
    """A rate in percent with its value of each day and all in all, from day `first`."""

    channel: str
    indicator: str
    first: int
    values: Sequence[tuple[str, str]]

    def points(self, number: int, days: Days) -> Iterator[Point]:
        """Both values of one day, where there are any."""
        place = number - self.first
        if 0 <= place < len(self.values):
            for kind, value in zip(
                (ReadingKind.DAILY, ReadingKind.CUMULATIVE), self.values[place], strict=True
            ):
                yield Point(self.channel, self.indicator, days.day(number), Decimal(value), kind)


def read(
    campaign: Campaign, told: Sequence[Told], number: int, days: Days, *, actor: User, origin: str = ""
) -> None:
    """Take in the figures of a day, where there are any."""
    if points := [point for one in told for point in one.points(number, days)]:
        record_readings(
            subject=campaign.subject,
            points=points,
            actor=actor,
            source=Source.PAGE,
            key=f"{days.text(number)}",
            origin=origin,
        )
