"""Venues, what is booked when, and whether everybody fits in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Q, QuerySet

from yunchou.capabilities.ledger.selectors import NOTHING, money_of_many
from yunchou.capabilities.purchasing.models import SIGNED_CONTRACTS, Contract, Instalment
from yunchou.capabilities.purchasing.selectors import moneys_of_contracts
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import stamp

from ..events import event
from ..models import TAKING, Booking, BookingState, Layout, Venue
from ..rules import Room, everybody_fits_in

DAYS: Final = 14
"""So many days stand in the calendar of venues."""


def venue_stamp(venue: Venue) -> str:
    """How a venue stood when a form showed it."""
    seatings = venue.seatings.order_by("layout").values_list("layout", "capacity")
    return stamp(
        venue.name, venue.address, venue.surroundings, venue.environment, venue.equipment, venue.price,
        venue.price_note, venue.deposit, venue.contact, venue.supplier_id, list(seatings),
    )  # fmt: skip


def taken(venue: Venue, starts_at: datetime, ends_at: datetime) -> list[Booking]:
    """What has taken a part of this time, earliest first."""
    found = Booking.objects.filter(
        venue=venue, state__in=TAKING, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    return list(found.select_related("venue", "subject", "booked_by").order_by("starts_at"))


def fit(booking: Booking) -> Verdict:
    """What R-PRE-02 says of a booking, with those who are expected or have accepted now."""
    assert booking.subject is not None
    facts = event(booking.subject)
    room = Room(booking.venue.name, booking.capacity, facts.expected, facts.accepted)
    [verdict] = evaluate([everybody_fits_in], room)
    return verdict


@dataclass(frozen=True)
class BookingLine:
    """A booking with what it costs as contract or budget have it, and what R-PRE-02 says."""

    booking: Booking
    cost: Decimal | None
    deposit: Decimal | None
    is_asking: bool
    verdict: Verdict

    @property
    def level(self) -> str:
        """By which it is drawn."""
        if self.booking.is_held:
            return "act" if self.booking.is_over else "watch"
        return "fine" if self.booking.is_confirmed else "unknown"

    @property
    def is_small(self) -> bool:
        return not self.verdict.passed


def lines_of(subject: Subject, *, ended: bool = False) -> list[BookingLine]:
    """The bookings of an activity in order of time; those that ended only where asked for."""
    states = list(BookingState) if ended else [BookingState.HELD, BookingState.CONFIRMED]
    found = Booking.objects.filter(subject=subject, state__in=states)
    rows = list(
        found.select_related(
            "venue__subject", "subject", "contract", "agreement__file", "account", "booked_by", "confirmed_by"
        )
    )
    contracts = [row.contract_id for row in rows if row.contract_id]
    moneys = moneys_of_contracts(contracts) if contracts else {}
    deposits = dict.fromkeys(contracts, ZERO)
    for contract, amount in Instalment.objects.filter(contract__in=contracts, is_advance=True).values_list(
        "contract", "amount"
    ):
        deposits[contract] += amount
    accounts = money_of_many([row.account.key for row in rows if row.account])
    lines = []
    for row in rows:
        cost, deposit, is_asking = row.venue.price, row.venue.deposit, True
        if row.contract_id:
            cost, deposit, is_asking = (
                moneys[row.contract_id].amount,
                deposits[row.contract_id] or None,
                False,
            )
        elif row.account:
            money = accounts.get(row.account.key, NOTHING)
            cost = money.available + money.reserved + money.committed + money.spent
            is_asking = False
        lines.append(BookingLine(row, cost, deposit, is_asking, fit(row)))
    return lines


def signed_contracts(subject: Subject) -> QuerySet[Contract]:
    """The contracts in force for an activity, by which a resource may be confirmed."""
    found: QuerySet[Contract] = Contract.objects.filter(
        purchase__activity=subject, status__in=SIGNED_CONTRACTS
    )
    return found.select_related("supplier").order_by("number")


@dataclass(frozen=True)
class VenueFilters:
    """What the list of venues is narrowed to: words, people that have to fit in, surroundings, and free between two moments."""

    words: str = ""
    people: int | None = None
    surroundings: str = ""
    day: date | None = None

    def of(self, user: User) -> QuerySet[Venue]:
        found: QuerySet[Venue] = Venue.objects.visible_to(user)
        if self.words:
            words = self.words.strip().lower()
            found = found.filter(Q(subject__search__icontains=words) | Q(address__icontains=words))
        if self.people:
            found = found.filter(
                pk__in=Venue.objects.filter(seatings__capacity__gte=self.people).values("pk")
            )
        if self.surroundings:
            found = found.filter(surroundings__in=[self.surroundings, "both"])
        return found.select_related("subject__unit", "supplier").prefetch_related("seatings")


@dataclass(frozen=True)
class DayCell:
    """One day of a venue: what is booked on it, and the strongest state."""

    day: date
    bookings: tuple[Booking, ...]

    @property
    def state(self) -> str:
        """`confirmed`, `held`, `closure`, or nothing where the day is free."""
        states = {one.state for one in self.bookings}
        return next(
            (
                str(s)
                for s in (BookingState.CONFIRMED, BookingState.HELD, BookingState.CLOSURE)
                if s in states
            ),
            "",
        )


@dataclass(frozen=True)
class VenueLine:
    """A venue with the days from today on."""

    venue: Venue
    days: tuple[DayCell, ...]

    @property
    def largest(self) -> int:
        """How many people it holds at most."""
        return max((seating.capacity for seating in self.venue.seatings.all()), default=0)

    @property
    def taken(self) -> list[DayCell]:
        """The days on which something is booked, for screens on which the calendar finds no room."""
        return [cell for cell in self.days if cell.bookings]


def calendar_days(start: date, count: int = DAYS) -> list[date]:
    """The days of the calendar."""
    return [start + timedelta(days=n) for n in range(count)]


def venue_lines(venues: Sequence[Venue], start: date) -> list[VenueLine]:
    """The venues with their calendar; one query for all of them."""
    days = calendar_days(start)
    cells = bookings_by_day([venue.pk for venue in venues], days)
    return [
        VenueLine(venue, tuple(DayCell(day, tuple(cells.get((venue.pk, day), ()))) for day in days))
        for venue in venues
    ]


def bookings_by_day(venues: Collection[int], days: Sequence[date]) -> dict[tuple[int, date], list[Booking]]:
    """What is booked on each day, by venue; one query."""
    first, last = clock.moment(days[0]), clock.moment(days[-1] + timedelta(days=1))
    found = Booking.objects.filter(
        venue__in=venues, state__in=TAKING, starts_at__lt=last, ends_at__gt=first
    ).select_related("subject", "booked_by")
    cells: dict[tuple[int, date], list[Booking]] = {}
    for booking in found.order_by("starts_at"):
        day = max(clock.local(booking.starts_at).date(), days[0])
        end = clock.local(booking.ends_at - timedelta(seconds=1)).date()
        while day <= min(end, days[-1]):
            cells.setdefault((booking.venue_id, day), []).append(booking)
            day += timedelta(days=1)
    return cells


@dataclass(frozen=True)
class SeenBooking:
    """A booking as somebody may see it who may not see its activity: the time is told, what it is for is not."""

    booking: Booking
    is_open: bool


def seen_by(bookings: Sequence[Booking], user: User) -> list[SeenBooking]:
    """The bookings, each with whether the person may see the activity; one query."""
    subjects = {one.subject_id for one in bookings if one.subject_id}
    seen = set(visible_subjects(user).filter(pk__in=subjects).values_list("pk", flat=True))
    return [SeenBooking(one, one.subject_id is None or one.subject_id in seen) for one in bookings]


def layouts_of(venue: Venue) -> list[tuple[str, int]]:
    """The seatings in words with their people."""
    return [(str(Layout(one.layout).label), one.capacity) for one in venue.seatings.all()]
