"""Forms of whom a questionnaire asks, of its end, and of reasons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.models import Customer
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..audiences import Person, audiences_for
from .shared import CustomersSelect, moment, offer_customers, words

MOST_NAMES = 500


class AskForm(forms.Form):
    """Whom to ask: a group that the product knows, clients, and people by name."""

    audience = forms.ChoiceField(label=pgettext_lazy("survey", "A group"), required=False)
    customers: Any = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("survey", "Clients"),
        queryset=Customer.objects.none(),
        required=False,
        widget=CustomersSelect,
    )
    names = words(
        _("Others, by name"),
        rows=4,
        length=40_000,
        required=False,
        help_text=_("One on a line; each gets a link of their own."),
    )

    def __init__(self, *args: Any, subject: Subject, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = audiences_for(subject)
        field: Any = self.fields["audience"]
        field.choices = [("", "—"), *((one.key, one.label) for one in known)]
        if not known:
            del self.fields["audience"]
        offer_customers(self.fields["customers"], user, subject.pk)

    def clean_names(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()]
        if len(lines) > MOST_NAMES:
            raise forms.ValidationError(_("At most 500 names at once."))
        if any(len(line) > 80 for line in lines):
            raise forms.ValidationError(_("A name has at most 80 characters."))
        return lines

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or {}
        if not self.errors and not (read.get("audience") or read.get("customers") or read.get("names")):
            self.add_error("names", str(_("Say whom to ask.")))
        return read

    @property
    def people(self) -> list[Person]:
        """Clients and names, as they were chosen."""
        chosen = [Person(one.name, one.pk) for one in self.cleaned_data["customers"]]
        return chosen + [Person(name) for name in self.cleaned_data["names"]]


class ClosingForm(forms.Form):
    """When it closes."""

    closes_at = moment(pgettext_lazy("survey", "Closes"))


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = words(_("Reason"), rows=2, length=200)
