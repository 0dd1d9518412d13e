"""What people fill in around the talk."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User

from .actions.shared import LONGEST


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "data-weekday": ""})


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Some files, none of them mandatory."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in given if one]


class CommentForm(forms.Form):
    text = forms.CharField(
        label=_("Comment"), max_length=LONGEST, required=False, strip=False, widget=_area(2)
    )
    reply = forms.IntegerField(required=False, widget=forms.HiddenInput)
    uploads = FilesField(label=_("Files"), required=False)


class PeopleChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Some of the people of a subject, as a list of boxes to tick."""

    widget = forms.CheckboxSelectMultiple


class AnnouncementForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=120)
    text = forms.CharField(label=pgettext_lazy("announcement", "Text"), max_length=LONGEST, widget=_area(5))
    readers = PeopleChoice(label=_("To be read by"), queryset=User.objects.none())
    read_by = forms.DateField(label=_("Until the evening of"), widget=_day())

    def __init__(self, *args: Any, team: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["readers"]
        field.queryset = team


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=_area(2))


class DecisionForm(forms.Form):
    text = forms.CharField(label=_("What was decided"), max_length=2000, widget=_area(4))
    deciders = PeopleChoice(label=_("Decided by"), queryset=User.objects.none())
    decided_on = forms.DateField(
        label=pgettext_lazy("decision", "On"),
        widget=_day(),
    )
    source = forms.CharField(
        label=pgettext_lazy("decision", "Where"),
        max_length=160,
        help_text=_("A meeting, a call, a comment: what one can look up."),
    )
    replaces: Any = forms.ModelChoiceField(label=_("Replaces"), queryset=None, required=False)

    def __init__(self, *args: Any, team: QuerySet[User], earlier: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["deciders"]
        people.queryset = team
        replaced: Any = self.fields["replaces"]
        replaced.queryset = earlier


class ReminderForm(forms.Form):
    HOURS: ClassVar = [(hour, f"{hour:02}:00") for hour in range(8, 21)]

    text = forms.CharField(label=pgettext_lazy("reminder", "What"), max_length=120)
    whom = forms.ModelChoiceField(label=pgettext_lazy("reminder", "Whom"), queryset=User.objects.none())
    day = forms.DateField(label=_("Day"), widget=_day())
    hour = forms.TypedChoiceField(label=_("Time"), choices=HOURS, coerce=int)

    def __init__(self, *args: Any, team: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["whom"]
        field.queryset = team

    def at(self) -> datetime:
        """The moment that was chosen."""
        return clock.moment(self.cleaned_data["day"], self.cleaned_data["hour"])


class FileForm(forms.Form):
    upload = forms.FileField(label=_("File"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
