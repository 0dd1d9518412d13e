"""Forms of the run sheet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.preparation.forms.shared import text, words
from yunchou.capabilities.preparation.models import Speaker
from yunchou.directory.organisation.forms.pickers import PersonField
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import SeenForm
from yunchou.lifecycle.events.forms.guests import moment, shown
from yunchou.lifecycle.events.forms.pickers import GuestField
from yunchou.lifecycle.events.models import Session

from ..actions.running import ItemFacts, item_stamp
from ..models import Day, ItemKind, RunSheetItem
from ..models.running import LONGEST
from ..templates_of_events import TEMPLATES


def sessions_of(subject: Subject) -> Any:
    return Session.objects.filter(subject=subject, removed_at=None)


class ItemForm(SeenForm):
    """An item: when, how long, who, with what, and the cues."""

    title = text(pgettext_lazy("run sheet", "Item"), 120)
    kind = forms.ChoiceField(
        label=pgettext_lazy("run sheet", "Kind"), choices=ItemKind.choices, initial=ItemKind.OTHER
    )
    starts_at = moment(pgettext_lazy("run sheet", "Planned start"))
    minutes = forms.IntegerField(
        label=pgettext_lazy("run sheet", "Minutes"), min_value=1, max_value=LONGEST, initial=15
    )
    is_fixed = forms.BooleanField(
        label=pgettext_lazy("run sheet", "Begins at its time, whatever came before"), required=False
    )
    session = forms.ModelChoiceField(
        Session.objects.none(), label=pgettext_lazy("event", "Session"), required=False
    )
    owner = PersonField(label=pgettext_lazy("run sheet", "Responsible"), required=False)
    speaker = forms.ModelChoiceField(
        Speaker.objects.none(),
        label=pgettext_lazy("run sheet", "Speaker"),
        required=False,
        help_text=_("From the list of speakers of the preparation."),
    )
    speaker_name = text(pgettext_lazy("run sheet", "Or a name"), 80, required=False)
    material = forms.ModelChoiceField(
        Attachment.objects.none(), label=pgettext_lazy("run sheet", "Material"), required=False
    )
    file = forms.FileField(label=pgettext_lazy("run sheet", "Or a new file"), required=False)
    material_note = text(pgettext_lazy("run sheet", "Material in words"), 160, required=False)
    cue_host = words(pgettext_lazy("run sheet", "Cue for the host"), 2, 300, required=False)
    cue_sound = text(pgettext_lazy("run sheet", "Cue for sound"), 200, required=False)
    cue_light = text(pgettext_lazy("run sheet", "Cue for light"), 200, required=False)
    topics = text(pgettext_lazy("run sheet", "Topics of an interaction"), 300, required=False)
    form = text(pgettext_lazy("run sheet", "Form of an interaction"), 120, required=False)

    def __init__(self, *args: Any, subject: Subject, item: RunSheetItem | None = None, **kwargs: Any) -> None:
        if item is not None:
            names = set(self.base_fields) - {"seen", "file", "starts_at"}
            kwargs["initial"] = {name: getattr(item, name) for name in names} | {
                "starts_at": shown(item.starts_at),
                "seen": item_stamp(item),
            }
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["session"].queryset = sessions_of(subject)
        fields["speaker"].queryset = Speaker.objects.filter(subject=subject)
        # A file that has a newer version by now stays chosen until somebody chooses another.
        kept = Q(pk=item.material_id) if item is not None and item.material_id else Q(pk__in=[])
        current = Attachment.objects.current().filter(subject=subject).values("pk")
        fields["material"].queryset = Attachment.objects.filter(Q(pk__in=current) | kept, subject=subject)

    @property
    def facts(self) -> ItemFacts:
        told = {key: value for key, value in self.cleaned_data.items() if key not in ("seen", "file")}
        return ItemFacts(**told)


class TemplateForm(forms.Form):
    """Which usual run sheet, and from when on."""

    template = forms.ChoiceField(label=pgettext_lazy("run sheet", "Template"), widget=forms.RadioSelect)
    starts_at = moment(pgettext_lazy("run sheet", "First item begins"))
    session = forms.ModelChoiceField(
        Session.objects.none(), label=pgettext_lazy("event", "Session"), required=False
    )

    def __init__(self, *args: Any, subject: Subject, kind: str = "", **kwargs: Any) -> None:
        session = sessions_of(subject).order_by("starts_at").first()
        ordered = sorted(TEMPLATES.items(), key=lambda pair: kind not in pair[1].kinds)
        kwargs["initial"] = {
            "template": ordered[0][0],
            "starts_at": shown(session.starts_at) if session else "",
            "session": session,
        }
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["template"].choices = [
            (key, _("{name}: {items} items, {minutes} min").format(
                name=one.name, items=len(one.lines), minutes=sum(line.minutes for line in one.lines)
            ))
            for key, one in ordered
        ]  # fmt: skip
        fields["session"].queryset = sessions_of(subject)


class DayForm(forms.Form):
    """Who calls the items and who takes the pictures."""

    host = PersonField(label=pgettext_lazy("programme", "Host, who calls the items"), required=False)
    photographer = PersonField(label=pgettext_lazy("programme", "Photographer, a colleague"), required=False)
    photographer_name = text(pgettext_lazy("programme", "Photographer from outside"), 80, required=False)

    @classmethod
    def of(cls, day: Day, data: Any) -> DayForm:
        names = ("host", "photographer", "photographer_name")
        return cls(data, initial={name: getattr(day, name) for name in names})


class ParticipantsForm(forms.Form):
    """How many took part."""

    participants = forms.IntegerField(
        label=pgettext_lazy("run sheet", "People who took part"), min_value=0, max_value=1_000_000
    )


class ExchangeForm(forms.Form):
    """A business contact made a moment ago."""

    guest = GuestField(label=pgettext_lazy("event", "Guest"), required=False)
    note = words(pgettext_lazy("exchange", "What it was about"), 3, 200)
    is_lead = forms.BooleanField(label=pgettext_lazy("exchange", "Enter a lead from it"), required=False)

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["guest"].of(subject)


class ImportForm(forms.Form):
    """A table, uploaded or pasted; `kept` carries what was read until it is confirmed."""

    file = forms.FileField(label=_("Table (.xlsx or text)"), required=False)
    pasted = forms.CharField(
        label=_("Or cells copied out of a table, with their headings"), required=False, max_length=200_000,
        widget=forms.Textarea({"rows": 4}),
    )  # fmt: skip
    kept = forms.CharField(required=False, max_length=400_000, widget=forms.HiddenInput)
