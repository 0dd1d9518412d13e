"""Forms of travel, vehicles and runs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.preparation.forms.shared import moment, shown, text, yuan
from yunchou.directory.organisation.forms.pickers import PersonField
from yunchou.directory.suppliers.models import Supplier, Supply
from yunchou.directory.suppliers.selectors import choosable
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import SeenForm
from yunchou.lifecycle.events.models import Guest

from ..actions.runs import RunFacts, run_stamp
from ..actions.travel import TravelFacts, travel_stamp
from ..actions.vehicles import VehicleFacts, vehicle_stamp
from ..models import Leg, Run, Travel, Vehicle, Way
from ..selectors.travel import candidates, travel_of
from ..wishes import read_wish

MINUTES = {"step": "300"}
MOST = 400
"""So many guests are offered at once."""


def fine(label: Any, **options: Any) -> forms.DateTimeField:
    """A moment to five minutes."""
    field = moment(label, **options)
    field.widget.attrs.update(MINUTES)
    return field


class GuestChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One guest by name, with whom they come and from where."""

    def label_from_instance(self, obj: Any) -> str:
        return guest_words(obj)


class GuestsChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Guests with when they come or go."""

    leg: str = Leg.FETCH

    def label_from_instance(self, obj: Any) -> str:
        travel = travel_of(obj)
        told = [guest_words(obj)]
        if travel:
            number, at = (
                (travel.number, travel.comes_at)
                if self.leg == Leg.FETCH
                else (travel.number_back, travel.leaves_at)
            )
            wants = travel.wants_fetching if self.leg == Leg.FETCH else travel.wants_bringing
            told += [
                number,
                shown(at)[5:].replace("T", " ") if at else "",
                gettext("wishes it") if wants else "",
            ]
        return " · ".join(one for one in told if one)


def guest_words(guest: Guest) -> str:
    """`林晓雯 · ★ · with 林母 · 云栖地产`."""
    head = guest.companion_of
    told = (
        guest.name,
        "★" if guest.is_vip else "",
        gettext("with {name}").format(name=head.name) if head else "",
        guest.organisation,
    )
    return " · ".join(one for one in told if one)


class TravelForm(SeenForm):
    """How somebody comes and goes; begun from what they wrote in the reply."""

    way = forms.ChoiceField(label=pgettext_lazy("travel", "Comes by"), choices=Way.choices)
    number = text(pgettext_lazy("travel", "Train or flight"), 20, required=False)
    place = text(pgettext_lazy("travel", "Arrives at"), 80, required=False)
    arrives_at = fine(pgettext_lazy("travel", "Arrives"), required=False)
    wants_fetching = forms.BooleanField(label=_("Wants to be picked up"), required=False)
    way_back = forms.ChoiceField(
        label=pgettext_lazy("travel", "Leaves by"), choices=[("", "—"), *Way.choices], required=False
    )
    number_back = text(pgettext_lazy("travel", "Train or flight back"), 20, required=False)
    place_back = text(pgettext_lazy("travel", "Leaves from"), 80, required=False)
    leaves_at = fine(pgettext_lazy("travel", "Leaves"), required=False)
    wants_bringing = forms.BooleanField(label=_("Wants to be brought back"), required=False)
    rides_alone = forms.BooleanField(
        label=_("Rides alone"), required=False, help_text=_("With nobody but their own companions.")
    )
    note = text(pgettext_lazy("travel", "Note"), 200, required=False)

    def __init__(self, data: Any, *, guest: Guest, travel: Travel | None) -> None:
        if travel:
            known: dict[str, Any] = {name: getattr(travel, name) for name in TravelFacts.__dataclass_fields__}
            for name in ("arrives_at", "leaves_at"):
                known[name] = shown(known[name]) if known[name] else None
        else:
            wish = read_wish(guest.transport)
            known = {
                "way": wish.way or Way.TRAIN,
                "number": wish.number,
                "wants_fetching": wish.wants_fetching,
            }
            known["note"] = guest.transport
        super().__init__(data, initial={**known, "seen": travel_stamp(travel)})

    @property
    def facts(self) -> TravelFacts:
        return TravelFacts(**{key: value for key, value in self.cleaned_data.items() if key != "seen"})


class DelayForm(forms.Form):
    """When somebody comes as far as is known now."""

    expected_at = fine(_("Comes at"))


class VehicleForm(SeenForm):
    """A vehicle with its driver."""

    name = text(pgettext_lazy("vehicle", "Name"), 40, help_text=_("As people call it, such as “Coach 1”."))
    seats = forms.IntegerField(label=pgettext_lazy("vehicle", "Seats for guests"), min_value=1, max_value=200)
    plate = text(pgettext_lazy("vehicle", "Plate"), 12, required=False)
    driver: Any = PersonField(label=_("Driver of the company"), required=False)
    driver_name = text(_("Name of the driver"), 40, required=False)
    phone = text(_("Phone of the driver"), 40, required=False)

    def __init__(self, data: Any, *, user: User, subject: Subject, vehicle: Vehicle | None = None) -> None:
        initial: dict[str, Any] = {}
        if vehicle:
            names = ("name", "seats", "plate", "driver_name", "cost", "reason")
            initial = {name: getattr(vehicle, name) for name in names}
            initial |= {
                "driver": vehicle.driver_id, "supplier": vehicle.supplier_id, "budget_line": vehicle.budget_line_id,
                "seen": vehicle_stamp(vehicle),
            }  # fmt: skip
        super().__init__(data, initial=initial)
        if vehicle and vehicle.phone_digest:
            hint = gettext("Kept encrypted: {mask}. Empty leaves it as it is.")
            self.fields["phone"].help_text = hint.format(mask=vehicle.phone_masked)
        found = choosable(user).filter(kinds__kind=Supply.LOGISTICS)
        if vehicle and vehicle.supplier_id:
            found = Supplier.objects.filter(pk__in=[*found.values_list("pk", flat=True), vehicle.supplier_id])
        self.fields["supplier"] = forms.ModelChoiceField(
            found, label=_("Supplier"), required=False, empty_label="—"
        )
        self.fields["cost"] = yuan(_("Costs together"), required=False)
        self.fields["budget_line"] = line_field(subject)
        self.fields["reason"] = text(_("Reason, where the budget line has too little"), 200, required=False)

    @property
    def facts(self) -> VehicleFacts:
        read = {key: value for key, value in self.cleaned_data.items() if key not in ("seen", "reason")}
        return VehicleFacts(**read | {"phone": read["phone"] or None, "cost": read["cost"] or 0})


def line_field(subject: Subject) -> forms.ModelChoiceField[BudgetLine]:
    """The budget lines of an activity."""
    lines = BudgetLine.objects.filter(subject=subject).exclude(item="").order_by("position")
    return forms.ModelChoiceField(lines, label=_("Budget line"), required=False, empty_label="—")


class RunForm(SeenForm):
    """One journey of a vehicle."""

    leg = forms.ChoiceField(label=pgettext_lazy("pick-up", "Kind"), choices=Leg.choices)
    place = text(pgettext_lazy("pick-up", "From"), 80)
    goal = text(pgettext_lazy("pick-up", "To"), 80)
    leaves_at = fine(pgettext_lazy("pick-up", "Leaves"))
    ends_at = fine(pgettext_lazy("pick-up", "Free again"))
    person: Any = PersonField(
        label=pgettext_lazy("pick-up", "In charge"), help_text=_("Says on the phone who is on board.")
    )
    note = text(pgettext_lazy("pick-up", "Note"), 200, required=False)

    def __init__(self, data: Any, *, subject: Subject, user: User, run: Run | None = None) -> None:
        initial: dict[str, Any] = {"person": user.pk}
        if run:
            initial = {
                "vehicle": run.vehicle_id, "leg": run.leg, "place": run.place, "goal": run.goal, "person": run.person_id,
                "leaves_at": shown(run.leaves_at), "ends_at": shown(run.ends_at), "note": run.note, "seen": run_stamp(run),
            }  # fmt: skip
        super().__init__(data, initial=initial)
        found = Vehicle.objects.filter(subject=subject)
        self.fields["vehicle"] = VehicleChoice(
            found, label=pgettext_lazy("pick-up", "Vehicle"), empty_label=None
        )

    @property
    def facts(self) -> RunFacts:
        return RunFacts(**{key: value for key, value in self.cleaned_data.items() if key != "seen"})


class VehicleChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return gettext("{vehicle} · {seats} seats").format(vehicle=obj, seats=obj.seats)


class RidersForm(forms.Form):
    """Who rides in a run."""

    def __init__(self, data: Any, *, run: Run) -> None:
        super().__init__(data)
        # The choices are cut, what may be chosen is not: a page that is older still names who may ride.
        field = GuestsChoice(
            candidates(run), label=pgettext_lazy("pick-up", "Guests"), widget=forms.CheckboxSelectMultiple
        )
        field.leg = run.leg
        self.fields["guests"] = field
        field.choices = [(one.pk, field.label_from_instance(one)) for one in candidates(run)[:MOST]]
