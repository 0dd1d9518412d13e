"""Forms of venues and bookings."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.ledger.models import Account
from yunchou.directory.organisation.forms.pickers import UnitField
from yunchou.directory.suppliers.forms import SupplierField
from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import SeenForm

from ..actions import VenueDetails
from ..models import Booking, Layout, Surroundings, Venue
from ..permissions import Perm
from ..selectors.venues import venue_stamp
from .rows import ProofForm
from .shared import ReasonForm, moment, shown, text, words, yuan


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
