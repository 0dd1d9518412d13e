"""Forms of supervision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation.forms import PersonField, PersonSelect, UnitField, day_field
from yunchou.kernel.identity.models import User

from ..models import Field, GuidanceNote


class PeopleSelect(PersonSelect, forms.SelectMultiple):
    """Several people; only the chosen ones are written into the page."""


class TeamForm(forms.Form):
    """Who supervises what, and for how long."""

    name = forms.CharField(label=_("Name of the team"), max_length=80)
    unit = UnitField(label=_("Supervises the work of"))
    head = PersonField(label=_("Head of the team"))
    members = forms.ModelMultipleChoiceField(
        User.objects.active(), label=_("Members"), required=False, widget=PeopleSelect
    )
    starts_on = day_field(_("First day"))
    ends_on = day_field(_("Last day"), required=False, help_text=_("Left empty: until further notice."))


class PlanForm(forms.Form):
    """Focus and method for each of the four fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in Field:
            for name, word in (("focus", _("focus")), ("method", _("method"))):
                self.fields[f"{field.value}_{name}"] = forms.CharField(
                    label=format_lazy("{}: {}", field.label, word), widget=forms.Textarea(attrs={"rows": 2})
                )

    def lines(self) -> dict[str, tuple[str, str]]:
        """What `write_plan` takes."""
        given = self.cleaned_data
        return {
            field.value: (given[f"{field.value}_focus"], given[f"{field.value}_method"]) for field in Field
        }


class NoteForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=GuidanceNote.Kind.choices)
    text = forms.CharField(
        label=_("What was seen or advised"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    answer_by = day_field(
        _("To be answered by"),
        required=False,
        help_text=_("Guidance left without a day is answered within three working days."),
    )


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("Answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
