"""What the calendar shows besides occasions: plan items, campaigns, events, as the rooms that keep them tell it.

    entries_from(lambda user, first, last: [Entry("campaign:12", "开学季", "/s/12/", start_on, end_on, …)])

Rooms above register in their `occasions.py`, found at start. A source is asked once for all the days of a page and says
only what the person may see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yunchou.kernel.identity.models import User


class EntryKind(StrEnum):
    ITEM = "item"
    CAMPAIGN = "campaign"


@dataclass(frozen=True)
class Entry:
    """Something that happens from a day to a day.

    `region` is the company it belongs to (the id of the region, else of the group); `audience` the words for whom it is,
    `venues` where it is, both empty where nobody has said. `carries` names the entry that this one carries out: an item
    and its campaign do not clash.
    """

    key: str
    kind: EntryKind
    title: str
    address: str
    start_on: date
    end_on: date
    region: int
    unit: str
    audience: frozenset[str] = frozenset()
    venues: frozenset[str] = frozenset()
    carries: str = ""
    status: str = ""
    status_label: str = ""

    @property
    def days(self) -> int:
        return (self.end_on - self.start_on).days + 1


Source = Callable[[User, date, date], Iterable[Entry]]
_sources: list[Source] = []


def entries_from(source: Source) -> Source:
    """Let a room tell what happens within two days, both included; usable as a decorator."""
    _sources.append(source)
    return source


def entries(user: User, first: date, last: date) -> list[Entry]:
    """Everything that touches these days, by its start; each source is asked once."""
    found = [entry for source in _sources for entry in source(user, first, last)]
    return sorted(found, key=lambda entry: (entry.start_on, entry.end_on, entry.key))
