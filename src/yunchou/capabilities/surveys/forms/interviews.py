"""The form of an interview."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.models import Customer
from yunchou.directory.organisation.forms.pickers import PersonField, day_field
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import SeenForm

from ..actions import Notes, interview_stamp
from ..models import Interview
from .shared import CustomerSelect, line, offer_customers, words


class InterviewForm(SeenForm):
    """With whom, when, and what was said."""

    customer: Any = forms.ModelChoiceField(
        label=pgettext_lazy("survey", "Client"),
        queryset=Customer.objects.none(),
        required=False,
        widget=CustomerSelect,
    )
    name = line(
        pgettext_lazy("interview", "With whom"),
        80,
        required=False,
        help_text=_("Where it is no client of the directory."),
    )
    held_on = day_field(pgettext_lazy("interview", "Held on"))
    interviewer: Any = PersonField(label=pgettext_lazy("interview", "Interviewer"))
    text = words(pgettext_lazy("interview", "What was said"), rows=6, length=5000)
    wishes = words(pgettext_lazy("interview", "What we make of it"), rows=2, required=False)
    intends = forms.BooleanField(
        label=_("Wishes to work with us: tell sales"), required=False,
        help_text=_("Becomes a lead of this activity with what we make of it as its need."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, subject: Subject, user: User, interview: Interview | None = None, **kwargs: Any
    ) -> None:
        initial: dict[str, Any] = {"held_on": clock.today(), "interviewer": user.pk}
        if interview is not None:
            names = ("customer_id", "name", "held_on", "interviewer_id", "text", "wishes")
            initial = {name.removesuffix("_id"): getattr(interview, name) for name in names}
            initial["seen"] = interview_stamp(interview)
        super().__init__(*args, **{"initial": initial, **kwargs})
        offer_customers(self.fields["customer"], user, subject.pk)
        if interview is not None and interview.customer_id:
            # Notes stay with their client, also for a colleague who does not see them.
            field: Any = self.fields["customer"]
            seen = field.queryset.values("pk")
            field.queryset = Customer.objects.filter(Q(pk__in=seen) | Q(pk=interview.customer_id))

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or {}
        if not self.errors and not read.get("customer") and not read.get("name"):
            self.add_error("customer", str(_("Say with whom.")))
        return read

    @property
    def notes(self) -> Notes:
        """What was typed."""
        names = ("held_on", "interviewer", "text", "name", "customer", "wishes", "intends")
        return Notes(**{name: self.cleaned_data[name] for name in names})
