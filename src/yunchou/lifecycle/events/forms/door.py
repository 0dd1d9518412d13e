"""Forms of doors, devices and doubtful scans."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.preparation.forms.shared import text, words
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject

from ..actions.door import Decision
from ..models import Door, Session
from .guests import moment, shown


class DoorForm(forms.Form):
    """A door's name, and to which sessions it lets in."""

    name = text(pgettext_lazy("event", "Door"), 40)
    sessions = forms.ModelMultipleChoiceField(
        Session.objects.none(),
        label=pgettext_lazy("event", "Sessions"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: to all of them."),
    )

    def __init__(self, *args: Any, subject: Subject, door: Door | None = None, **kwargs: Any) -> None:
        if door:
            kwargs["initial"] = {"name": door.name, "sessions": list(door.sessions.all())}
        super().__init__(*args, **kwargs)
        sessions: Any = self.fields["sessions"]
        sessions.queryset = Session.objects.filter(subject=subject, removed_at=None)


class DeviceForm(forms.Form):
    """A device's name and how long it works: until an hour after the last session, unless said otherwise."""

    name = text(pgettext_lazy("event", "Device"), 40)
    expires_at = moment(_("Works until"))

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ends = Session.objects.filter(subject=subject, removed_at=None).values_list("ends_at", flat=True)
        now = clock.now()
        last = max((end for end in ends if now < end < now + timedelta(days=13)), default=now) + timedelta(
            hours=1
        )
        self.fields["expires_at"].initial = shown(last)


class SettleForm(forms.Form):
    """Who it was, as somebody found out."""

    decision = forms.ChoiceField(
        label=pgettext_lazy("door", "Who came in"),
        choices=[
            (Decision.SAME, pgettext_lazy("door", "The guest; let it stand")),
            (Decision.OTHER, pgettext_lazy("door", "Somebody else, on the guest's ticket")),
        ],
        widget=forms.RadioSelect,
    )
    note = words(pgettext_lazy("door", "What was found out"), 2, 200, required=False)
