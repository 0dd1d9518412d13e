"""The register of venues, and holding, confirming and releasing their time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.purchasing.models import Contract
from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import say
from yunchou.kernel.duties import actions as duties
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.files.actions import Upload
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.actions import open_subject
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale

from .. import journal
from ..duties import HOLD
from ..following import part_url
from ..models import Booking, BookingState, Layout, Seating, Slot, Surroundings, Venue
from ..notices import HOLD as HOLD_ENDED
from ..permissions import VENUE_KIND, Perm
from ..selectors.venues import fit, taken, venue_stamp
from .shared import again, proven, times

LONGEST: Final = timedelta(days=31)
"""No booking is longer."""
HOLD_FOR: Final = timedelta(days=3)
"""So long a hold lasts unless another end is named."""
TABLE: Final = "bookings"


@dataclass(frozen=True)
class VenueDetails:
    """What is known of a venue, as people type it; `seatings` are people by layout."""

    name: str
    address: str
    surroundings: str = Surroundings.INDOOR
    environment: str = ""
    equipment: Sequence[str] = ()
    seatings: Mapping[str, int] = field(default_factory=dict)
    price: Decimal | None = None
    price_note: str = ""
    deposit: Decimal | None = None
    contact: str = ""
    supplier: Supplier | None = None


@transaction.atomic
def add_venue(*, unit: Unit, details: VenueDetails, actor: User) -> Venue:
    """Enter a venue into the register of a unit. Refuses without `preparation.keep_venues` there, a venue without name,
    address or seating, and a name that the unit has already; records `preparation.venue_added`."""
    require(actor, Perm.KEEP_VENUES, unit)
    Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    _check_details(details)
    if Venue.objects.filter(subject__unit=unit, name=details.name.strip()).exists():
        raise at_field("name", _("There is a venue of this name already."))
    subject = open_subject(kind=VENUE_KIND, unit=unit, title=details.name.strip(), actor=actor)
    venue = Venue(subject=subject)
    _fill(venue, details)
    venue.save()
    _seat(venue, details.seatings)
    subject.address = venue.get_absolute_url()
    subject.save(update_fields=["address"])
    record(journal.VENUE_ADDED, actor=actor, subject=subject, data={"venue": venue.name})
    return venue


@transaction.atomic
def change_venue(*, venue: Venue, details: VenueDetails, actor: User, seen: str = "") -> Venue:
    """Change what is known of a venue; bookings keep the capacity they were made for. Refuses as `add_venue`, and one that
    is not as it was `seen`; records `preparation.venue_changed`."""
    locked = _locked(venue, actor)
    refuse_stale(seen, venue_stamp(locked))
    _check_details(details)
    twins = Venue.objects.filter(subject__unit=locked.subject.unit_id, name=details.name.strip())
    if twins.exclude(pk=locked.pk).exists():
        raise at_field("name", _("There is a venue of this name already."))
    _fill(locked, details)
    locked.save()
    _seat(locked, details.seatings)
    locked.subject.title = locked.name
    locked.subject.save(update_fields=["title", "search"])
    record(journal.VENUE_CHANGED, actor=actor, subject=locked.subject, data={"venue": locked.name})
    return locked


@transaction.atomic
def block_venue(*, venue: Venue, reason: str, actor: User) -> Venue:
    """Let nobody book a venue any more, with the reason; what is booked stays. Records `preparation.venue_blocked`."""
    locked = _locked(venue, actor)
    locked.blocked_reason = wanted(reason, "reason")
    locked.blocked_at, locked.blocked_by = clock.now(), actor
    locked.save(update_fields=["blocked_reason", "blocked_at", "blocked_by"])
    data = {"venue": locked.name, "reason": locked.blocked_reason}
    record(journal.VENUE_BLOCKED, actor=actor, subject=locked.subject, data=data)
    return locked


@transaction.atomic
def unblock_venue(*, venue: Venue, actor: User) -> Venue:
    """Let a venue be booked again; records `preparation.venue_unblocked`."""
    locked = _locked(venue, actor)
    if not locked.is_blocked:
        raise wrong(_("The venue is not blocked."))
    locked.blocked_reason, locked.blocked_at, locked.blocked_by = "", None, None
    locked.save(update_fields=["blocked_reason", "blocked_at", "blocked_by"])
    record(journal.VENUE_UNBLOCKED, actor=actor, subject=locked.subject, data={"venue": locked.name})
    return locked


@dataclass(frozen=True)
class Booked:
    """A booking that was made, and what R-PRE-02 says of it."""

    booking: Booking
    warning: Verdict | None


@transaction.atomic
def hold_venue(
    *,
    venue: Venue,
    subject: Subject,
    layout: str,
    starts_at: datetime,
    ends_at: datetime,
    purpose: str,
    actor: User,
    expires_at: datetime | None = None,
) -> Booked:
    """Hold a venue for an activity until `expires_at` (three days from now, at the latest its beginning); then the hold
    releases itself.

    Refuses without `preparation.edit` on the activity, a venue that is blocked or not seen, times that are past, do not
    stand at full or half hours or are longer than 31 days, a seating the venue has not, and time that is taken (409). One
    that holds fewer than come gives a warning (R-PRE-02). Records `preparation.held`; whoever booked owes to confirm or release.
    """
    locked = open_table(subject, TABLE, actor, Perm.EDIT)
    place = _locked(venue)
    require(actor, Perm.VIEW, place)
    if place.is_blocked:
        raise at_field("venue", _("This venue is not booked: {reason}"), reason=place.blocked_reason)
    _check_times(starts_at, ends_at)
    if starts_at <= clock.now():
        raise at_field("starts_at", _("This is past already."))
    seating = place.seatings.filter(layout=layout).first()
    if seating is None:
        raise at_field("layout", _("The venue has no such seating."))
    end_of_hold = min(expires_at or clock.now() + HOLD_FOR, starts_at)
    if end_of_hold <= clock.now():
        raise at_field("expires_at", _("This is past already."))
    booking = Booking(
        venue=place, subject=locked, layout=Layout(layout), capacity=seating.capacity, starts_at=starts_at,
        ends_at=ends_at, purpose=wanted(purpose, "purpose")[:120], expires_at=end_of_hold, booked_by=actor,
    )  # fmt: skip
    _take(booking)
    until = f"{clock.local(end_of_hold):%Y-%m-%d %H:%M}"
    _tell(journal.HELD, booking, actor, until=until)
    _owe(booking, actor)
    verdict = fit(booking)
    return Booked(booking, None if verdict.passed else verdict)


@transaction.atomic
def prolong_hold(*, booking: Booking, expires_at: datetime, actor: User) -> Booking:
    """Give a hold another end, before the booking begins; records `preparation.prolonged`. Refuses one that has run out."""
    locked = _booking(booking, actor, BookingState.HELD)
    if not clock.now() < expires_at <= locked.starts_at:
        raise at_field("expires_at", _("The hold ends in the future, and before the booking begins."))
    locked.expires_at = expires_at
    locked.save(update_fields=["expires_at"])
    _tell(journal.PROLONGED, locked, actor, until=f"{clock.local(expires_at):%Y-%m-%d %H:%M}")
    if duty := Duty.objects.open().filter(key=locked.duty_key).first():
        duties.redate(duty=duty, due_at=expires_at, actor=actor)
    return locked


@transaction.atomic
def confirm_booking(
    *,
    booking: Booking,
    actor: User,
    contract: Contract | None = None,
    upload: Upload | None = None,
    account: Account | None = None,
) -> Booking:
    """Confirm a hold by the signed contract of the activity, or by a signed agreement as a file (R-PRE-01).

    What it costs is read from that contract, or from the budget line's `account`. Refuses a promise, a hold that has run
    out, and an account of another activity. Records `preparation.confirmed`; the duty is done.
    """
    locked = _booking(booking, actor, BookingState.HELD)
    assert locked.subject is not None
    name = f"{locked.venue.name} {times(locked.starts_at, locked.ends_at)}"
    locked.contract, locked.agreement, proof = proven(
        name=name, subject=locked.subject, contract=contract, upload=upload, actor=actor
    )
    if account is not None and not locked.subject.pk == _activity_of(account):
        raise at_field("account", _("This budget line belongs to another activity."))
    locked.account = account
    locked.state, locked.confirmed_by, locked.confirmed_at = BookingState.CONFIRMED, actor, clock.now()
    locked.expires_at = None
    locked.save()
    _tell(journal.CONFIRMED, locked, actor, proof=proof)
    duties.fulfil(actor=actor, key=locked.duty_key)
    return locked


@transaction.atomic
def release_booking(*, booking: Booking, reason: str, actor: User) -> Booking:
    """Give the time back, with a reason; records `preparation.released`."""
    locked = _booking(booking, actor, BookingState.HELD, BookingState.CONFIRMED, may_be_over=True)
    _end(locked, BookingState.RELEASED, wanted(reason, "reason"))
    _tell(journal.RELEASED, locked, actor, reason=locked.note)
    duties.cancel(actor=actor, key=locked.duty_key)
    return locked


@transaction.atomic
def close_venue(*, venue: Venue, starts_at: datetime, ends_at: datetime, reason: str, actor: User) -> Booking:
    """Say that a venue is not to be had for a time. Refuses where that time is booked; records `preparation.venue_closed`."""
    locked = _locked(venue, actor)
    _check_times(starts_at, ends_at)
    booking = Booking(
        venue=locked, starts_at=starts_at, ends_at=ends_at, purpose=wanted(reason, "reason")[:120],
        state=BookingState.CLOSURE, booked_by=actor,
    )  # fmt: skip
    _take(booking)
    data = {"venue": locked.name, "times": times(starts_at, ends_at), "reason": booking.purpose}
    record(journal.VENUE_CLOSED, actor=actor, subject=locked.subject, data=data)
    return booking


@transaction.atomic
def reopen_time(*, booking: Booking, actor: User) -> Booking:
    """Take a closure back; records `preparation.released` at the venue."""
    locked = again(booking)
    place = _locked(locked.venue, actor)
    if locked.state != BookingState.CLOSURE:
        raise wrong(_("This is no closure, or it was taken back already."))
    _end(locked, BookingState.RELEASED, locked.purpose)
    data = {
        "venue": place.name,
        "times": times(locked.starts_at, locked.ends_at),
        "reason": locked.purpose,
    }
    record(journal.RELEASED, actor=actor, subject=place.subject, data=data)
    return locked


def expire_holds(limit: int = 200) -> int:
    """Release every hold whose end has come, and tell who booked; says how many. One transaction each, so that one that
    cannot be released keeps no other; whoever confirms meanwhile has confirmed."""
    due = Booking.objects.filter(state=BookingState.HELD, expires_at__lte=clock.now())
    return sum(_expire(pk) for pk in due.order_by("expires_at", "pk").values_list("pk", flat=True)[:limit])


@transaction.atomic
def _expire(pk: int) -> bool:
    known = Booking.objects.select_related("venue").get(pk=pk)
    _locked(known.venue)
    booking = again(known)
    if booking.is_over:
        _run_out(booking)
    return booking.state == BookingState.EXPIRED


def _run_out(booking: Booking) -> None:
    """End a hold whose time has come; the venue's lock, which every change of a booking takes, is held."""
    _end(booking, BookingState.EXPIRED, "")
    _tell(journal.EXPIRED, booking, None)
    duties.cancel(actor=None, key=booking.duty_key)
    words = say(
        _("Your hold on {venue} {times} ran out; the time is free again."),
        venue=booking.venue.name,
        times=times(booking.starts_at, booking.ends_at),
    )
    notify(
        users=[booking.booked_by], kind=HOLD_ENDED.key, say=words, subject=booking.subject,
        address=part_url(booking.subject, "venues") if booking.subject else "", key=f"hold:{booking.pk}",
    )  # fmt: skip


