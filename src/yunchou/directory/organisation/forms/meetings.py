"""Forms about meetings."""

from __future__ import annotations

from datetime import time

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Rhythm
from .pickers import PeopleField, PersonField, UnitField, day_field, lines_field


class SeriesForm(forms.Form):
    """When, where and with whom a series meets."""

    name = forms.CharField(label=_("Name of the meeting"), max_length=80)
    rhythm = forms.ChoiceField(label=_("Rhythm"), choices=Rhythm.choices)
    first_on = day_field(
        _("First day"),
        help_text=_("Later meetings keep its weekday or day of the month; days off are skipped."),
    )
    starts_at = forms.TimeField(
        label=_("Begins at"), initial=time(9, 30), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    place = forms.CharField(label=_("Place"), max_length=80, required=False)
    chair = PersonField(label=_("Chair"))
    people = PeopleField(label=_("Invited"), required=False)


class NewSeriesForm(SeriesForm):
    unit = UnitField(label=_("Unit"))
    field_order = ["name", "unit"]


class PlanForm(forms.Form):
    """Day and agenda of the next meeting."""

    held_on = day_field(_("Day"))
    agenda = lines_field(_("Agenda"))


class MinutesForm(forms.Form):
    """What was said, and who was there."""

    present = PeopleField(label=_("Present"), required=False)
    minutes = lines_field(_("Minutes"))


class FollowUpForm(forms.Form):
    """Who does what by when."""

    text = forms.CharField(label=_("What is to be done"), max_length=200)
    owner = PersonField(label=_("Owner"))
    due_on = day_field(_("Due"))


class OutcomeForm(forms.Form):
    outcome = forms.CharField(label=_("Outcome"), max_length=200)
