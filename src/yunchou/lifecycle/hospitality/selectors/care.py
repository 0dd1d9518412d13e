"""Important guests with who looks after them, a host's card, and the roster of reception."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from yunchou.directory.customers.models import Customer, Grade
from yunchou.directory.customers.permissions import Perm as CustomerPerm
from yunchou.directory.customers.selectors.register import profile_lines, sees_profile, touches_of
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core.text import Text
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.brief import briefs_of
from yunchou.lifecycle.campaigns.models import Status
from yunchou.lifecycle.events.models import Guest, GuestQuerySet, Place, PlaceState
from yunchou.lifecycle.events.permissions import Perm

from ..models import COUNTING, Briefing, Gift, ReceptionTask, Ride, RideState, Stay, Travel

TOUCHES = 6
"""So many of the last touches stand on a host's card."""


def vips_of(subject: Subject, user: User) -> GuestQuerySet:
    """The important guests of an event, whatever they replied but a no; the nearest to come first."""
    found: GuestQuerySet = Guest.objects.visible_to(user).filter(subject=subject, is_vip=True)
    return found.heads().exclude(reply__in=["declined", "cancelled"]).select_related("host", "customer")


@dataclass(frozen=True)
class Vip:
    """An important guest as the list shows them."""

    guest: Guest
    places: tuple[Place, ...] = ()
    companions: tuple[Guest, ...] = ()
    gifts: tuple[Gift, ...] = ()
    is_briefed: bool = False

    @property
    def grade(self) -> str:
        return str(Grade(self.guest.grade).label) if self.guest.grade else ""


def vip_lines(guests: Sequence[Guest]) -> list[Vip]:
    """Important guests with seats, companions, gifts and whether the host was briefed: four statements for all."""
    ids = [one.pk for one in guests]
    places = _by_guest(
        Place.objects.filter(guest__in=ids, state=PlaceState.HELD).select_related("session").order_by("session__starts_at")
    )  # fmt: skip
    gifts = _by_guest(Gift.objects.filter(guest__in=ids, state__in=COUNTING).select_related("line__item"))
    with_them: dict[int, list[Guest]] = {}
    for one in Guest.objects.filter(companion_of__in=ids).live().order_by("pk"):
        with_them.setdefault(one.companion_of_id or 0, []).append(one)
    briefed = set(Briefing.objects.filter(guest__in=ids).values_list("pk", flat=True))
    return [
        Vip(
            one, tuple(places.get(one.pk, ())), tuple(with_them.get(one.pk, ())), tuple(gifts.get(one.pk, ())),
            one.pk in briefed,
        )
        for one in guests
    ]  # fmt: skip


def _by_guest(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.guest_id, []).append(row)
    return found


def is_called_off(subject: Subject) -> bool:
    """Whether an event does not take place: cancelled, or put off. One that is over is not called off."""
    brief = briefs_of([subject.pk]).get(subject.pk)
    return brief is not None and brief.status in (Status.CANCELLED, Status.SUSPENDED)


def may_read(user: User, guest: Guest) -> bool:
    """Whether somebody reads what the host has to know: the host, and who keeps the list."""
    host = guest.companion_of.host_id if guest.companion_of else guest.host_id
    return host == user.pk or holds(user, Perm.EDIT, guest.subject)


@dataclass(frozen=True)
class Card:
    """What a host reads of a guest on a phone, each part for those alone who may see it.

    `diet` is read by whoever runs the door or is the host, `words` by the host and who keeps the list; the profile asks for the
    right to unmask customers, the line of time for the right to see this one.
    """

    vip: Vip
    diet: tuple[str, ...] = ()
    may_diet: bool = False
    words: str = ""
    may_words: bool = False
    customer: Customer | None = None
    profile: tuple[tuple[Text, str], ...] = ()
    touches: tuple[dict[str, Any], ...] = ()
    companions: tuple[tuple[Guest, tuple[str, ...]], ...] = ()


def card_of(guest: Guest, user: User) -> Card:
    """The card of a guest for a person."""
    vip = vip_lines([guest])[0]
    is_reader = may_read(user, guest)
    may_diet = is_reader or holds(user, Perm.DOOR, guest.subject)
    briefing = Briefing.objects.filter(guest=guest).first() if is_reader else None
    customer = guest.customer if guest.customer and holds(user, CustomerPerm.VIEW, guest.customer) else None
    shown = (
        tuple(one for one in profile_lines(customer) if one[1])
        if customer and sees_profile(user, customer)
        else ()
    )
    return Card(
        vip=vip,
        diet=tuple(guest.diet_words) if may_diet else (),
        may_diet=may_diet,
        words=briefing.words if briefing else "",
        may_words=is_reader,
        customer=customer,
        profile=shown,
        touches=tuple(touches_of(customer, [], user, TOUCHES)) if customer else (),
        companions=tuple((one, tuple(one.diet_words) if may_diet else ()) for one in vip.companions),
    )


@dataclass(frozen=True)
class OnTheWay:
    """How a guest comes, who fetches them, and where they sleep."""

    travel: Travel | None
    rides: tuple[Ride, ...]
    stay: Stay | None


def ride_and_room(guest: Guest) -> OnTheWay:
    """Three statements."""
    rides = Ride.objects.filter(guest=guest).exclude(state=RideState.MISSING).select_related("run__vehicle")
    return OnTheWay(
        Travel.objects.filter(guest=guest).first(),
        tuple(rides.order_by("run__leaves_at")),
        Stay.objects.filter(guest=guest).select_related("room__block").first(),
    )


def roster_of(subject: Subject) -> QuerySet[ReceptionTask]:
    """Who receives guests, by time."""
    found: QuerySet[ReceptionTask] = ReceptionTask.objects.filter(subject=subject)
    return found.select_related("person").order_by("starts_at", "kind", "pk")