def _take(booking: Booking) -> None:
    """Save a booking with its half hours. Under the venue's lock, and by the unique slots whatever happens."""
    for rival in taken(booking.venue, booking.starts_at, booking.ends_at):
        # A hold that has run out and waits for its minute does not stand in the way.
        if not rival.is_over:
            raise _refused(rival)
        _run_out(rival)
    try:
        with transaction.atomic():
            booking.save()
            Slot.objects.bulk_create(
                [Slot(venue=booking.venue, at=at, booking=booking) for at in booking.pieces], batch_size=500
            )
    except IntegrityError as error:
        raise wrong(_("Somebody has just taken this time.")) from error


def _refused(rival: Booking) -> WrongState:
    words = say(
        _("{venue} is taken {times}: {purpose} ({state})."),
        venue=rival.venue.name,
        times=times(rival.starts_at, rival.ends_at),
        purpose=rival.purpose,
        state=str(rival.get_state_display()),
    )
    return WrongState(words, fields={"starts_at": words})


def _end(booking: Booking, state: BookingState, note: str) -> None:
    booking.state, booking.note, booking.ended_at, booking.expires_at = state, note[:200], clock.now(), None
    booking.save(update_fields=["state", "note", "ended_at", "expires_at"])
    Slot.objects.filter(booking=booking).delete()


