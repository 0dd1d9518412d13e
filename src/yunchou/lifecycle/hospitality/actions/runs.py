"""Runs that fetch and bring guests, and who is on board."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, RuleRefused
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import cancel, fulfil, owe
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale, stamp
from yunchou.lifecycle.events.kinds import demand_open
from yunchou.lifecycle.events.models import GONE, Guest
from yunchou.lifecycle.events.permissions import Perm

from .. import duties, journal, notices
from ..models import Leg, Ride, RideState, Run, RunState, Travel, Vehicle
from ..rules import Aboard, rides_alone_as_wished
from ..selectors.care import is_called_off
from .vehicles import demand_free, taken_in

LOOSE = (RideState.WAITING, RideState.MISSING)
"""Rides of people who are not in a vehicle."""
ENDED = (RideState.ARRIVED, RideState.MISSING)
"""What is still put right when a run is over."""


@dataclass(frozen=True)
class RunFacts:
    """One journey of a vehicle."""

    vehicle: Vehicle
    leg: str
    place: str
    goal: str
    leaves_at: datetime
    ends_at: datetime
    person: User
    note: str = ""


def run_stamp(run: Run) -> str:
    """How a run stood when a form showed it."""
    return stamp(
        *(
            getattr(run, name)
            for name in ("vehicle_id", "leg", "place", "goal", "leaves_at", "ends_at", "person_id", "note")
        )
    )


@transaction.atomic
def keep_run(
    *, subject: Subject, facts: RunFacts, actor: User, run: Run | None = None, seen: str = ""
) -> Run:
    """Plan a run, or change one; who looks after it owes it. Records `hospitality.run`.

    Refuses an end before the beginning, a person who does not see the event's guests, a vehicle too small for those in it, and a
    vehicle or a driver on another run at that time, at whatever event.
    """
    locked = open_table(subject, "", actor, Perm.EDIT)
    demand_open(locked)
    kept = Run(subject=locked)
    if run is not None:
        kept = _run(locked, run)
        refuse_stale(seen, run_stamp(kept))
        if kept.state == RunState.DONE:
            raise wrong(_("This run is done already."))
    if facts.ends_at <= facts.leaves_at:
        raise at_field("ends_at", _("The end comes after the beginning."))
    if not facts.person.is_active or not holds(facts.person, Perm.VIEW, locked):
        raise at_field("person", _("{name} does not see the guests of this event."), name=facts.person.name)
    vehicle = Vehicle.objects.filter(subject=locked, pk=facts.vehicle.pk).select_related("driver").first()
    if vehicle is None:
        raise at_field("vehicle", _("Choose a vehicle of this event."))
    if kept.pk and kept.leg != facts.leg and kept.rides.exists():
        raise at_field("leg", _("Guests are in this run already. Take them out first."))
    if kept.pk and (taken := taken_in(kept)) > vehicle.seats:
        raise at_field(
            "vehicle",
            _("It has {seats} seats; {count} guests are in the run."),
            seats=vehicle.seats,
            count=taken,
        )
    kept.vehicle, kept.leg, kept.person = vehicle, Leg(facts.leg), facts.person
    kept.place, kept.goal = wanted(facts.place, "place", 80), wanted(facts.goal, "goal", 80)
    kept.leaves_at, kept.ends_at, kept.note = facts.leaves_at, facts.ends_at, facts.note.strip()[:200]
    demand_free(kept)
    kept.save()
    _owe_anew(kept, locked, actor)
    _tell(journal.RUN, kept, locked, actor)
    return kept


@transaction.atomic
def drop_run(*, run: Run, actor: User) -> None:
    """Drop a run, also of an event that was called off; its guests have none any more, and nobody owes it. Records
    `hospitality.run_removed`."""
    subject = open_table(run.subject, "", actor, Perm.EDIT)
    if not is_called_off(subject):
        demand_open(subject)
    kept = _run(subject, run)
    if kept.rides.filter(state__in=[RideState.ABOARD, RideState.ARRIVED]).exists():
        raise wrong(_("Guests have been on board of this run."))
    cancel(actor=actor, key=kept.duty_key)
    _tell(journal.RUN_REMOVED, kept, subject, actor)
    kept.delete()


@transaction.atomic
def put_riders(*, run: Run, guests: Iterable[Guest], actor: User) -> list[Ride]:
    """Put guests into a run. Records `hospitality.riders` with how many.

    Refuses more than the vehicle has seats, who does not come, who is in another run that way, and whoever would ride with
    somebody who wishes to ride alone (K-PIC-02).
    """
    subject = open_table(run.subject, "", actor, Perm.EDIT)
    demand_open(subject)
    kept = _run(subject, run)
    if kept.state == RunState.DONE:
        raise wrong(_("This run is done already."))
    asked = {one.pk for one in guests}
    there = {ride.guest_id for ride in kept.rides.all()}
    # Under their locks, or somebody who cancels meanwhile would stay in the run.
    found = list(
        Guest.objects.select_for_update(of=("self",))
        .filter(subject=subject, pk__in=asked - there)
        .order_by("pk")
    )
    for guest in found:
        demand_coming(guest)
    elsewhere = (
        Ride.objects.filter(guest__in=found, leg=kept.leg)
        .exclude(leg=Leg.BETWEEN)
        .exclude(state=RideState.MISSING)
        .select_related("guest", "run")
        .first()
    )
    if elsewhere:
        raise at_field(
            "guests",
            _("{name} is in the run {run} already."),
            name=elsewhere.guest.name,
            run=str(elsewhere.run),
        )
    taken = taken_in(kept)
    if taken + len(found) > kept.vehicle.seats:
        raise at_field(
            "guests", _("{vehicle} has {seats} seats, {count} are taken: no room for {more} more."),
            vehicle=kept.vehicle.name, seats=kept.vehicle.seats, count=taken, more=len(found),
        )  # fmt: skip
    made = Ride.objects.bulk_create([Ride(run=kept, guest=one, leg=kept.leg) for one in found])
    demand_alone(kept)
    if made:
        data = {"count": len(made), **_words(kept)}
        record(journal.RIDERS, actor=actor, subject=subject, data=data)
    return made


@transaction.atomic
def drop_rider(*, ride: Ride, actor: User) -> None:
    """Take a guest out of a run. Records `hospitality.rider_removed`; refuses who is on board or has arrived."""
    subject = open_table(ride.run.subject, "", actor, Perm.EDIT)
    demand_open(subject)
    kept = Ride.objects.select_for_update(of=("self",)).select_related("run").filter(pk=ride.pk).first()
    if kept is None:
        return
    if kept.state not in LOOSE:
        raise wrong(_("This guest is on board, or has arrived."))
    _let_out(kept, subject, actor)


@transaction.atomic
def start_run(*, run: Run, actor: User) -> Run:
    """The vehicle leaves. Records `hospitality.run_moved`; refuses who neither looks after it nor runs the door."""
    subject, kept = _on_the_road(run, actor)
    if kept.state == RunState.PLANNED:
        kept.state, kept.left_at = RunState.UNDER_WAY, clock.now()
        kept.save(update_fields=["state", "left_at"])
        _say_state(kept, subject, actor, _("left"))
    return kept


@transaction.atomic
def finish_run(*, run: Run, actor: User) -> Run:
    """The run has come to its end: who is on board has arrived, who still waits did not come. Records `hospitality.run_moved`.

    Whoever did not come is without a run again, and stands among those who are to be picked up.
    """
    subject, kept = _on_the_road(run, actor)
    if kept.state == RunState.DONE:
        return kept
    now = clock.now()
    kept.rides.filter(state=RideState.ABOARD).update(state=RideState.ARRIVED, state_at=now, state_by=actor)
    kept.rides.filter(state=RideState.WAITING).update(state=RideState.MISSING, state_at=now, state_by=actor)
    kept.state, kept.done_at = RunState.DONE, now
    kept.left_at = kept.left_at or now
    kept.save(update_fields=["state", "done_at", "left_at"])
    fulfil(actor=actor, key=kept.duty_key)
    _say_state(kept, subject, actor, _("came to its end"))
    return kept


STATES = {
    RideState.WAITING: _("waits"),
    RideState.ABOARD: _("on board"),
    RideState.ARRIVED: _("has arrived"),
    RideState.MISSING: _("did not come"),
}
"""How the journal names them."""


@transaction.atomic
def set_ride(*, ride: Ride, state: str, actor: User) -> Ride:
    """One tap on the phone: waiting, on board, arrived, did not come. Records `hospitality.ride`.

    The first on board sets the run under way. Refuses who neither looks after the run nor runs the door, on a finished run
    everything but that somebody arrived or did not come, and of whoever did not come what `put_riders` refuses.
    """
    subject, run = _on_the_road(ride.run, actor)
    # The guest before the ride, as where somebody cancels.
    guest = Guest.objects.select_for_update(of=("self",)).get(pk=ride.guest_id)
    kept = Ride.objects.select_for_update(of=("self",)).filter(pk=ride.pk, run=run).first()
    if kept is None:
        raise wrong(_("This guest is not in the run any more."))
    kept.run = run
    now_is = RideState(state)
    if kept.state == now_is:
        return kept
    if run.state == RunState.DONE and now_is not in ENDED:
        raise wrong(_("This run is done already."))
    was_missing = kept.state == RideState.MISSING
    if was_missing:
        _demand_back(kept, run, guest)
    kept.state, kept.state_at, kept.state_by = now_is, clock.now(), actor
    kept.save(update_fields=["state", "state_at", "state_by"])
    if was_missing:
        demand_alone(run)
    if now_is == RideState.ABOARD and run.state == RunState.PLANNED and run.leg != Leg.FETCH:
        run.state, run.left_at = RunState.UNDER_WAY, clock.now()
        run.save(update_fields=["state", "left_at"])
    data = {"guest": kept.guest_id, "run": str(run), "state": say(STATES[now_is])}
    record(journal.RIDE, actor=actor, subject=subject, data=data)
    return kept


def release_rides(party: Iterable[int], subject: Subject) -> None:
    """Guests who come no more leave the runs that have not begun with them; who looks after those hears."""
    found = Ride.objects.select_for_update(of=("self",)).filter(guest__in=list(party), state__in=LOOSE)
    runs: dict[int, Run] = {}
    for ride in found.exclude(run__state=RunState.DONE).select_related("run__person").order_by("pk"):
        runs[ride.run_id] = ride.run
        _let_out(ride, subject, None)
    for run in runs.values():
        tell_of(run, subject, None, _("A guest of your run {run} does not come."))


def _let_out(ride: Ride, subject: Subject, actor: User | None) -> None:
    data = {"guest": ride.guest_id, "run": str(ride.run)}
    ride.delete()
    record(journal.RIDER_REMOVED, actor=actor, subject=subject, data=data)


def looks_after(actor: User, run: Run) -> bool:
    return actor.pk in (run.person_id, run.vehicle.driver_id)


def _on_the_road(run: Run, actor: User) -> tuple[Subject, Run]:
    """The run locked, for who looks after it, drives it, or runs the door."""
    subject = open_table(run.subject, "", actor)
    kept = _run(subject, run)
    if not holds(actor, Perm.DOOR, subject) and not (
        looks_after(actor, kept) and holds(actor, Perm.VIEW, subject)
    ):
        raise NotAllowed(say(_("Only who looks after the run or runs the door says this.")))
    return subject, kept


def _run(subject: Subject, run: Run) -> Run:
    kept = (
        Run.objects.select_for_update(of=("self",))
        .select_related("vehicle__driver", "person")
        .filter(pk=run.pk, subject=subject)
        .first()
    )
    if kept is None:
        raise wrong(_("Somebody dropped this run meanwhile."))
    return kept


def _demand_back(ride: Ride, run: Run, guest: Guest) -> None:
    """Refuse that somebody who did not come is in the run again: their seat may be another's by now."""
    demand_coming(guest)
    others = Ride.objects.filter(guest=guest, leg=ride.leg).exclude(pk=ride.pk)
    if others.exclude(state=RideState.MISSING).exclude(leg=Leg.BETWEEN).exists():
        raise wrong(_("This guest is in another run by now."))
    if (taken := taken_in(run)) >= run.vehicle.seats:
        raise wrong(
            _("{vehicle} has {seats} seats, {count} are taken: no room for {more} more."),
            vehicle=run.vehicle.name, seats=run.vehicle.seats, count=taken, more=1,
        )  # fmt: skip


