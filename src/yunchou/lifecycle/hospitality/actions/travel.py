"""How guests come and go, and what becomes later than planned."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed
from yunchou.kernel.core.refusing import at_field, wrong
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.ui.seen import refuse_stale, stamp
from yunchou.lifecycle.events.kinds import demand_open
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.events.permissions import Perm

from .. import journal
from ..models import Leg, Ride, RideState, RunState, Travel, Way
from .runs import demand_alone, demand_coming, looks_after, tell_of


@dataclass(frozen=True)
class TravelFacts:
    """How a guest comes and goes, and what they wish."""

    way: str = Way.TRAIN
    number: str = ""
    place: str = ""
    arrives_at: datetime | None = None
    way_back: str = ""
    number_back: str = ""
    place_back: str = ""
    leaves_at: datetime | None = None
    wants_fetching: bool = False
    wants_bringing: bool = False
    rides_alone: bool = False
    note: str = ""


def travel_stamp(travel: Travel | None) -> str:
    """How somebody's travel stood when a form showed it."""
    if travel is None:
        return stamp("")
    return stamp(*(getattr(travel, name) for name in TravelFacts.__dataclass_fields__), travel.expected_at)


@transaction.atomic
def keep_travel(*, guest: Guest, facts: TravelFacts, actor: User, seen: str = "") -> Travel:
    """Write down how a guest comes and goes. Records `hospitality.travel`, without saying how.

    Refuses a departure before the arrival, who does not come, and a wish to ride alone of somebody who shares a run.
    """
    subject = open_table(guest.subject, "", actor, Perm.ADD)
    demand_open(subject)
    # Under the guest's lock, or what is known of somebody who cancels meanwhile would stay.
    guest = Guest.objects.select_for_update(of=("self",)).get(pk=guest.pk)
    demand_coming(guest)
    travel = Travel.objects.select_for_update(of=("self",)).filter(guest=guest).first()
    refuse_stale(seen, travel_stamp(travel))
    if facts.arrives_at and facts.leaves_at and facts.leaves_at <= facts.arrives_at:
        raise at_field("leaves_at", _("They leave after they have arrived."))
    values: dict[str, Any] = asdict(facts)
    for name, limit in (
        ("number", 20),
        ("place", 80),
        ("number_back", 20),
        ("place_back", 80),
        ("note", 200),
    ):
        values[name] = values[name].strip()[:limit]
    for name in ("number", "number_back"):
        values[name] = values[name].upper()
    was_alone = bool(travel and travel.rides_alone)
    if travel is None:
        travel = Travel(guest=guest)
    elif travel.arrives_at != facts.arrives_at:
        travel.expected_at = None  # what was heard was about another train
    for name, value in values.items():
        setattr(travel, name, value)
    travel.kept_by, travel.kept_at = actor, clock.now()
    travel.save()
    if travel.rides_alone and not was_alone:
        for ride in Ride.objects.filter(guest=guest, state=RideState.WAITING).select_related("run"):
            demand_alone(ride.run)
    record(journal.TRAVEL, actor=actor, subject=subject, data={"guest": guest.pk})
    return travel


def demand_may_delay(*, guest: Guest, actor: User) -> list[Ride]:
    """The rides that fetch a guest; refuses who neither looks after one of them nor runs the door."""
    rides = list(
        Ride.objects.filter(guest=guest, leg=Leg.FETCH).select_related("run__person", "run__vehicle")
    )
    if not any(looks_after(actor, ride.run) for ride in rides) and not holds(actor, Perm.DOOR, guest.subject):
        raise NotAllowed(say(_("Only who looks after the run or runs the door says this.")))
    return rides


@transaction.atomic
def note_delay(*, guest: Guest, expected_at: datetime, actor: User) -> Travel:
    """A guest comes at another time than planned: the run shows it at once, and who looks after it hears.

    Records `hospitality.delayed`. Whoever runs the door says so, or who looks after the guest's run. Refuses who has arrived,
    and who has no time to arrive.
    """
    subject = open_table(guest.subject, "", actor)
    rides = demand_may_delay(guest=guest, actor=actor)
    travel = Travel.objects.select_for_update(of=("self",)).filter(guest=guest).first()
    if travel is None or travel.arrives_at is None:
        raise at_field("expected_at", _("Enter first when they arrive."))
    if any(ride.state in (RideState.ABOARD, RideState.ARRIVED) for ride in rides):
        raise wrong(_("This guest has arrived already."))
    travel.expected_at = expected_at
    travel.save(update_fields=["expected_at"])
    waiting = [ride.run for ride in rides if ride.run.state == RunState.PLANNED]
    for run in waiting:
        tell_of(run, subject, actor, _("A guest of your run {run} comes later: look at it again."))
    data = {
        "guest": guest.pk, "when": f"{clock.local(expected_at):%H:%M}",
        "run": str(waiting[0]) if waiting else "—",
    }  # fmt: skip
    record(journal.DELAYED, actor=actor, subject=subject, data=data)
    return travel
