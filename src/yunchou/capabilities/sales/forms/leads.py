"""Forms of leads: taking one in within seconds, following it up, and the public page."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.preparation.models import StockItem
from yunchou.capabilities.preparation.permissions import Perm as StockPerm
from yunchou.directory.organisation.forms import PersonField
from yunchou.kernel.access.selectors import reach
from yunchou.kernel.core.signs import one_line
from yunchou.kernel.identity.models import User

from ..actions import LeadFacts, Person
from ..models import Lead, LeadChannel, Outcome
from .shared import PLAIN, line, phone_field, words

LINK: Final = re.compile(
    r"://|www\.|\w\.(?:com|cn|net|org|top|xyz|vip|shop|club|cc|io|me|link)\b", re.IGNORECASE
)
"""What a telephone makes a link of."""


class CaptureForm(forms.Form):
    """A lead at the desk: name, number, need; the rest is as the last one was."""

    name = line(pgettext_lazy("customer", "Name"), 80, widget=forms.TextInput({**PLAIN, "autofocus": True}))
    phone = phone_field(pgettext_lazy("customer", "Phone"), required=False)
    need = words(pgettext_lazy("lead", "Need"), 500, required=False)
    agrees = forms.BooleanField(
        label=_("The person agreed to be contacted about this"),
        error_messages={"required": _("Ask first: without this consent nothing may be kept.")},
    )
    wants_news = forms.BooleanField(label=_("Also to invitations and marketing"), required=False)
    channel = forms.ChoiceField(label=pgettext_lazy("lead", "Channel"), choices=LeadChannel.choices)
    place = line(pgettext_lazy("lead", "Place"), 40, required=False)
    email = forms.CharField(
        label=pgettext_lazy("customer", "E-mail"),
        max_length=200,
        required=False,
        widget=forms.TextInput({**PLAIN, "inputmode": "email"}),
    )
    gift = line(_("Gift handed out"), 80, required=False)
    is_keen = forms.BooleanField(label=_("High intent"), required=False)

    @property
    def person(self) -> Person:
        read = self.cleaned_data
        return Person(read["name"], read["phone"], read["email"])

    @property
    def facts(self) -> LeadFacts:
        read = self.cleaned_data
        return LeadFacts(
            channel=read["channel"],
            place=read["place"],
            need=read["need"],
            is_keen=read["is_keen"],
            gift=read["gift"],
        )


class LeadChangeForm(forms.Form):
    """What may be changed of a lead."""

    need = words(pgettext_lazy("lead", "Need"), 500, required=False)
    channel = forms.ChoiceField(label=pgettext_lazy("lead", "Channel"), choices=LeadChannel.choices)
    place = line(pgettext_lazy("lead", "Place"), 40, required=False)
    is_keen = forms.BooleanField(label=_("High intent"), required=False)


class ContactForm(forms.Form):
    """What came of turning to the person."""

    outcome = forms.ChoiceField(label=pgettext_lazy("contact", "Outcome"), choices=Outcome.choices)
    note = words(pgettext_lazy("contact", "Note"), 300, required=False)


class AssignForm(forms.Form):
    """Who follows a lead up."""

    owner = PersonField(label=pgettext_lazy("lead", "Followed up by"))


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = words(_("Reason"), 200)


class GiftForm(forms.Form):
    """What was handed out: an item in stock, for those who keep it, or in words."""

    item: Any = forms.ModelChoiceField(
        label=_("Item in stock"), queryset=StockItem.objects.none(), required=False
    )
    quantity = forms.DecimalField(
        label=_("Quantity"),
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        required=False,
        initial=1,
    )
    gift = line(_("Gift handed out"), 80, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = StockItem.objects.filter(reach(user, StockPerm.KEEP_STOCK, path="subject__"), quantity__gt=0)
        field: Any = self.fields["item"]
        field.queryset = kept
        if not kept.exists():
            del self.fields["item"], self.fields["quantity"]
            self.fields["gift"].required = True


class LeadFormForm(forms.Form):
    """A public page for one place."""

    place = line(pgettext_lazy("lead", "Place"), 40)
    channel = forms.ChoiceField(
        label=pgettext_lazy("lead", "Channel"), choices=LeadChannel.choices, initial=LeadChannel.SCAN
    )
    keeper = PersonField(label=pgettext_lazy("lead", "Followed up by"))
    asks = line(
        _("What is asked of the need"),
        120,
        required=False,
        help_text=_("For example: which flat are you looking for? Empty asks how we can help."),
    )


class PublicForm(forms.Form):
    """What people type themselves. `website` is a field that nobody sees: who fills it in is no person."""

    name = line(pgettext_lazy("public form", "Your name"), 80)
    phone = forms.CharField(max_length=40)
    need = forms.CharField(max_length=500, required=False)
    agrees = forms.BooleanField(
        error_messages={"required": _("Please agree, else we may not keep your number.")}
    )
    wants_news = forms.BooleanField(required=False)
    website = forms.CharField(required=False)

    def clean_name(self) -> str:
        """A name stands in letters to the number that was typed, which may be another person's: it leads nowhere."""
        name = one_line(self.cleaned_data["name"])
        if LINK.search(name):
            raise forms.ValidationError(_("Please type your name alone, without addresses."))
        return name

    @property
    def person(self) -> Person:
        return Person(self.cleaned_data["name"], self.cleaned_data["phone"])


def changeable(lead: Lead) -> dict[str, Any]:
    """The values of a lead as `LeadChangeForm` shows them."""
    return {"need": lead.need, "channel": lead.channel, "place": lead.place, "is_keen": lead.is_keen}