def demand_coming(guest: Guest) -> None:
    if guest.reply in GONE:
        raise wrong(_("{name} does not come."), name=guest.name)


def demand_alone(run: Run) -> None:
    """K-PIC-02: whoever wishes to ride alone does."""
    rides = run.rides.exclude(state=RideState.MISSING).select_related("guest__companion_of")
    riders = [ride.guest for ride in rides]
    parties = {(one.companion_of or one).pk: (one.companion_of or one).name for one in riders}
    wishing = Travel.objects.filter(guest__in=[one.pk for one in riders], rides_alone=True)
    by_guest = {one.pk: (one.companion_of or one).pk for one in riders}
    alone = frozenset(by_guest[pk] for pk in wishing.values_list("pk", flat=True))
    for verdict in rides_alone_as_wished.failures(Aboard(parties, alone)):
        raise RuleRefused(verdict.reason, verdicts=[verdict], fields={"guests": verdict.reason})


def _words(run: Run) -> dict[str, Say | str]:
    start, end = clock.local(run.leaves_at), clock.local(run.ends_at)
    with override(None):
        leg = Say(str(Leg(run.leg).label), context="pick-up")
    return {"leg": leg, "run": str(run), "when": f"{start:%Y-%m-%d %H:%M}—{end:%H:%M}"}


def _owe_anew(run: Run, subject: Subject, actor: User) -> None:
    cancel(actor=actor, key=run.duty_key)
    owe(
        kind=duties.RUN.key, subject=subject, owner=run.person, due_at=run.leaves_at, key=run.duty_key,
        params=_words(run), address=reverse("hospitality:run_detail", args=[subject.pk, run.pk]), actor=actor,
    )  # fmt: skip


def _tell(kind: Kind, run: Run, subject: Subject, actor: User) -> None:
    record(kind, actor=actor, subject=subject, data={**_words(run), "vehicle": run.vehicle.name})


def _say_state(run: Run, subject: Subject, actor: User, msgid: str) -> None:
    record(journal.RUN_MOVED, actor=actor, subject=subject, data={"run": str(run), "state": say(msgid)})


def tell_of(run: Run, subject: Subject, actor: User | None, msgid: str) -> None:
    if actor is not None and run.person_id == actor.pk:
        return
    notify(
        users=[run.person], kind=notices.RUN.key, say=say(msgid, run=str(run)), subject=subject,
        address=reverse("hospitality:run_detail", args=[subject.pk, run.pk]),
    )  # fmt: skip
