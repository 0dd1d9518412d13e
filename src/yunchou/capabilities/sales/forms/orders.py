"""Forms of orders, and of tables with leads or orders."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.models import Customer
from yunchou.kernel.subjects.models import Subject

from ..actions import OrderFacts
from ..models import OrderChannel
from .shared import CustomerSelect, line, moment, offer_customers, yuan


class OrderForm(forms.Form):
    """An order of a customer."""

    customer: Any = forms.ModelChoiceField(
        label=_("Customer"), queryset=Customer.objects.none(), widget=CustomerSelect
    )
    number = line(pgettext_lazy("order", "Number"), 40)
    channel = forms.ChoiceField(label=pgettext_lazy("order", "Channel"), choices=OrderChannel.choices)
    amount = yuan(pgettext_lazy("order", "Amount"))
    ordered_at = moment(pgettext_lazy("order", "Ordered at"))
    note = line(pgettext_lazy("order", "Note"), 200, required=False)

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_customers(self.fields["customer"], subject)

    @property
    def facts(self) -> OrderFacts:
        read = self.cleaned_data
        return OrderFacts(read["number"], read["channel"], read["amount"], read["ordered_at"], read["note"])


class ImportForm(forms.Form):
    """A table, uploaded or pasted; `kept` carries what was read until it is confirmed, since nothing of it is stored."""

    file = forms.FileField(label=_("Table (.xlsx or text)"), required=False)
    pasted = forms.CharField(
        label=_("Or cells copied out of a table, with their headings"),
        required=False,
        max_length=400_000,
        widget=forms.Textarea({"rows": 4}),
    )
    channel = forms.ChoiceField(label=_("Channel of lines without one"))
    kept = forms.CharField(required=False, max_length=1_000_000, widget=forms.HiddenInput)
    agrees = forms.BooleanField(
        label=_("All of them agreed to be contacted, and the proof is kept"), required=False
    )
    proof = line(_("Where the proof is kept"), 200, required=False)

    def __init__(self, *args: Any, channels: list[Any], asks: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["channel"]
        field.choices = channels
        if not asks:
            del self.fields["agrees"], self.fields["proof"]

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or {}
        if "agrees" in self.fields:
            if not read.get("agrees"):
                self.add_error("agrees", str(_("Without consent nothing may be kept.")))
            elif not str(read.get("proof", "")).strip():
                self.add_error("proof", str(_("Please fill this in.")))
        return read
