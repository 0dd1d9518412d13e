"""Forms about recruitment and trainings."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock

from ..actions.personnel import Outcome
from ..models import Result, Stage, Trainee, TrainingKind
from .pickers import PeopleField, PositionField, UnitField, day_field, lines_field


class OpeningForm(forms.Form):
    """People sought for a position."""

    unit = UnitField(label=_("Unit"))
    position = PositionField()
    people = forms.IntegerField(label=_("People sought"), min_value=1, max_value=500, initial=1)
    criteria = lines_field(_("Criteria"))


class OpeningChangeForm(forms.Form):
    people = forms.IntegerField(label=_("People sought"), min_value=1, max_value=500)
    criteria = lines_field(_("Criteria"))


class CandidateForm(forms.Form):
    name = forms.CharField(label=_("Full name"), max_length=60)
    phone = forms.CharField(label=_("Phone"), max_length=20, required=False)
    source = forms.CharField(label=_("Source"), max_length=60, required=False)


class AssessmentForm(CandidateForm):
    """How far a candidate has come."""

    stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices)
    assessment = lines_field(_("Assessment against the criteria"))


class TrainingForm(forms.Form):
    """A training and its participants."""

    title = forms.CharField(label=_("Title"), max_length=120)
    unit = UnitField(label=_("Unit"))
    kind = forms.ChoiceField(label=_("Kind of training"), choices=TrainingKind.choices)
    trainer = forms.CharField(
        label=_("Trainer"),
        max_length=120,
        help_text=_("A colleague, or the expert and where he or she is from."),
    )
    held_on = day_field(_("Day"))
    hours = forms.DecimalField(
        label=_("Hours"), max_digits=5, decimal_places=1, min_value=Decimal("0.5"), required=False
    )
    people = PeopleField(label=_("Participants"), required=False)
    content = lines_field(pgettext_lazy("training", "Content"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held_on"].initial = self.fields["held_on"].initial or clock.today


class ResultsForm(forms.Form):
    """Result, score and note of every participant; the fields of one are `result_7`, `score_7`, `note_7`."""

    def __init__(self, *args: Any, trainees: Iterable[Trainee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trainees = list(trainees)
        for each in self.trainees:
            self.fields[f"result_{each.pk}"] = forms.ChoiceField(
                label=_("Result"), choices=Result.choices, initial=each.result
            )
            self.fields[f"score_{each.pk}"] = forms.DecimalField(
                label=_("Score"),
                required=False,
                initial=each.score,
                max_digits=5,
                decimal_places=1,
                min_value=Decimal(0),
                max_value=Decimal(100),
            )
            self.fields[f"note_{each.pk}"] = forms.CharField(
                label=_("Note"), required=False, initial=each.note, max_length=200
            )

    def rows(self) -> list[tuple[Trainee, list[forms.BoundField]]]:
        """Each participant with the three fields."""
        return [
            (each, [self[f"{name}_{each.pk}"] for name in ("result", "score", "note")])
            for each in self.trainees
        ]

    def outcomes(self) -> dict[int, Outcome]:
        data = self.cleaned_data
        return {
            each.pk: Outcome(data[f"result_{each.pk}"], data[f"score_{each.pk}"], data[f"note_{each.pk}"])
            for each in self.trainees
        }
