"""Forms of set-up, tests, patrols, emergencies and pictures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.preparation.forms.shared import text, words
from yunchou.directory.organisation.forms.pickers import PersonField
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.forms.guests import moment, shown
from yunchou.lifecycle.events.forms.pickers import GuestsField
from yunchou.lifecycle.events.models import Guest

from ..actions.safety import Rounds
from ..models import Equipment, EquipmentTest, Picture, Result, RunSheetItem, Shot
from ..templates_of_events import SAFETY, SETUP
from .running import sessions_of


class ThemeForm(forms.Form):
    """Which usual items go on the checklist."""

    theme = forms.ChoiceField(label=pgettext_lazy("set-up", "Theme"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["theme"].choices = [
            *((key, f"{name} · {len(items)}") for key, (name, items) in SETUP.items()),
            ("safety", f"{SAFETY[0]} · {len(SAFETY[1])}"),
        ]


class EquipmentForm(forms.Form):
    """Something to be tested."""

    kind = forms.ChoiceField(label=pgettext_lazy("equipment test", "Kind"), choices=Equipment.choices)
    name = text(pgettext_lazy("equipment test", "What is tested"), 80)
    tester = PersonField(label=pgettext_lazy("equipment test", "Tester"), required=False)

    @classmethod
    def of(cls, test: EquipmentTest | None, data: Any) -> EquipmentForm:
        initial = {"kind": test.kind, "name": test.name, "tester": test.tester} if test else None
        return cls(data, initial=initial)


class TestForm(forms.Form):
    """How a test went."""

    result = forms.ChoiceField(
        label=pgettext_lazy("equipment test", "Result"),
        choices=[choice for choice in Result.choices if choice[0] != Result.OPEN],
        widget=forms.RadioSelect,
        initial=Result.FINE,
    )
    note = text(pgettext_lazy("equipment test", "Finding"), 200, required=False)


class RoundsForm(forms.Form):
    """Rounds of a patrol: who, where, from when to when, how often."""

    person = PersonField(label=pgettext_lazy("patrol", "Who walks"))
    places = words(pgettext_lazy("patrol", "Places, one in a line"), 3, 600)
    first_at = moment(pgettext_lazy("patrol", "First round"))
    last_at = moment(pgettext_lazy("patrol", "Last round"))
    every_minutes = forms.IntegerField(
        label=pgettext_lazy("patrol", "Minutes between rounds"), min_value=5, max_value=720, initial=30
    )

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        session = sessions_of(subject).order_by("starts_at").first()
        if session:
            kwargs["initial"] = {"first_at": shown(session.starts_at), "last_at": shown(session.ends_at)}
        super().__init__(*args, **kwargs)

    @property
    def rounds(self) -> Rounds:
        told = self.cleaned_data
        return Rounds(
            told["person"],
            told["places"].splitlines(),
            told["first_at"],
            told["last_at"],
            told["every_minutes"],
        )


class WalkForm(forms.Form):
    """What a round found."""

    hazard = text(
        pgettext_lazy("patrol", "Hazard"),
        200,
        required=False,
        help_text=_("Left empty: nothing was found."),
    )
    action = text(pgettext_lazy("patrol", "What was done"), 200, required=False)
    is_mended = forms.BooleanField(label=pgettext_lazy("patrol", "Mended on the spot"), required=False)
    photo = forms.FileField(
        label=pgettext_lazy("patrol", "Photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )


class HazardForm(forms.Form):
    """What was done about a hazard."""

    action = text(pgettext_lazy("patrol", "What was done"), 200)


class EmergencyForm(forms.Form):
    """Setting a plan off: one choice; where it is, if there is time to say so."""

    place = text(pgettext_lazy("emergency", "Where, if there is time to say so"), 80, required=False)
    is_drill = forms.BooleanField(label=pgettext_lazy("emergency", "This is a drill"), required=False)


class CloseForm(forms.Form):
    """What happened and how it went."""

    summary = words(pgettext_lazy("emergency", "What happened and how it went"), 4, 1000)


class ShotForm(forms.Form):
    """A picture that must be taken."""

    what = text(pgettext_lazy("shot", "What is in the picture"), 120)
    item = forms.ModelChoiceField(
        RunSheetItem.objects.none(), label=pgettext_lazy("shot", "At which item"), required=False
    )
    moment = text(pgettext_lazy("shot", "Or when"), 60, required=False)
    people = text(pgettext_lazy("shot", "Who has to be in it"), 160, required=False)

    def __init__(self, *args: Any, subject: Subject, shot: Shot | None = None, **kwargs: Any) -> None:
        if shot is not None:
            kwargs["initial"] = {name: getattr(shot, name) for name in ("what", "item", "moment", "people")}
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["item"].queryset = RunSheetItem.objects.filter(subject=subject)


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Many files at once."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given and self.required:
            raise ValidationError(_("Choose at least one file."))
        return [super(FilesField, self).clean(one, initial) for one in given]


class UploadForm(forms.Form):
    """Pictures and films from the camera."""

    pictures = FilesField(
        label=pgettext_lazy("picture", "Pictures and films"),
        widget=ManyFiles(attrs={"accept": "image/*,video/mp4,video/quicktime", "multiple": True}),
    )
    item = forms.ModelChoiceField(
        RunSheetItem.objects.none(), label=pgettext_lazy("picture", "Taken at"), required=False
    )
    tags = text(pgettext_lazy("picture", "Tags"), 160, required=False)

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["item"].queryset = RunSheetItem.objects.filter(subject=subject)


class MarkForm(forms.Form):
    """Who is in a picture."""

    guests = GuestsField(
        label=pgettext_lazy("picture", "Guests who can be recognised"),
        required=False,
        help_text=_("Nobody chosen: nobody can be recognised in it."),
    )
    tags = text(pgettext_lazy("picture", "Tags"), 160, required=False)
    item = forms.ModelChoiceField(
        RunSheetItem.objects.none(), label=pgettext_lazy("picture", "Taken at"), required=False
    )

    def __init__(self, *args: Any, picture: Picture, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "guests": list(picture.guests.all()),
            "tags": picture.tags,
            "item": picture.item_id,
        }
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        # Who was marked stays offered, whatever became of their invitation: they are in the picture.
        there = Guest.objects.live().filter(subject=picture.subject_id).values("pk")
        people = Guest.objects.filter(
            Q(pk__in=there) | Q(pk__in=picture.guests.values("pk")), subject=picture.subject_id
        )
        fields["guests"].of(picture.subject, people)
        fields["item"].queryset = RunSheetItem.objects.filter(subject=picture.subject_id)
