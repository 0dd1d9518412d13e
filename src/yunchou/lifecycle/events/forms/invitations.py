"""Forms of invitations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.messaging.actions import Wording
from yunchou.capabilities.messaging.models import Channel, Mailing, Template
from yunchou.capabilities.messaging.selectors.texts import texts_for
from yunchou.capabilities.messaging.uses import uses
from yunchou.capabilities.preparation.forms.shared import text
from yunchou.kernel.subjects.models import Subject

from ..models import Wave
from .guests import moment, shown


class WhenForm(forms.Form):
    """When a mailing goes out: when somebody says so, so many days before the event, or at a moment."""

    days_before = forms.IntegerField(
        label=_("Days before the event"), required=False, min_value=0, max_value=365,
        help_text=_("At 10:00; it moves with the event."),
    )  # fmt: skip
    scheduled_at = moment(
        _("Or at this moment"), required=False, help_text=_("Both empty: it goes out when you say so.")
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("days_before") is not None and given.get("scheduled_at"):
            self.add_error("scheduled_at", _("Give one of the two."))
        return given


class MailingForm(WhenForm):
    """A new mailing: which text, and to whom. The text says what it is for and by which channel it goes."""

    text: forms.ModelChoiceField[Template] = forms.ModelChoiceField(
        label=pgettext_lazy("messages", "Text"), queryset=None
    )
    wave: forms.ModelChoiceField[Wave] = forms.ModelChoiceField(
        label=pgettext_lazy("event", "Wave"),
        queryset=None,
        required=False,
        empty_label=_("Everybody on the list"),
    )
    field_order = ("text", "wave", "days_before", "scheduled_at")

    def __init__(self, *args: Any, subject: Subject, wave: Wave | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"wave": wave, "days_before": wave.days_before if wave else None}
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["text"].queryset = texts_for(subject.unit, "events.")
        fields["text"].label_from_instance = lambda one: (
            f"{uses[one.use].label} · {one.get_channel_display()} · {one.name}"
        )
        fields["wave"].queryset = Wave.objects.filter(subject=subject)


class WordsForm(WhenForm):
    """What a mailing says and when it goes out."""

    title = text(_("Subject line"), 120)
    body = forms.CharField(
        label=pgettext_lazy("messages", "Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 9})
    )
    language = forms.ChoiceField(label=pgettext_lazy("messages", "Language"), choices=settings.LANGUAGES)
    field_order = ("title", "body", "language", "days_before", "scheduled_at")

    def __init__(self, *args: Any, mailing: Mailing, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "title": mailing.title, "body": mailing.body, "language": mailing.language,
            "days_before": mailing.days_before, "scheduled_at": shown(mailing.scheduled_at),
        }  # fmt: skip
        super().__init__(*args, **kwargs)
        if mailing.channel != Channel.EMAIL:
            del self.fields["title"]

    @property
    def wording(self) -> Wording:
        given = self.cleaned_data
        return Wording(given.get("title", ""), given["body"], given["language"])


class AgainForm(forms.Form):
    """Why a message goes out again."""

    reason = text(_("Reason"), 200, help_text=_("It stands in the journal."))
