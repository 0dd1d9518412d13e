"""Vehicles with their drivers, who are on one road at a time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.directory.customers import phones
from yunchou.directory.suppliers.models import Supplier
from yunchou.directory.suppliers.selectors import why_not
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed
from yunchou.kernel.core.money import yuan
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.sealing import digest_of, digests_of
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale, stamp
from yunchou.lifecycle.events.kinds import demand_open
from yunchou.lifecycle.events.permissions import Perm

from .. import journal
from ..models import DRIVER, RideState, Run, RunState, Vehicle
from ..money import doubt_on_line, line_of
from ..selectors.care import is_called_off


@dataclass(frozen=True)
class VehicleFacts:
    """A vehicle, who drives it, and what it costs."""

    name: str
    seats: int
    plate: str = ""
    driver: User | None = None
    driver_name: str = ""
    phone: str | None = None
    """None leaves the number as it is."""
    supplier: Supplier | None = None
    cost: Decimal = Decimal(0)
    budget_line: BudgetLine | None = None


def vehicle_stamp(vehicle: Vehicle) -> str:
    """How a vehicle stood when a form showed it."""
    return stamp(
        vehicle.name, vehicle.plate, vehicle.seats, vehicle.driver_id, vehicle.driver_name, vehicle.phone_digest,
        vehicle.supplier_id, vehicle.cost, vehicle.budget_line_id,
    )  # fmt: skip


@transaction.atomic
def keep_vehicle(
    *,
    subject: Subject,
    facts: VehicleFacts,
    actor: User,
    vehicle: Vehicle | None = None,
    reason: str = "",
    seen: str = "",
) -> Vehicle:
    """Enter a vehicle of an event, or change one. Records `hospitality.vehicle`; the driver and the number stand nowhere.

    Refuses fewer seats than a run of it takes, a driver or a plate that runs elsewhere at that time, a supplier that may not be
    chosen, and more than the budget line has without a reason.
    """
    locked = open_table(subject, "", actor, Perm.EDIT)
    demand_open(locked)
    kept = Vehicle(subject=locked)
    if vehicle is not None:
        kept = Vehicle.objects.select_for_update(of=("self",)).get(pk=vehicle.pk, subject=locked)
        refuse_stale(seen, vehicle_stamp(kept))
    kept.name = wanted(facts.name, "name", 40)
    if Vehicle.objects.filter(subject=locked, name=kept.name).exclude(pk=kept.pk).exists():
        raise at_field("name", _("The event has a vehicle of this name."))
    if facts.seats < 1:
        raise at_field("seats", _("More than zero."))
    fullest = max((taken_in(run) for run in kept.runs.all()), default=0) if kept.pk else 0
    if facts.seats < fullest:
        raise at_field("seats", _("A run of it takes {count} guests."), count=fullest)
    if facts.supplier and facts.supplier.pk != kept.supplier_id and (blocked := why_not(facts.supplier)):
        raise Invalid(blocked, fields={"supplier": blocked})
    kept.plate = "".join(facts.plate.upper().split())[:12]
    kept.seats, kept.driver, kept.driver_name = facts.seats, facts.driver, facts.driver_name.strip()[:40]
    if facts.phone is not None:
        try:
            number = phones.tidy(facts.phone)
        except phones.Unusable as unusable:
            raise Invalid(unusable.message, fields={"phone": unusable.message}) from None
        kept.phone_kept, kept.phone_digest = number, digest_of(number, DRIVER)
    kept.supplier, kept.cost = facts.supplier, yuan(facts.cost)
    kept.budget_line, kept.reason = line_of(locked, facts.budget_line), reason.strip()[:200]
    if not kept.reason and (doubt := doubt_on_line(kept.budget_line, kept.cost, besides=kept)):
        raise Invalid(doubt, fields={"reason": doubt})
    kept.save()
    for run in kept.runs.all():
        run.vehicle = kept
        demand_free(run)
    data = {"vehicle": kept.name, "seats": kept.seats, "reason": f" ({kept.reason})" if kept.reason else ""}
    record(journal.VEHICLE, actor=actor, subject=locked, data=data)
    return kept


@transaction.atomic
def drop_vehicle(*, vehicle: Vehicle, actor: User) -> None:
    """Take a vehicle out that has no run. Records `hospitality.vehicle_removed`."""
    subject = open_table(vehicle.subject, "", actor, Perm.EDIT)
    demand_open(subject)
    locked = locked_vehicle(subject, vehicle)
    if locked.runs.exists():
        raise wrong(_("It has runs. Give them another vehicle first."))
    record(journal.VEHICLE_REMOVED, actor=actor, subject=subject, data={"vehicle": locked.name})
    locked.delete()


@transaction.atomic
def show_driver(*, vehicle: Vehicle, actor: User) -> str:
    """The driver's number in clear, for this once. Records `hospitality.driver_shown`; the number stands nowhere.

    For who runs the door, and who looks after a run of it.
    """
    subject = open_table(vehicle.subject, "", actor, Perm.VIEW)
    if not holds(actor, Perm.DOOR, subject) and not vehicle.runs.filter(person=actor).exists():
        raise NotAllowed(say(_("Only who looks after the run or runs the door sees this.")))
    number = locked_vehicle(subject, vehicle).phone
    if not number:
        raise wrong(_("No number is known."))
    record(journal.DRIVER_CALLED, actor=actor, subject=subject, data={"vehicle": vehicle.name})
    return phones.shown(number)


def locked_vehicle(subject: Subject, vehicle: Vehicle) -> Vehicle:
    kept = Vehicle.objects.select_for_update(of=("self",)).filter(pk=vehicle.pk, subject=subject).first()
    if kept is None:
        raise wrong(_("Somebody took this vehicle out meanwhile."))
    return kept


def taken_in(run: Run) -> int:
    return run.rides.exclude(state=RideState.MISSING).count()


def demand_free(run: Run) -> None:
    """Refuse a vehicle or a driver that is on the road elsewhere; known again by plate and number, at whatever event."""
    vehicle = run.vehicle
    same = Q(pk=vehicle.pk)
    if vehicle.plate:
        same |= Q(plate=vehicle.plate)
    driven = Q()
    if vehicle.driver_id:
        driven |= Q(driver=vehicle.driver_id)
    if number := vehicle.phone:
        driven |= Q(phone_digest__in=digests_of(number, DRIVER))
    # Whoever plans the same vehicle or driver at another event waits here.
    if vehicle.driver_id:
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=vehicle.driver_id)
    among = same | driven if driven else same
    ids = list(
        Vehicle.objects.select_for_update(of=("self",), no_key=True).filter(among).order_by("pk").values_list("pk", flat=True)
    )  # fmt: skip
    others = (
        Run.objects.filter(vehicle__in=ids, leaves_at__lt=run.ends_at, ends_at__gt=run.leaves_at)
        .exclude(pk=run.pk)
        .exclude(state=RunState.DONE)
        .select_related("vehicle", "subject")
    )
    # Nobody is kept busy by an event that does not take place.
    busy = next((one for one in others if not is_called_off(one.subject)), None)
    if busy is None:
        return
    when = f"{clock.local(busy.leaves_at):%H:%M}—{clock.local(busy.ends_at):%H:%M}"
    if busy.vehicle_id == vehicle.pk or (vehicle.plate and busy.vehicle.plate == vehicle.plate):
        raise at_field(
            "vehicle", _("{vehicle} is on another run then, {when}."), vehicle=vehicle.name, when=when
        )
    raise at_field(
        "vehicle",
        _("The driver of {vehicle} is on another run then, {when}."),
        vehicle=vehicle.name,
        when=when,
    )
