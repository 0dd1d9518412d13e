"""Forms of trainings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.organisation.forms import day_field
from yunchou.directory.organisation.forms.pickers import PeopleSelect
from yunchou.kernel.identity.models import User

from ..models import Topic, Training
from .shared import text


class TrainingForm(forms.Form):
    """A training for the event."""

    title = text(pgettext_lazy("training", "Training"), 120)
    topics = forms.MultipleChoiceField(
        label=_("Topics"),
        choices=Topic.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=list(Topic.values),
    )
    held_on = day_field(pgettext_lazy("preparation", "Day"))
    place = text(pgettext_lazy("training", "Place"), 80, required=False)
    trainer = text(_("Trainer"), 80)
    people: Any = forms.ModelMultipleChoiceField(
        label=_("Who takes part"), queryset=User.objects.none(), widget=PeopleSelect
    )

    def __init__(
        self, *args: Any, people: Sequence[User] = (), training: Training | None = None, **kwargs: Any
    ) -> None:
        if training is not None:
            known = {
                name: getattr(training, name) for name in ("title", "topics", "held_on", "place", "trainer")
            }
            kwargs["initial"] = {**known, "people": [one.user_id for one in training.attendees.all()]}
        elif people:
            kwargs["initial"] = {"people": [one.pk for one in people]}
        super().__init__(*args, **kwargs)
        field: Any = self.fields["people"]
        field.queryset = User.objects.active()


class AttendanceForm(forms.Form):
    """Who came."""

    present = forms.MultipleChoiceField(
        label=pgettext_lazy("attendance", "Present"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, training: Training, **kwargs: Any) -> None:
        attendees = list(training.attendees.select_related("user"))
        noted = any(one.attendance != "invited" for one in attendees)
        here = [one.user_id for one in attendees if one.attendance == "present" or not noted]
        kwargs["initial"] = {"present": here}
        super().__init__(*args, **kwargs)
        field: Any = self.fields["present"]
        field.choices = [(one.user_id, one.user.name) for one in attendees]
