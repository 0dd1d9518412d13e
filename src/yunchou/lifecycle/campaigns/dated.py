"""Dates that stand outside a campaign's own tables and must agree with its Gantt: contracts, venues, and what rooms above add.

dates_by(lambda subjects: [(pk, Dated("invitation", "答谢会邀请函", first, last)) for pk in subjects])
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from yunchou.capabilities.preparation.models import Booking, BookingState
from yunchou.capabilities.purchasing.models import Contract
from yunchou.capabilities.purchasing.models.contracts import LIVE_CONTRACTS
from yunchou.directory.suppliers.models import Supply
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject

CONTRACT: Final = "contract"
VENUE: Final = "venue"


@dataclass(frozen=True)
class Dated:
    """Something that holds from one day to another: `contract`, `venue`, or the word of the room that tells of it."""

    kind: str
    title: str
    start_on: date
    end_on: date

    def as_json(self) -> dict[str, str]:
        return {
            "kind": self.kind,
            "title": self.title,
            "start_on": self.start_on.isoformat(),
            "end_on": self.end_on.isoformat(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, str]) -> Dated:
        start, end = date.fromisoformat(data["start_on"]), date.fromisoformat(data["end_on"])
        return cls(data["kind"], data["title"], start, end)


Source = Callable[[Collection[int]], Iterable[tuple[int, Dated]]]
_sources: list[Source] = []


def dates_by(source: Source) -> Source:
    """Let a room tell of dates that must agree with the Gantt (R-SCH-06), of many subjects at once; usable as a decorator."""
    _sources.append(source)
    return source


def dated_of(subject: Subject) -> tuple[Dated, ...]:
    """Everything dated that stands outside the tables; one query for each source."""
    return dated_of_many([subject.pk]).get(subject.pk, ())


def dated_of_many(subjects: Collection[int]) -> dict[int, tuple[Dated, ...]]:
    """`dated_of` by subject, as many queries for many as for one."""
    found: dict[int, list[Dated]] = defaultdict(list)
    for source in _sources:
        for subject, one in source(subjects):
            found[subject].append(one)
    return {subject: tuple(dates) for subject, dates in found.items()}


@dates_by
def _contracts(subjects: Collection[int]) -> Iterable[tuple[int, Dated]]:
    """What is agreed on venues for the campaigns."""
    found = Contract.objects.filter(
        purchase__activity__in=subjects,
        purchase__kind=Supply.VENUE,
        status__in=LIVE_CONTRACTS,
        starts_on__isnull=False,
        ends_on__isnull=False,
    ).order_by("pk")
    for subject, title, start, end in found.values_list(
        "purchase__activity", "title", "starts_on", "ends_on"
    ):
        yield subject, Dated(CONTRACT, title, start, end)


@dates_by
def _venues(subjects: Collection[int]) -> Iterable[tuple[int, Dated]]:
    """Each venue from the first to the last day on which it is held or booked."""
    live = (BookingState.HELD, BookingState.CONFIRMED)
    taken = Booking.objects.filter(subject__in=subjects, state__in=live).order_by("starts_at", "pk")
    spans: dict[tuple[int, str], tuple[date, date]] = {}
    for subject, name, starts_at, ends_at in taken.values_list(
        "subject", "venue__name", "starts_at", "ends_at"
    ):
        first, last = clock.local(starts_at).date(), clock.local(ends_at).date()
        known = spans.get((subject, name), (first, last))
        spans[subject, name] = (min(known[0], first), max(known[1], last))
    for (subject, name), (first, last) in spans.items():
        yield subject, Dated(VENUE, name, first, last)
