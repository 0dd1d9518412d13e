"""Forms of offers to prospects and of benefits of employees."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.models import Customer
from yunchou.directory.organisation.forms import day_field
from yunchou.kernel.subjects.models import Subject

from ..actions import OfferFacts
from ..actions.benefits import employees_of
from ..models import Answer, BenefitKind, Offer, Order, Prospect
from .shared import CustomersSelect, line, offer_customers, words, yuan


class OfferForm(forms.Form):
    """A price and the services that come with it."""

    title = line(pgettext_lazy("offer", "Offer"), 80)
    price = yuan(pgettext_lazy("offer", "Price"))
    list_price = yuan(pgettext_lazy("offer", "Usual price"), required=False)
    services = words(_("Services that come with it"), 500)
    until = day_field(pgettext_lazy("offer", "Valid until"), required=False)

    @property
    def facts(self) -> OfferFacts:
        return OfferFacts(**self.cleaned_data)


def values_of(offer: Offer) -> dict[str, Any]:
    return {name: getattr(offer, name) for name in OfferForm.base_fields}


class ProspectsForm(forms.Form):
    """To whom an offer is made."""

    customers: Any = forms.ModelMultipleChoiceField(
        label=_("Prospects"), queryset=Customer.objects.none(), widget=CustomersSelect,
        help_text=_("Only those in the sales process who have not signed are offered."),
    )  # fmt: skip

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_customers(self.fields["customers"], subject, "prospects")


class AnswerForm(forms.Form):
    """What a prospect said, and the order where they signed."""

    answer = forms.ChoiceField(label=pgettext_lazy("offer", "Answer"), choices=Answer.choices)
    order: Any = forms.ModelChoiceField(
        label=_("Order or contract"), queryset=Order.objects.none(), required=False
    )
    note = line(pgettext_lazy("offer", "Note"), 200, required=False)

    def __init__(self, *args: Any, prospect: Prospect, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["order"]
        field.queryset = Order.objects.filter(customer=prospect.customer_id, cancelled_at=None)
        if not field.queryset.exists():
            del self.fields["order"]


class BirthdaysForm(forms.Form):
    """A period whose birthdays are taken from the register of employees."""

    start = day_field(pgettext_lazy("benefit", "From"))
    end = day_field(pgettext_lazy("benefit", "Until"))
    what = line(_("What is given"), 120)


class BenefitForm(forms.Form):
    """A benefit of one day for some employees."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("benefit", "Kind"),
        choices=BenefitKind.choices,
    )
    due_on = day_field(pgettext_lazy("benefit", "Day"))
    customers: Any = forms.ModelMultipleChoiceField(
        label=_("Employees"), queryset=Customer.objects.none(), widget=CustomersSelect
    )
    what = line(_("What is given"), 120)
    reason = line(_("For which performance"), 200, required=False, help_text=_("A special reward needs it."))

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_customers(self.fields["customers"], subject, "employees")
        field: Any = self.fields["customers"]
        field.queryset = employees_of(subject)
