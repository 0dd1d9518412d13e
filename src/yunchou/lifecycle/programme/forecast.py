"""When the items of a run sheet will really begin, and what moving one does to the others; pure functions.

Items are taken in the order of play. The plan stays what it was; what happened, and what the host gave or took, moves the
rest: lateness goes on until a gap in the plan swallows it, earliness until an item that begins at its time or a long pause.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol

ZERO = timedelta(0)
PAUSE = timedelta(hours=1)
"""What stands behind such a pause, or on another day, is another part of the event: nobody is early for it."""


class Planned(Protocol):
    """What is read of an item; `models.RunSheetItem` is one."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def minutes(self) -> int: ...
    @property
    def is_fixed(self) -> bool: ...
    @property
    def extra(self) -> int: ...
    @property
    def began_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def skipped_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Span:
    """When an item is expected, or was: `starts`, `ends`, and how much later than planned it begins (negative: earlier)."""

    starts: datetime
    ends: datetime
    late: timedelta


def forecast(items: Iterable[Planned], now: datetime) -> list[Span | None]:
    """When each item takes place as things stand at `now`; None for items that are left out.

    What has not begun is not expected before `now`, nor before what comes before it has ended. An item that is fixed never
    begins before its time. Where nothing has happened and nothing is late, the forecast is the plan.
    """
    found: list[Span | None] = []
    drift, last_end, is_begun, before = ZERO, None, False, None
    for item in items:
        if before is not None and item.starts_at - before >= PAUSE:
            drift = max(drift, ZERO)
        before = planned_end = item.starts_at + timedelta(minutes=item.minutes)
        if item.skipped_at is not None:
            # Its time is won, unless lateness eats it up.
            drift -= timedelta(minutes=item.minutes)
            found.append(None)
            continue
        if item.began_at is not None:
            is_begun = True
            length = timedelta(minutes=max(item.minutes + item.extra, 0))
            ends = item.ended_at or max(item.began_at + length, now)
            found.append(Span(item.began_at, ends, item.began_at - item.starts_at))
            drift, last_end = ends - planned_end, ends
            continue
        starts = _expected(item, drift, last_end, is_begun)
        starts = max(starts, now)
        ends = starts + timedelta(minutes=max(item.minutes + item.extra, 0))
        found.append(Span(starts, ends, starts - item.starts_at))
        drift, last_end = ends - planned_end, ends
    return found


def _expected(item: Planned, drift: timedelta, last_end: datetime | None, is_begun: bool) -> datetime:
    """When an item begins whose predecessors ended `drift` after their plan."""
    # Before anything has begun nobody is early: guests come by the plan.
    is_early = drift < ZERO and is_begun and not item.is_fixed
    earliest = item.starts_at + (drift if is_early else ZERO)
    return max(earliest, last_end) if last_end else earliest


@dataclass(frozen=True)
class Slot:
    """An item on the plan, for laying it out anew."""

    key: int
    starts_at: datetime
    minutes: int
    is_fixed: bool = False
    is_past: bool = False

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Laid:
    """The plan laid out anew: the items in their order, which of them moved, and which run into a fixed one."""

    slots: tuple[Slot, ...]
    moved: dict[int, tuple[datetime, datetime]]
    clashes: tuple[tuple[int, int, int], ...]
    """An item, the fixed one it runs into, and by how many minutes."""


def change(
    slots: Sequence[Slot], key: int, *, starts_at: datetime | None = None, minutes: int | None = None
) -> Laid:
    """Begin an item at another time or give it another length: what follows it is moved by as much.

    A fixed item stays where it is, and so does everything behind it or behind a long pause; so do items that are past.
    """
    found = list(slots)
    at = next(n for n, slot in enumerate(found) if slot.key == key)
    was = found[at]
    found[at] = replace(was, starts_at=starts_at or was.starts_at, minutes=minutes or was.minutes)
    by = found[at].ends_at - was.ends_at
    for n in range(at + 1, len(found)):
        if found[n].is_fixed or slots[n].starts_at - slots[n - 1].ends_at >= PAUSE:
            break
        if not found[n].is_past:
            found[n] = replace(found[n], starts_at=found[n].starts_at + by)
    return _laid(slots, found)


def put(slots: Sequence[Slot], key: int, place: int) -> Laid:
    """Put an item at a place of the order, counted from 0; those between its old place and its new one close up.

    They follow each other from the start of the first of them, with the pauses that stood before each place; a fixed item
    among them keeps its time. Nothing outside of them moves.
    """
    found = list(slots)
    at = next(n for n, slot in enumerate(found) if slot.key == key)
    place = max(0, min(place, len(found) - 1))
    first, last = min(at, place), max(at, place)
    pauses = [
        max(found[n].starts_at - found[n - 1].ends_at, ZERO) if n > first else ZERO
        for n in range(first, last + 1)
    ]
    starts = found[first].starts_at
    found.insert(place, found.pop(at))
    for n, pause in zip(range(first, last + 1), pauses, strict=True):
        if not found[n].is_fixed:
            found[n] = replace(found[n], starts_at=starts + pause)
        starts = max(found[n].ends_at, starts)
    return _laid(slots, found)


def insert(slots: Sequence[Slot], new: Slot, place: int) -> Laid:
    """Put a new item at a place of the order: what follows makes room for it, up to a fixed item."""
    found = list(slots)
    found.insert(place, new)
    cursor = new.ends_at
    for n in range(place + 1, len(found)):
        if found[n].is_fixed or found[n].starts_at >= cursor:
            break
        found[n] = replace(found[n], starts_at=cursor)
        cursor = found[n].ends_at
    return _laid(slots, found)


def clashes(slots: Sequence[Slot]) -> tuple[tuple[int, int, int], ...]:
    """Items that run into the one behind them."""
    return tuple(
        (one.key, two.key, int((one.ends_at - two.starts_at).total_seconds() // 60))
        for one, two in pairwise(slots)
        if one.ends_at > two.starts_at
    )


def _laid(before: Sequence[Slot], after: Sequence[Slot]) -> Laid:
    was = {slot.key: slot.starts_at for slot in before}
    moved = {
        slot.key: (was[slot.key], slot.starts_at)
        for slot in after
        if slot.key in was and was[slot.key] != slot.starts_at
    }
    return Laid(tuple(after), moved, clashes(after))
