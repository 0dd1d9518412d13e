"""Forms of venues, bookings, rows, stock, trainings and research."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.purchasing.models import Contract, PurchaseLine
from yunchou.directory.organisation.forms import PersonField, day_field
from yunchou.directory.organisation.forms.pickers import PeopleSelect, UnitField
from yunchou.directory.suppliers.forms import SupplierField
from yunchou.kernel.access.selectors import units_with, visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import SeenForm

from .actions import Gathered, VenueDetails, item_stamp, research_stamp
from .events import event_kinds
from .models import (
    FINDINGS,
    PERSONAL,
    Booking,
    Layout,
    MoveKind,
    Research,
    Source,
    StockItem,
    Supply,
    SupplyKind,
    Surroundings,
    Topic,
    Training,
    Venue,
)
from .permissions import Perm
from .selectors.venues import signed_contracts, venue_stamp

Label = Any
MOMENT: Final = "%Y-%m-%dT%H:%M"


def text(label: Label, length: int = 200, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, **options)


def words(label: Label, rows: int = 2, length: int = 2000, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


def yuan(label: Label, **options: Any) -> forms.DecimalField:
    attrs = {"step": "0.01", "inputmode": "decimal"}
    return forms.DecimalField(
        label=label,
        max_digits=14,
        decimal_places=2,
        min_value=0,
        widget=forms.NumberInput(attrs=attrs),
        **options,
    )


def quantity(label: Label, **options: Any) -> forms.DecimalField:
    attrs = {"step": "any", "inputmode": "decimal"}
    return forms.DecimalField(
        label=label, max_digits=12, decimal_places=2, widget=forms.NumberInput(attrs=attrs), **options
    )


def moment(label: Label, **options: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1800"}, format=MOMENT),
        input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
        **options,
    )


def shown(at: datetime) -> str:
    return f"{clock.local(at):%Y-%m-%dT%H:%M}"


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = words(_("Reason"), length=300)


class VenueForm(SeenForm):
    """What is known of a venue."""

    name = text(_("Name of the venue"), 80)
    unit: Any = UnitField(label=_("Register of"))
    address = text(_("Address"))
    surroundings = forms.ChoiceField(
        label=pgettext_lazy("venue", "Surroundings"),
        choices=Surroundings.choices,
        initial=Surroundings.INDOOR,
    )
    environment = words(_("Environment"), required=False, help_text=_("Light, noise, ways in, parking."))
    equipment = words(_("Equipment"), required=False, help_text=_("One a line."))
    price = yuan(_("Asking price"), required=False)
    price_note = text(
        _("What the price is for"), 60, required=False, help_text=_("Half a day, a day, a table.")
    )
    deposit = yuan(_("Deposit asked"), required=False)
    contact = text(pgettext_lazy("venue", "Contact"), 80, required=False)

    def __init__(self, *args: Any, user: User, venue: Venue | None = None, **kwargs: Any) -> None:
        if venue is not None:
            known = {name: getattr(venue, name) for name in VENUE_FIELDS}
            seats = {f"seats_{one.layout}": one.capacity for one in venue.seatings.all()}
            kwargs["initial"] = {
                **known, **seats, "equipment": "\n".join(venue.equipment), "seen": venue_stamp(venue),
                "supplier": venue.supplier_id, **kwargs.get("initial", {}),
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["supplier"] = SupplierField(
            user=user, label=pgettext_lazy("venue", "Supplier"), required=False
        )
        if venue is not None:
            del self.fields["unit"]
        for layout in Layout:
            self.fields[f"seats_{layout}"] = forms.IntegerField(
                label=_("People, %(layout)s") % {"layout": layout.label},
                required=False, min_value=1, max_value=1_000_000,
            )  # fmt: skip
        self.order_fields(
            [
                "seen",
                "name",
                "unit",
                "address",
                "surroundings",
                *(f"seats_{layout}" for layout in Layout),
                "price",
            ]
        )

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or {}
        seats = [f"seats_{layout}" for layout in Layout]
        if not any(read.get(name) or name in self.errors for name in seats):
            self.add_error(seats[0], str(_("Say how many people fit in, in at least one seating.")))
        unit = read.get("unit")
        if unit is not None and not units_with(self.user, Perm.KEEP_VENUES).filter(pk=unit.pk).exists():
            self.add_error("unit", str(_("You may not keep this register.")))
        return read

    @property
    def details(self) -> VenueDetails:
        """What was typed."""
        read = self.cleaned_data
        seats = {str(layout): n for layout in Layout if (n := read.get(f"seats_{layout}"))}
        known = {name: read[name] for name in VENUE_FIELDS}
        return VenueDetails(
            **known, equipment=read["equipment"].splitlines(), seatings=seats, supplier=read["supplier"]
        )


VENUE_FIELDS: Final = (
    "name",
    "address",
    "surroundings",
    "environment",
    "price",
    "price_note",
    "deposit",
    "contact",
)


class ClosureForm(ReasonForm):
    """When a venue is not to be had."""

    starts_at = moment(pgettext_lazy("booking", "From"))
    ends_at = moment(pgettext_lazy("booking", "Until"))
    field_order = ["starts_at", "ends_at", "reason"]


class BookingForm(forms.Form):
    """A hold for an activity: the venue with its seating, when, and until when the hold lasts."""

    venue: Any = forms.ModelChoiceField(
        label=pgettext_lazy("booking", "Venue"), queryset=Venue.objects.none(), empty_label="",
        widget=forms.Select(attrs={"data-pick": ""}),
    )  # fmt: skip
    layout = forms.ChoiceField(label=_("Seating"), choices=Layout.choices)
    starts_at = moment(pgettext_lazy("booking", "From"))
    ends_at = moment(pgettext_lazy("booking", "Until"))
    expires_at = moment(_("Hold until"), required=False, help_text=_("Left empty: three days."))
    purpose = text(_("What for"), 120)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["venue"]
        field.queryset = (
            Venue.objects.visible_to(user)
            .filter(blocked_reason="")
            .prefetch_related("seatings")
            .order_by("name")
        )
        field.label_from_instance = _with_seatings


def _with_seatings(venue: Venue) -> str:
    seats = " · ".join(str(one) for one in venue.seatings.all())
    return f"{venue.name}（{seats}）"


class ProlongForm(forms.Form):
    """Another end of a hold."""

    expires_at = moment(_("Hold until"))

    def __init__(self, *args: Any, booking: Booking, **kwargs: Any) -> None:
        kwargs["initial"] = {"expires_at": shown(booking.expires_at)} if booking.expires_at else {}
        super().__init__(*args, **kwargs)


class ProofForm(forms.Form):
    """What proves that something is agreed in writing."""

    contract: Any = forms.ModelChoiceField(
        label=_("Signed contract"), queryset=Contract.objects.none(), required=False, empty_label="—"
    )
    agreement = forms.FileField(
        label=_("Or the signed agreement"),
        required=False,
        help_text=_("A scan or a PDF with both signatures."),
    )

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["contract"]
        field.queryset = signed_contracts(subject)
        field.label_from_instance = lambda one: f"{one.number} {one.title} · {one.supplier.name}"


class BookingProofForm(ProofForm):
    """The same for a venue, with the budget line it is paid from where no contract of ours says so."""

    account: Any = forms.ModelChoiceField(
        label=_("Budget line"), queryset=Account.objects.none(), required=False, empty_label="—",
        help_text=_("Where there is no contract, what it costs is read from here."),
    )  # fmt: skip

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        field: Any = self.fields["account"]
        lines = BudgetLine.objects.filter(subject=subject, account__isnull=False).values("account")
        field.queryset = Account.objects.filter(pk__in=lines).order_by("pk")


class FileForm(forms.Form):
    """A file to be shown or kept."""

    file = forms.FileField(label=_("File"))


class HandInForm(forms.Form):
    """What is to be reviewed."""

    file = forms.FileField(label=_("File"), required=False)


class ReviewForm(forms.Form):
    """The outcome of a review."""

    passes = forms.TypedChoiceField(
        label=pgettext_lazy("preparation", "Outcome"), choices=[("yes", _("Pass")), ("no", _("Send back"))],
        coerce=lambda v: v == "yes",
        widget=forms.RadioSelect, initial="yes",
    )  # fmt: skip
    note = words(_("Remarks"), length=300, required=False, help_text=_("Needed where it is sent back."))


class PrintForm(forms.Form):
    """When what is printed is to arrive."""

    promised_on = day_field(_("Promised for"))


class ArrivalForm(forms.Form):
    """When it arrived."""

    arrived_on = day_field(_("Arrived on"))
    note = text(pgettext_lazy("preparation", "Note"), 200, required=False)


class PublishForm(forms.Form):
    """When and where it was published."""

    published_on = day_field(_("Published on"))
    address = forms.URLField(
        label=_("Where to find it"), required=False, max_length=300, assume_scheme="https"
    )


class ReachForm(forms.Form):
    """How many were reached."""

    reach = forms.IntegerField(label=_("People reached"), min_value=0, max_value=2_000_000_000)


class ConfirmTripForm(forms.Form):
    """Who confirmed it, and how."""

    note = text(_("Confirmed by whom, and how"), 200)


class CheckForm(forms.Form):
    """What was found."""

    is_fine = forms.TypedChoiceField(
        label=_("Found"), choices=[("yes", pgettext_lazy("check", "In order")), ("no", pgettext_lazy("check", "Not in order"))],
        coerce=lambda v: v == "yes", widget=forms.RadioSelect, initial="yes",
    )  # fmt: skip
    note = text(pgettext_lazy("preparation", "Note"), 200, required=False)


class OrderForm(forms.Form):
    """By which line of a purchase something is bought."""

    line: Any = forms.ModelChoiceField(
        label=_("Line of a purchase"), queryset=PurchaseLine.objects.none(), empty_label=""
    )

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["line"]
        found = PurchaseLine.objects.filter(purchase__activity=subject).exclude(
            purchase__status__in=["cancelled", "rejected"]
        )
        field.queryset = found.select_related("purchase__subject").order_by("purchase", "pk")
        field.label_from_instance = lambda one: (
            f"{one.purchase.subject.code} {one.purchase.title} · {one.name}"
        )


class AcceptForm(forms.Form):
    """What was delivered and whether it is as good as was asked for."""

    is_good = forms.TypedChoiceField(
        label=_("Quality"), choices=[("yes", _("As required")), ("no", _("Refuse the delivery"))],
        coerce=lambda v: v == "yes", widget=forms.RadioSelect, initial="yes",
    )  # fmt: skip
    quantity = quantity(pgettext_lazy("preparation", "Quantity"), min_value=0)
    note = text(
        pgettext_lazy("preparation", "What was found"),
        200,
        required=False,
        help_text=_("Needed where it is refused."),
    )
    item: Any = forms.ModelChoiceField(
        label=_("Put into stock as"), queryset=StockItem.objects.none(), required=False, empty_label=_("Not put into stock"),
    )  # fmt: skip

    def __init__(self, *args: Any, supply: Supply, user: User, **kwargs: Any) -> None:
        left = (supply.quantity or Decimal(1)) - supply.accepted_quantity
        kwargs["initial"] = {"quantity": f"{left.normalize():f}"}
        super().__init__(*args, **kwargs)
        units = units_with(user, Perm.KEEP_STOCK)
        field: Any = self.fields["item"]
        field.queryset = StockItem.objects.filter(subject__unit__in=units).order_by("name")
        field.label_from_instance = lambda one: f"{one.name}（{one.measure}）"


class StockItemForm(SeenForm):
    """A kind of thing in the stock."""

    name = text(pgettext_lazy("stock", "Item"), 80)
    unit: Any = UnitField(label=_("Stock of"))
    kind = forms.ChoiceField(label=pgettext_lazy("preparation", "Kind"), choices=SupplyKind.choices)
    measure = text(pgettext_lazy("preparation", "Measure"), 12)
    place = text(_("Where it lies"), 80, required=False)
    minimum = quantity(_("Least stock"), min_value=0, initial=0)

    def __init__(self, *args: Any, user: User, item: StockItem | None = None, **kwargs: Any) -> None:
        if item is not None:
            known = {name: getattr(item, name) for name in ("name", "kind", "measure", "place", "minimum")}
            kwargs["initial"] = {**known, "seen": item_stamp(item)}
        super().__init__(*args, **kwargs)
        self.user = user
        if item is not None:
            del self.fields["unit"]

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or {}
        unit = read.get("unit")
        if unit is not None and not units_with(self.user, Perm.KEEP_STOCK).filter(pk=unit.pk).exists():
            self.add_error("unit", str(_("You may not keep this stock.")))
        return read


class MoveForm(forms.Form):
    """One movement of an item."""

    kind = forms.ChoiceField(label=_("Movement"), choices=MoveKind.choices)
    quantity = quantity(
        pgettext_lazy("preparation", "Quantity"), min_value=0, help_text=_("Of a count: what was found.")
    )
    person: Any = PersonField(
        label=pgettext_lazy("preparation", "Person"),
        required=False,
        help_text=_("To whom it is handed out, or who returns it."),
    )
    activity: Any = forms.ModelChoiceField(
        label=_("For the activity"), queryset=Subject.objects.none(), required=False, empty_label=_("None"),
        widget=forms.Select(attrs={"data-pick": ""}),
    )  # fmt: skip
    note = text(pgettext_lazy("preparation", "Note"), 200, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["activity"]
        field.queryset = visible_subjects(user).filter(kind__in=event_kinds()).order_by("-pk")

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or {}
        if read.get("kind") in PERSONAL and not read.get("person"):
            self.add_error("person", str(_("Name the person.")))
        return read


class TrainingForm(forms.Form):
    """A training for the event."""

    title = text(pgettext_lazy("training", "Training"), 120)
    topics = forms.MultipleChoiceField(
        label=_("Topics"),
        choices=Topic.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=list(Topic.values),
    )
    held_on = day_field(pgettext_lazy("preparation", "Day"))
    place = text(pgettext_lazy("training", "Place"), 80, required=False)
    trainer = text(_("Trainer"), 80)
    people: Any = forms.ModelMultipleChoiceField(
        label=_("Who takes part"), queryset=User.objects.none(), widget=PeopleSelect
    )

    def __init__(
        self, *args: Any, people: Sequence[User] = (), training: Training | None = None, **kwargs: Any
    ) -> None:
        if training is not None:
            known = {
                name: getattr(training, name) for name in ("title", "topics", "held_on", "place", "trainer")
            }
            kwargs["initial"] = {**known, "people": [one.user_id for one in training.attendees.all()]}
        elif people:
            kwargs["initial"] = {"people": [one.pk for one in people]}
        super().__init__(*args, **kwargs)
        field: Any = self.fields["people"]
        field.queryset = User.objects.active()


class AttendanceForm(forms.Form):
    """Who came."""

    present = forms.MultipleChoiceField(
        label=_("Present"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, training: Training, **kwargs: Any) -> None:
        attendees = list(training.attendees.select_related("user"))
        noted = any(one.attendance != "invited" for one in attendees)
        here = [one.user_id for one in attendees if one.attendance == "present" or not noted]
        kwargs["initial"] = {"present": here}
        super().__init__(*args, **kwargs)
        field: Any = self.fields["present"]
        field.choices = [(one.user_id, one.user.name) for one in attendees]


class ResearchForm(SeenForm):
    """A round of collection."""

    title = text(pgettext_lazy("research", "Title"), 120)
    unit: Any = UnitField(label=pgettext_lazy("research", "Unit"))
    audience = text(_("Whose needs"), 120)
    people = forms.IntegerField(label=_("People heard"), min_value=1, max_value=10_000_000)
    sources = forms.MultipleChoiceField(
        label=_("Sources"), choices=Source.choices, widget=forms.CheckboxSelectMultiple
    )
    from_on = day_field(pgettext_lazy("research", "From"))
    until_on = day_field(pgettext_lazy("research", "Until"))
    every_months = forms.TypedChoiceField(
        label=_("Gathered again"), required=False, coerce=int, empty_value=None, initial=6,
        choices=[("", _("Not by itself")), (1, _("Every month")), (3, _("Every quarter")), (6, _("Every half year")),
                 (12, _("Every year"))],
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, research: Research | None = None, **kwargs: Any) -> None:
        if research is not None:
            names = (
                "title",
                "audience",
                "people",
                "sources",
                "from_on",
                "until_on",
                "every_months",
                *FINDINGS,
            )
            kwargs["initial"] = {
                **{name: getattr(research, name) for name in names},
                "seen": research_stamp(research),
            }
        super().__init__(*args, **kwargs)
        self.user = user
        if research is not None:
            del self.fields["unit"]
        for name in FINDINGS:
            label = Research._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            self.fields[name] = words(label, required=False)

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or {}
        unit = read.get("unit")
        if unit is not None and not units_with(self.user, Perm.EDIT).filter(pk=unit.pk).exists():
            self.add_error("unit", str(_("You may not gather needs for this unit.")))
        return read

    @property
    def gathered(self) -> Gathered:
        """What was typed."""
        read = self.cleaned_data
        names = ("title", "sources", "audience", "from_on", "until_on", "people", "every_months")
        return Gathered(
            **{name: read[name] for name in names}, findings={name: read[name] for name in FINDINGS}
        )


class AttachForm(forms.Form):
    """Which research is attached."""

    research: Any = forms.ModelChoiceField(
        label=_("Needs research"), queryset=Research.objects.none(), empty_label=""
    )
