"""What gets in each other's way: one venue on one day, one audience at one time, much at once in one region. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say

from .registry import Entry

#: Two of one region whose audience is not known clash when they share at least this part of the shorter one.
CROWDED: Final = 0.5


class ClashKind(StrEnum):
    VENUE = "venue"
    AUDIENCE = "audience"
    PERIOD = "period"


#: What stops people comes before what only splits their attention.
ORDER: Final = list(ClashKind)


@dataclass(frozen=True)
class Clash:
    """Two entries, how they clash, on which days, and the sentence that says so."""

    kind: ClashKind
    one: Entry
    other: Entry
    first: date
    last: date
    reason: Say

    @property
    def level(self) -> str:
        """The signal: two cannot have one place; two may talk to one audience, if somebody means it."""
        return "act" if self.kind is ClashKind.VENUE else "watch"


def clashes(entries: Iterable[Entry]) -> list[Clash]:
    """Every pair that clashes, once and for its gravest reason: venues first, then audiences, then periods; by day.

    Goes along the days and compares only what runs at the same time.
    """
    running: list[Entry] = []
    found: list[Clash] = []
    for entry in sorted(entries, key=lambda one: (one.start_on, one.key)):
        running = [other for other in running if other.end_on >= entry.start_on]
        found += [clash for other in running if (clash := _between(other, entry))]
        running.append(entry)
    return sorted(found, key=lambda one: (ORDER.index(one.kind), one.first, one.one.key, one.other.key))


def of_entry(key: str, found: Sequence[Clash]) -> list[Clash]:
    """The clashes that one entry is part of."""
    return [clash for clash in found if key in (clash.one.key, clash.other.key)]


def _between(one: Entry, other: Entry) -> Clash | None:
    """How two entries clash that run at the same time."""
    if other.carries == one.key or one.carries == other.key or (one.carries and one.carries == other.carries):
        return None
    first, last = max(one.start_on, other.start_on), min(one.end_on, other.end_on)
    if places := one.venues & other.venues:
        reason = say(_("Both are at {venue}."), venue="、".join(sorted(places)))
        return Clash(ClashKind.VENUE, one, other, first, last, reason)
    if one.region != other.region:
        return None
    if people := one.audience & other.audience:
        reason = say(
            _("Both address {audience} in {unit}."), audience="、".join(sorted(people)), unit=other.unit
        )
        return Clash(ClashKind.AUDIENCE, one, other, first, last, reason)
    if one.audience and other.audience:
        return None
    days = (last - first).days + 1
    if days < CROWDED * min(one.days, other.days):
        return None
    reason = say(
        _("{days} days at the same time in {unit}; who is addressed is not stated."),
        days=days,
        unit=other.unit,
    )
    return Clash(ClashKind.PERIOD, one, other, first, last, reason)
