"""Runs with those who ride in them and what is wrong with them; arrivals, and who is not yet picked up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import GONE, Guest, GuestQuerySet
from yunchou.lifecycle.events.permissions import Perm

from ..models import Leg, Ride, RideState, Run, RunState, Travel, Vehicle
from ..rules import Meeting, run_meets_guest
from ..wishes import Wish, read_wish


def _params() -> Params:
    return params_on([run_meets_guest])[run_meets_guest.id]


def travel_of(guest: Guest) -> Travel | None:
    """How a guest comes and goes, as it was read with them."""
    found: Travel | None = getattr(guest, "travel", None)
    return found


@dataclass(frozen=True)
class RideLine:
    """A guest in a run, when they come or go, and what is wrong with it."""

    ride: Ride
    at: datetime | None = None
    verdict: Verdict | None = None

    @property
    def guest(self) -> Guest:
        return self.ride.guest

    @property
    def travel(self) -> Travel | None:
        return travel_of(self.ride.guest)

    @property
    def is_missed(self) -> bool:
        """The run leaves without them, as things stand."""
        return self.verdict is not None and bool(self.verdict.values.get("missed"))

    @property
    def is_flagged(self) -> bool:
        """Something is wrong with it; a verdict that speaks is itself false."""
        return self.verdict is not None


@dataclass(frozen=True)
class RunLine:
    """A run with its guests."""

    run: Run
    rides: tuple[RideLine, ...] = ()

    @property
    def taken(self) -> int:
        return sum(one.ride.state != RideState.MISSING for one in self.rides)

    @property
    def left(self) -> int:
        return int(self.run.vehicle.seats) - self.taken

    @property
    def findings(self) -> list[Verdict]:
        return [one.verdict for one in self.rides if one.verdict is not None]

    @property
    def is_late(self) -> bool:
        """A guest is delayed beyond the run, or it should have left and has not."""
        if self.run.state != RunState.PLANNED:
            return False
        return any(one.is_missed for one in self.rides) or clock.now() > self.run.leaves_at

    @property
    def waiting(self) -> int:
        return sum(one.ride.state == RideState.WAITING for one in self.rides)

    @property
    def aboard(self) -> int:
        return sum(one.ride.state in (RideState.ABOARD, RideState.ARRIVED) for one in self.rides)


def runs_of(subject: Subject, only: Iterable[int] | None = None) -> list[RunLine]:
    """The runs of an event by time, with who rides in them: three statements."""
    found = Run.objects.filter(subject=subject).select_related("vehicle__driver", "person")
    runs = list(found if only is None else found.filter(pk__in=list(only)))
    rides = Ride.objects.filter(run__in=runs).select_related(
        "guest__travel", "guest__companion_of__travel", "guest__host"
    )
    by_run: dict[int, list[Ride]] = defaultdict(list)
    for ride in rides.order_by("guest__companion_of", "guest__name_key", "pk"):
        by_run[ride.run_id].append(ride)
    params = _params()
    return [RunLine(run, tuple(_line(one, run, params) for one in _by_party(by_run[run.pk]))) for run in runs]


def _travel(guest: Guest) -> Travel | None:
    """How somebody comes; companions come as those do who bring them, unless it is known otherwise."""
    return travel_of(guest) or (travel_of(guest.companion_of) if guest.companion_of else None)


def _by_party(rides: Sequence[Ride]) -> list[Ride]:
    """Parties together, important guests first."""
    heads = {one.guest_id: one.guest for one in rides}

    def turn(one: Ride) -> tuple[bool, str, int, bool, int]:
        head = one.guest.companion_of or one.guest
        head = heads.get(head.pk, head)
        return (not head.is_vip, head.name_key, head.pk, one.guest.companion_of_id is not None, one.guest_id)

    return sorted(rides, key=turn)


def _line(ride: Ride, run: Run, params: Params) -> RideLine:
    guest = ride.guest
    travel = _travel(guest)
    if travel is None:
        return RideLine(ride)
    at = travel.comes_at if run.leg == Leg.FETCH else travel.leaves_at
    way = travel.way if run.leg == Leg.FETCH else travel.way_back or travel.way
    verdict = None
    if ride.state == RideState.WAITING and run.state != RunState.DONE:
        facts = Meeting(guest.name, run.leg, way, run.leaves_at, run.ends_at, at)
        verdict = next(iter(run_meets_guest.failures(facts, params)), None)
    return RideLine(ride, at if run.leg != Leg.BETWEEN else None, verdict)


def may_look_after(user: User, run: Run) -> bool:
    """Whether somebody says who is on board: who looks after the run, who drives it, and who runs the door."""
    return user.pk in (run.person_id, run.vehicle.driver_id) or holds(user, Perm.DOOR, run.subject)


# ---------------------------------------------------------------- arrivals


def coming_of(subject: Subject, user: User) -> GuestQuerySet:
    """Guests and companions who did not say no, with whether they have a run each way."""
    rides = Ride.objects.filter(guest=OuterRef("pk")).exclude(state=RideState.MISSING)
    found: GuestQuerySet = Guest.objects.visible_to(user).filter(subject=subject).exclude(reply__in=GONE)
    counted: GuestQuerySet = found.annotate(
        is_fetched=Exists(rides.filter(leg=Leg.FETCH)), is_brought=Exists(rides.filter(leg=Leg.BRING))
    )
    return counted


OPEN: Final = Q(travel__wants_fetching=True, is_fetched=False) | Q(
    travel__wants_bringing=True, is_brought=False
)
"""Who wishes for a run and has none."""
SAID: Final = Q(travel=None) & ~Q(transport="")
"""Who said in the reply how they come, and nobody has looked at it."""


def narrowed(found: GuestQuerySet, show: str) -> GuestQuerySet:
    """The arrivals that the page shows: those known, those without a run, those who only said so in the reply, or all."""
    if show == "open":
        return found.filter(OPEN)
    if show == "said":
        return found.filter(SAID)
    if show == "all":
        return found
    return found.filter(Q(travel__isnull=False) | ~Q(transport=""))


def figures_of(found: GuestQuerySet) -> dict[str, int]:
    """How many there are of each; one statement."""
    return found.order_by().aggregate(
        known=Count("pk", filter=Q(travel__isnull=False) | ~Q(transport="")),
        open=Count("pk", filter=OPEN),
        said=Count("pk", filter=SAID),
        all=Count("pk"),
    )


@dataclass(frozen=True)
class Arrival:
    """A guest with how they come and go, and the runs that they are in."""

    guest: Guest
    wish: Wish = field(default_factory=Wish)
    rides: tuple[Ride, ...] = ()

    @property
    def travel(self) -> Travel | None:
        return travel_of(self.guest)

    @property
    def missing(self) -> list[str]:
        """The legs for which they wish a run and have none."""
        travel = self.travel
        if travel is None:
            return []
        has = {one.leg for one in self.rides if one.state != RideState.MISSING}
        asked = ((Leg.FETCH, travel.wants_fetching), (Leg.BRING, travel.wants_bringing))
        return [str(leg.label) for leg, wants in asked if wants and leg not in has]


def arrivals(guests: Sequence[Guest]) -> list[Arrival]:
    """The guests of one page with their runs: one statement more, however many."""
    rides: dict[int, list[Ride]] = defaultdict(list)
    for ride in Ride.objects.filter(guest__in=[one.pk for one in guests]).select_related("run__vehicle"):
        rides[ride.guest_id].append(ride)
    return [Arrival(one, read_wish(one.transport), tuple(rides[one.pk])) for one in guests]


def vehicles_of(subject: Subject) -> QuerySet[Vehicle]:
    """The vehicles of an event, with how many runs each has."""
    found: QuerySet[Vehicle] = Vehicle.objects.filter(subject=subject)
    return found.select_related("driver", "supplier", "budget_line").annotate(runs_count=Count("runs"))


def candidates(run: Run) -> QuerySet[Guest]:
    """Who may be put into a run: who comes and has none that way; who wishes for one first, by when they come or go."""
    taken = Ride.objects.filter(run=run).values("guest")
    found = Guest.objects.filter(subject=run.subject_id).exclude(reply__in=GONE).exclude(pk__in=taken)
    if run.leg != Leg.BETWEEN:
        other = Ride.objects.filter(leg=run.leg, guest=OuterRef("pk")).exclude(state=RideState.MISSING)
        found = found.exclude(Exists(other))
    wants = "travel__wants_fetching" if run.leg == Leg.FETCH else "travel__wants_bringing"
    at = "travel__arrives_at" if run.leg == Leg.FETCH else "travel__leaves_at"
    ordered: QuerySet[Guest] = found.select_related("travel", "companion_of").order_by(
        F(wants).desc(nulls_last=True), F(at).asc(nulls_last=True), "name_key", "pk"
    )
    return ordered
