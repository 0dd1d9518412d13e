"""Rooms wanted and held night by night, who sleeps where, and who has no room yet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet

from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import GONE, Guest

from ..models import HotelRoom, Night, RoomBlock, Sharing, Stay
from ..models.rooms import NIGHTS
from ..rules import Roommate, rooms_shared_by_agreement


def blocks_of(subject: Subject) -> QuerySet[RoomBlock]:
    """The rooms that are held, by hotel."""
    found: QuerySet[RoomBlock] = RoomBlock.objects.filter(subject=subject)
    return found.select_related("keeper", "supplier", "budget_line", "settled_by")


def stays_of(subject: Subject) -> QuerySet[Stay]:
    """Who stays, with the room they have."""
    found: QuerySet[Stay] = Stay.objects.filter(guest__subject=subject).exclude(guest__reply__in=GONE)
    return found.select_related("guest__companion_of", "with_guest", "room__block")


@dataclass(frozen=True)
class NightSums:
    """One night: rooms wanted, rooms held, rooms slept in, and people without a room."""

    on: date
    wanted: int
    held: int
    used: int
    homeless: int

    @property
    def short(self) -> int:
        return max(self.wanted - self.held, 0)

    @property
    def spare(self) -> int:
        return max(self.held - self.wanted, 0)


def nights_of(blocks: Sequence[RoomBlock], stays: Sequence[Stay]) -> list[NightSums]:
    """Night by night, from the first to the last that somebody wants or that is held.

    Who has no room yet wants one; two who share by agreement want one together.
    """
    held: Counter[date] = Counter()
    for block in blocks:
        held.update({block.first_on + timedelta(days=n): block.rooms for n in range(block.nights)})
    used: dict[date, set[int]] = defaultdict(set)
    without: dict[date, list[Stay]] = defaultdict(list)
    for stay in stays:
        for n in range(min(stay.nights, NIGHTS)):
            on = stay.from_on + timedelta(days=n)
            if stay.room_id:
                used[on].add(stay.room_id)
            else:
                without[on].append(stay)
    days = sorted({*held, *used, *without})
    return [
        NightSums(on, len(used[on]) + rooms_for(without[on]), held[on], len(used[on]), len(without[on])) for on in days
    ]  # fmt: skip


def rooms_for(stays: Sequence[Stay]) -> int:
    """How many rooms people without one need: pairs who named each other and those who share with anybody need one for two."""
    by_guest = {one.guest_id: one for one in stays}
    pairs = sum(
        one.sharing == Sharing.WITH
        and (other := by_guest.get(one.with_guest_id or 0)) is not None
        and other.with_guest_id == one.guest_id
        for one in stays
    )
    anybody = sum(one.sharing == Sharing.ANYBODY for one in stays)
    return len(stays) - pairs // 2 - anybody // 2


@dataclass(frozen=True)
class BlockLine:
    """A block with how many of its rooms somebody sleeps in, and what it costs."""

    block: RoomBlock
    used: int

    @property
    def empty(self) -> int:
        return int(self.block.rooms) - self.used

    @property
    def total(self) -> Decimal:
        return self.block.total


def block_lines(blocks: Sequence[RoomBlock], stays: Sequence[Stay]) -> list[BlockLine]:
    """The blocks with how many rooms are slept in; nothing more is read."""
    used: dict[int, set[int]] = defaultdict(set)
    for stay in stays:
        if stay.room is not None:
            used[stay.room.block_id].add(stay.room_id or 0)
    return [BlockLine(one, len(used[one.pk])) for one in blocks]


@dataclass(frozen=True)
class RoomLine:
    """A room with who sleeps there."""

    room: HotelRoom
    stays: tuple[Stay, ...] = ()


def rooming_of(subject: Subject) -> list[RoomLine]:
    """Every room that is held with who sleeps in it, by hotel: two statements."""
    rooms = HotelRoom.objects.filter(block__subject=subject).select_related("block")
    by_room: dict[int, list[Stay]] = defaultdict(list)
    for stay in stays_of(subject).filter(room__isnull=False).order_by("from_on", "bed"):
        by_room[stay.room_id or 0].append(stay)
    ordered = rooms.order_by("block__hotel", "block__room_type", "block", "position")
    return [RoomLine(one, tuple(by_room[one.pk])) for one in ordered]


def rooms_fitting(stay: Stay) -> list[RoomLine]:
    """Rooms with a free bed all the nights of a stay, among roommates who agree; those with a roommate first."""
    first, until = stay.from_on, stay.until_on
    subject = stay.guest.subject_id
    rooms = HotelRoom.objects.filter(
        block__subject=subject, block__first_on__lte=first, block__until_on__gte=until
    ).select_related("block")
    beds: dict[int, set[int]] = defaultdict(set)
    mates: dict[int, dict[int, Stay]] = defaultdict(dict)
    slept = Night.objects.filter(Q(room__in=rooms), on__gte=first, on__lt=until).exclude(stay=stay)
    for night in slept.select_related("stay__guest"):
        beds[night.room_id].add(night.bed)
        mates[night.room_id][night.stay_id] = night.stay
    me = _mate(stay)
    found = [
        RoomLine(one, tuple(mates[one.pk].values()))
        for one in rooms.order_by("block__hotel", "block__room_type", "position")
        if len(beds[one.pk]) < one.block.beds
        and all(
            not list(rooms_shared_by_agreement.failures((me, _mate(mate)))) for mate in mates[one.pk].values()
        )
    ]
    return sorted(found, key=lambda line: not line.stays)


def _mate(stay: Stay) -> Roommate:
    return Roommate(stay.guest_id, stay.guest.name, stay.sharing, stay.with_guest_id or 0)


def may_stay(subject: Subject) -> QuerySet[Guest]:
    """Who comes and stays no night yet."""
    found: QuerySet[Guest] = Guest.objects.filter(subject=subject, stay=None).exclude(reply__in=GONE)
    return found.select_related("companion_of").order_by("name_key", "pk")
