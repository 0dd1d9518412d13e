"""Forms of what becomes of the rows of a preparation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.purchasing.models import Contract, PurchaseLine
from yunchou.directory.organisation.forms import day_field
from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..models import StockItem, Supply
from ..permissions import Perm
from ..selectors.venues import signed_contracts
from .shared import quantity, text, words


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


class HandInForm(forms.Form):
    """What is to be reviewed."""

    file = forms.FileField(label=_("File"), required=False)


class SendForm(forms.Form):
    """What is sent for approval besides the wording."""

    file = forms.FileField(
        label=_("File"), required=False, help_text=_("A picture, or the text as it will look.")
    )
    note = words(_("Note for the approvers"), length=300, required=False)


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
