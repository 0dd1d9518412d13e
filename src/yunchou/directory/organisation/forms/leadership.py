"""Forms of the head of a marketing centre."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..models import ReportRhythm, RiskLevel
from .pickers import day_field, lines_field


class RiskForm(forms.Form):
    """The risk assessment of a major decision."""

    decision = forms.CharField(label=pgettext_lazy("leadership", "Decision"), max_length=160)
    level = forms.ChoiceField(
        label=pgettext_lazy("leadership", "Risk"), choices=RiskLevel.choices, initial=RiskLevel.MEDIUM
    )
    decided_on = day_field(_("Decided on"))
    assessment = lines_field(_("Assessment"))
    measures = lines_field(_("Measures"))


class ReportForm(forms.Form):
    """A report to top management."""

    title = forms.CharField(label=_("Title"), max_length=120)
    start_on = day_field(_("From"))
    end_on = day_field(_("Until"))
    text = lines_field(_("Report"))


class RhythmForm(forms.Form):
    """How often the head reports."""

    every = forms.ChoiceField(label=_("Rhythm"), choices=ReportRhythm.Every.choices)
    working_days = forms.IntegerField(label=_("Working days after the period"), min_value=1, max_value=20)