def _owe(booking: Booking, actor: User) -> None:
    assert booking.subject is not None
    assert booking.expires_at is not None
    duties.owe(
        kind=HOLD.key, subject=booking.subject, owner=actor, due_at=booking.expires_at, key=booking.duty_key,
        params={"venue": booking.venue.name, "times": times(booking.starts_at, booking.ends_at)},
        address=part_url(booking.subject, "venues"), actor=actor,
    )  # fmt: skip


def _booking(booking: Booking, actor: User, *states: BookingState, may_be_over: bool = False) -> Booking:
    """The booking as it is now, with activity and venue locked before it; refuses other states."""
    if booking.subject is None:
        raise wrong(_("This is no booking for an activity."))
    open_table(booking.subject, TABLE, actor, Perm.EDIT)
    _locked(booking.venue)
    locked = again(booking)
    if locked.state not in states or (locked.is_over and not may_be_over):
        word = BookingState.EXPIRED.label if locked.is_over else locked.get_state_display()
        raise wrong(_("This is not possible: the booking is “{state}”."), state=str(word))
    return locked


def _locked(venue: Venue, actor: User | None = None) -> Venue:
    """The venue under the lock of its subject, the second lock of a booking; refuses who may not keep it, if asked for."""
    Subject.objects.select_for_update(of=("self",)).get(pk=venue.pk)
    found: Venue = Venue.objects.select_related("subject__unit").get(pk=venue.pk)
    if actor is not None:
        require(actor, Perm.KEEP_VENUES, found)
    return found


