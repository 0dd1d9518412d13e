"""The plan of a session as it is drawn: furniture, seats, people, and what the rules say of it."""

from __future__ import annotations

import math
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yunchou.capabilities.preparation.models import Booking, BookingState, Layout
from yunchou.directory.customers.models import Grade
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Guest, Place, Session

from ..models import COMING, Apart, Plan, Shape, Sitting, Table
from ..neighbours import beside, is_at, seat_text, sign_of
from ..rules import (
    Accompanied,
    Seated,
    Together,
    block_is_for_vips,
    companion_is_beside,
    kept_apart,
    seats_suffice,
)
from ..rules import Room as Counted

NEEDED: Final = (
    "session", "guest", "state", "first_in_at", "guest__name", "guest__name_key", "guest__pinyin", "guest__initials",
    "guest__organisation", "guest__title", "guest__grade", "guest__is_vip", "guest__diet_kept", "guest__companion_of",
    "guest__subject",
)  # fmt: skip
PILL: Final = 62
"""So many pixels of its circle a seat takes."""
GRADES: Final = {str(grade.value): grade.label for grade in Grade if grade != Grade.NONE}


@dataclass(frozen=True)
class Sitter:
    """Somebody who comes, and where they sit."""

    place: int
    guest: Guest
    is_important: bool
    is_arrived: bool
    table: int | None
    number: int | None
    seat: str
    why: str
    party: int
    head: str = ""
    brings: int = 0

    @property
    def has_diet(self) -> bool:
        return bool(self.guest.diet_kept)

    @property
    def grade(self) -> str:
        """The client grade in words; nothing for none."""
        grade = self.guest.grade
        return str(GRADES.get(grade, ""))

    @property
    def words(self) -> str:
        """By what the person is found in the list."""
        guest = self.guest
        return " ".join((guest.name, guest.pinyin, guest.initials, guest.organisation, self.head)).lower()

    @property
    def short(self) -> str:
        """The name as it fits a seat."""
        name = self.guest.name
        return name if len(name) <= 4 or not name.isascii() else name.split()[0]


@dataclass(frozen=True)
class Chair:
    """One seat of a table, and where it stands around it (per cent of the way round, from the top)."""

    number: int
    sitter: Sitter | None
    turn: float
    is_warned: bool = False


