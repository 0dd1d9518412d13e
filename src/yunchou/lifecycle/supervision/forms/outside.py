"""What is typed about evaluations by outside institutions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.expenses.forms import AmountField
from yunchou.directory.organisation.forms import day_field
from yunchou.directory.suppliers.forms import SupplierField
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User

from ..actions.outside import Commission, Outcome
from ..models import Rating


class CommissionForm(forms.Form):
    """Whom one asks to evaluate what, by when, for how much."""

    scope = forms.CharField(
        label=_("What is to be evaluated"), max_length=2000, widget=forms.Textarea({"rows": 3})
    )
    due_on = day_field(_("Report due"))
    fee = AmountField(label=_("Fee"), required=False, help_text=_("In yuan, where one is agreed."))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supplier"] = SupplierField(
            user=user, label=_("Institution from the register of suppliers"), required=False
        )
        self.fields["institution"] = forms.CharField(
            label=_("Or its name"), required=False, max_length=120,
            help_text=_("For an institution that is no supplier, such as an authority."),
        )  # fmt: skip
        self.order_fields(["supplier", "institution", "scope", "due_on", "fee"])

    def commission(self) -> Commission:
        """What the action takes."""
        return Commission(**self.cleaned_data)


class OutcomeForm(forms.Form):
    """The report of an institution, with what it comes to."""

    report = forms.FileField(label=_("Report of the institution"), required=False)
    reported_on = day_field(_("Date of the report"), initial=clock.today)
    rating = forms.ChoiceField(label=_("Rating"), choices=[("", "—"), *Rating.choices], required=False)
    conclusion = forms.CharField(
        label=pgettext_lazy("outside", "Conclusion"),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 5}),
    )

    def outcome(self) -> Outcome:
        """What the action takes, besides the file."""
        return Outcome(**{name: value for name, value in self.cleaned_data.items() if name != "report"})