def _activity_of(account: Account) -> int | None:
    """The activity above a budget line's account."""
    at: Account | None = account
    while at is not None:
        if at.kind == Account.Kind.CAMPAIGN:
            return at.subject_id
        at = at.parent
    return None


def _check_times(starts_at: datetime, ends_at: datetime) -> None:
    for name, moment in (("starts_at", starts_at), ("ends_at", ends_at)):
        if moment.minute % 30 or moment.second or moment.microsecond:
            raise at_field(name, _("Bookings begin and end at full or half hours."))
    if ends_at <= starts_at:
        raise at_field("ends_at", _("The end lies after the beginning."))
    if ends_at - starts_at > LONGEST:
        raise at_field("ends_at", _("At most {days} days at a time."), days=LONGEST.days)


def _check_details(details: VenueDetails) -> None:
    wanted(details.name, "name")
    wanted(details.address, "address")
    if not details.seatings:
        raise at_field("seatings", _("Say how many people fit in, in at least one seating."))
    if any(number <= 0 for number in details.seatings.values()):
        raise at_field("seatings", _("At least one person."))
    for name in ("price", "deposit"):
        amount = getattr(details, name)
        if amount is not None and amount < 0:
            raise at_field(name, _("An amount is not negative."))


def _fill(venue: Venue, details: VenueDetails) -> None:
    for one in fields(details):
        value = getattr(details, one.name)
        if one.name == "equipment":
            venue.equipment = [line.strip() for line in value if line.strip()]
        elif one.name != "seatings":
            setattr(venue, one.name, value.strip() if isinstance(value, str) else value)


def _seat(venue: Venue, seatings: Mapping[str, int]) -> None:
    venue.seatings.exclude(layout__in=seatings).delete()
    for layout, capacity in seatings.items():
        Seating.objects.update_or_create(venue=venue, layout=layout, defaults={"capacity": capacity})


def _tell(kind: Kind, booking: Booking, actor: User | None, **more: str) -> None:
    data = {
        "venue": booking.venue.name,
        "times": times(booking.starts_at, booking.ends_at),
        "booking": booking.pk,
        **more,
    }
    record(kind, actor=actor, subject=booking.subject, data=data)