@dataclass
class Furniture:
    """A table or a row with its seats."""

    table: Table
    chairs: list[Chair]
    is_warned: bool = False

    @property
    def label(self) -> str:
        return label_of(self.table)

    @property
    def taken(self) -> int:
        return sum(chair.sitter is not None for chair in self.chairs)

    @property
    def arrived(self) -> int:
        return sum(chair.sitter is not None and chair.sitter.is_arrived for chair in self.chairs)

    @property
    def free(self) -> int:
        return self.table.seats - self.taken

    @property
    def first_free(self) -> int:
        """The seat that is offered first; 0 where there is none."""
        return next((chair.number for chair in self.chairs if chair.sitter is None), 0)

    @property
    def radius(self) -> int:
        """How far the seats of a round table stand from its middle, in pixels."""
        return max(90, math.ceil(self.table.seats * PILL / (2 * math.pi)))

    @property
    def sides(self) -> int:
        """How many sit along one side of a long table."""
        return -(-self.table.seats // 2)


@dataclass
class Room:
    """All that a page of the plan shows."""

    session: Session
    plan: Plan | None
    furniture: list[Furniture] = field(default_factory=list)
    people: list[Sitter] = field(default_factory=list)
    findings: list[Verdict] = field(default_factory=list)
    given_back: list[Sitting] = field(default_factory=list)

    @property
    def seats(self) -> int:
        return sum(one.table.seats for one in self.furniture)

    @property
    def seated(self) -> int:
        return sum(one.table is not None for one in self.people)

    @property
    def rest(self) -> int:
        return len(self.people) - self.seated

    @property
    def arrived(self) -> int:
        return sum(one.is_arrived for one in self.people)

    @property
    def version(self) -> str:
        """Changes with everything that the page shows of the plan."""
        look = look_of((one.place, *_looks(one.guest)) for one in self.people)
        return version_of(self.plan, self.arrived, len(self.people), look)

    @property
    def across(self) -> int:
        """How many tables stand next to each other at most."""
        return max((one.table.x for one in self.furniture), default=1)


def version_of(plan: Plan | None, arrived: int, people: int, look: int) -> str:
    """See `Room.version`."""
    return f"{plan.version if plan else 0}-{arrived}-{people}-{look:x}"


def _looks(guest: Guest) -> tuple[object, ...]:
    """What a page draws of a guest besides the seat; of a diet, that there is one."""
    return (
        guest.name,
        guest.organisation,
        guest.grade,
        guest.is_vip,
        bool(guest.diet_kept),
        guest.companion_of_id,
    )


def look_of(people: Iterable[tuple[object, ...]]) -> int:
    """The same for people who look the same, in whatever order."""
    return zlib.crc32(repr(sorted(people, key=lambda one: str(one[0]))).encode())


def label_of(table: Table) -> str:
    """A table as people call it: `Table T3`, `Row A`, or the name that it was given; its seats are called by the same sign."""
    if table.name.isdecimal():
        return pgettext("seating", "Table {name}").format(name=sign_of(table.name))
    if table.is_row and len(table.name) <= 2:
        return pgettext("seating", "Row {name}").format(name=table.name)
    return table.name


def sessions_of(subject: Subject) -> QuerySet[Session]:
    """The sessions that can have a plan."""
    return Session.objects.filter(subject=subject, removed_at=None).select_related("seating_plan")


def news_of(session: Session) -> str:
    """The version of the plan now, in two statements."""
    plan = Plan.objects.filter(pk=session.pk).first()
    fields = ("name", "organisation", "grade", "is_vip", "diet_kept", "companion_of")
    rows = Place.objects.filter(COMING, session=session).values_list(
        "first_in_at", "pk", *(f"guest__{name}" for name in fields)
    )
    came = list(rows)
    look = look_of(
        (pk, name, org, grade, vip, bool(diet), of) for _at, pk, name, org, grade, vip, diet, of in came
    )
    return version_of(plan, sum(row[0] is not None for row in came), len(came), look)


def room_of(session: Session) -> Room:
    """The plan of a session with everybody who comes: six statements, however many they are."""
    plan = Plan.objects.filter(pk=session.pk).first()
    tables = list(plan.tables.all()) if plan else []
    room = Room(session, plan)
    room.people = _people(session, {one.pk: one for one in tables})
    at = {(one.table, one.number): one for one in room.people if one.table and one.number}
    apart = _apart(session.subject_id)
    for table in tables:
        room.furniture.append(_furniture(room, table, at, apart))
    facts = Counted(room.seats, session.capacity, len(room.people))
    if room.furniture:
        room.findings = [*seats_suffice.failures(facts), *room.findings]
        # Who has accepted again is among those without a seat.
        gone = Sitting.objects.filter(place__session=session, table=None).exclude(left="")
        gone = gone.exclude(pk__in=[one.place for one in room.people])
        room.given_back = list(gone.select_related("place__guest").order_by("-changed_at")[:5])
    return room


def _people(session: Session, tables: Mapping[int, Table]) -> list[Sitter]:
    """Everybody who comes, companions behind whom they belong to."""
    places = list(Place.objects.filter(COMING, session=session).select_related("guest").only(*NEEDED))
    sits = Sitting.objects.filter(place__session=session, table__isnull=False).in_bulk()
    heads = {one.guest_id: one.guest for one in places if one.guest.companion_of_id is None}
    brought: dict[int, int] = defaultdict(int)
    for one in places:
        if one.guest.companion_of_id:
            brought[one.guest.companion_of_id] += 1

    def turn(place: Place) -> tuple[bool, str, int, bool, int]:
        head = heads.get(place.guest.companion_of_id or 0, place.guest)
        return (
            not head.is_vip,
            head.organisation or "\uffff",
            head.pk,
            place.guest is not head,
            place.guest_id,
        )

    return [_sitter(one, sits.get(one.pk), heads, brought, tables) for one in sorted(places, key=turn)]


def _sitter(
    place: Place,
    sits: Sitting | None,
    heads: Mapping[int, Guest],
    brought: Mapping[int, int],
    tables: Mapping[int, Table],
) -> Sitter:
    guest = place.guest
    head = heads.get(guest.companion_of_id or 0)
    table = tables.get(sits.table_id or 0) if sits else None
    number = sits.number if sits and table else None
    return Sitter(
        place=place.pk, guest=guest, is_important=guest.is_vip or bool(head and head.is_vip),
        is_arrived=place.first_in_at is not None, table=table.pk if table else None, number=number,
        seat=seat_text(table.name, number) if table and number else "", why=sits.why if sits else "",
        party=guest.companion_of_id or guest.pk, head=head.name if head else "", brings=brought.get(guest.pk, 0),
    )  # fmt: skip


def _apart(subject_id: int) -> dict[int, set[int]]:
    """Whom a guest is kept apart from."""
    foes: dict[int, set[int]] = defaultdict(set)
    groups: dict[int, set[int]] = defaultdict(set)
    rows = Apart.guests.through.objects.filter(apart__subject=subject_id)
    for apart, guest in rows.values_list("apart_id", "guest_id"):
        groups[apart].add(guest)
    for group in groups.values():
        for one in group:
            foes[one] |= group - {one}
    return foes


def _furniture(
    room: Room,
    table: Table,
    at: Mapping[tuple[int, int], Sitter],
    apart: Mapping[int, set[int]],
) -> Furniture:
    """A table with its seats; what the rules say of it goes to the room's findings."""
    sits = {n: one for n in range(1, table.seats + 1) if (one := at.get((table.pk, n)))}
    warned: set[int] = set()
    for number, sitter in sits.items():
        for verdict, who in _judged(table, number, sitter, sits, room.people, apart):
            warned |= who
            room.findings.append(verdict)
    chairs = [
        Chair(n, sits.get(n), round(100 * (n - 1) / table.seats, 3), n in warned)
        for n in range(1, table.seats + 1)
    ]
    return Furniture(table, chairs, bool(warned))


def _judged(
    table: Table,
    number: int,
    sitter: Sitter,
    sits: Mapping[int, Sitter],
    people: Sequence[Sitter],
    apart: Mapping[int, set[int]],
) -> Iterator[tuple[Verdict, set[int]]]:
    """The verdicts on one seat, and which seats each is about."""
    facts = Seated(sitter.guest.name, sitter.seat, sitter.is_important, table.is_vip, sitter.why)
    for verdict in block_is_for_vips.failures(facts):
        yield verdict, {number}
    foes = apart.get(sitter.guest.pk, set())
    for other, who in sits.items() if foes else ():
        if other > number and who.guest.pk in foes and is_at(table.shape, table.seats, number, other):
            told = Together(sitter.guest.name, who.guest.name, label_of(table), is_apart=True)
            for verdict in kept_apart.failures(told):
                yield verdict, {number, other}
    if sitter.head:
        near = {sits[n].party for n in beside(table.shape, table.seats, number) if n in sits}
        with_head = Accompanied(sitter.guest.name, sitter.head, sitter.seat, sitter.party in near)
        for verdict in companion_is_beside.failures(with_head):
            yield verdict, {number}


# ---------------------------------------------------------------- what is offered


@dataclass(frozen=True)
class Offer:
    """Furniture that suits the room which was booked."""

    words: str
    shape: str
    count: int
    seats: int


AS_BOOKED: Final = {
    Layout.BANQUET: (Shape.ROUND, 10),
    Layout.THEATRE: (Shape.ROW, 12),
    Layout.CLASSROOM: (Shape.ROW, 8),
    Layout.BOARDROOM: (Shape.LONG, 20),
}


def offer_of(session: Session) -> Offer | None:
    """What the booking of a venue says about how people sit, as furniture for the session; None where none was booked."""
    booking = (
        Booking.objects.filter(
            subject=session.subject_id,
            state__in=[BookingState.HELD, BookingState.CONFIRMED],
            layout__in=AS_BOOKED,
            starts_at__lt=session.ends_at,
            ends_at__gt=session.starts_at,
        )
        .select_related("venue")
        .order_by("-state", "starts_at", "pk")
        .first()
    )
    if booking is None:
        return None
    shape, seats = AS_BOOKED[Layout(booking.layout)]
    people = min(session.capacity, booking.capacity or session.capacity)
    count = max(1, -(-people // seats))
    if count > 40:
        return None
    words = _("{venue} is booked as {layout}").format(
        venue=booking.venue.name, layout=booking.get_layout_display()
    )
    return Offer(words, str(shape), count, seats)


def aparts_of(subject: Subject) -> QuerySet[Apart]:
    """The groups that are kept apart, with their guests."""
    return Apart.objects.filter(subject=subject).prefetch_related("guests")
