"""Dates that stand outside a campaign's own tables and must agree with its Gantt: contracts, venues, and what rooms above add.

dates_by(lambda subject: [Dated("invitation", "答谢会邀请函", first, last, url)])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
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


Source = Callable[[Subject], Iterable[Dated]]
_sources: list[Source] = []


def dates_by(source: Source) -> Source:
    """Let a room tell of dates that must agree with the Gantt (R-SCH-06); usable as a decorator."""
    _sources.append(source)
    return source


def dated_of(subject: Subject) -> tuple[Dated, ...]:
    """Everything dated that stands outside the tables; one query for each source."""
    return tuple(one for source in _sources for one in source(subject))


@dates_by
def _contracts(subject: Subject) -> Iterable[Dated]:
    """What is agreed on venues for the campaign."""
    found = Contract.objects.filter(
        purchase__activity=subject,
        purchase__kind=Supply.VENUE,
        status__in=LIVE_CONTRACTS,
        starts_on__isnull=False,
        ends_on__isnull=False,
    ).order_by("pk")
    for title, start, end in found.values_list("title", "starts_on", "ends_on"):
        yield Dated(CONTRACT, title, start, end)


@dates_by
def _venues(subject: Subject) -> Iterable[Dated]:
    """Each venue from the first to the last day on which it is held or booked."""
    taken = Booking.objects.filter(subject=subject, state__in=(BookingState.HELD, BookingState.CONFIRMED))
    spans: dict[str, tuple[date, date]] = {}
    rows = taken.order_by("starts_at", "pk").values_list("venue__name", "starts_at", "ends_at")
    for name, starts_at, ends_at in rows:
        first, last = clock.local(starts_at).date(), clock.local(ends_at).date()
        known = spans.get(name, (first, last))
        spans[name] = (min(known[0], first), max(known[1], last))
    for name, (first, last) in spans.items():
        yield Dated(VENUE, name, first, last)
