"""Forms of texts, senders and addresses left alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.organisation.forms.pickers import UnitField
from yunchou.kernel.ui.seen import SeenForm

from .actions import Wording
from .actions.texts import text_stamp
from .bounces import MOST
from .models import SENT_BY_US, Channel, Template
from .uses import uses


def _line(label: Any, length: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, **options)


class TextForm(SeenForm):
    """A text of messages. Its unit, use and channel are chosen once."""

    unit = UnitField(label=pgettext_lazy("messages", "Unit"))
    use = forms.ChoiceField(label=pgettext_lazy("messages", "Used for"))
    channel = forms.ChoiceField(
        label=pgettext_lazy("messages", "Channel"), choices=[(one.value, one.label) for one in SENT_BY_US]
    )
    name = _line(pgettext_lazy("messages", "Name"), 60)
    language = forms.ChoiceField(label=pgettext_lazy("messages", "Language"), choices=settings.LANGUAGES)
    title = _line(
        _("Subject line"),
        120,
        required=False,
        help_text=_("Of mails. Marketing is marked by itself as the law asks."),
    )
    body = forms.CharField(
        label=pgettext_lazy("messages", "Text"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text=_("Sender, telephone and the way to end these messages are added to every one."),
    )

    def __init__(self, *args: Any, text: Template | None = None, **kwargs: Any) -> None:
        if text is not None:
            names = ("name", "language", "title", "body")
            kwargs["initial"] = {name: getattr(text, name) for name in names} | {"seen": text_stamp(text)}
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        if text is not None:
            for name in ("unit", "use", "channel"):
                del fields[name]
            if text.channel != Channel.EMAIL:
                del fields["title"]
            return
        fields["use"].choices = [(one.key, one.label) for one in uses]

    @property
    def wording(self) -> Wording:
        given = self.cleaned_data
        return Wording(given.get("title", ""), given["body"], given["language"])


class SenderForm(forms.Form):
    """In whose name a unit writes."""

    unit = UnitField(label=pgettext_lazy("messages", "Unit"))
    name = _line(_("Full name of the sender"), 80)
    address = _line(_("Postal address"), 160)
    phone = _line(_("Telephone for questions"), 40)
    sign = _line(
        _("Signature of text messages"), 12, help_text=_("Stands in 【】 before every text message.")
    )


class BounceForm(forms.Form):
    """A report of a mail server that something did not arrive."""

    report = forms.FileField(
        label=_("Report"),
        help_text=_("The mail that the server sent back, saved as a file (.eml), at most 1 MB."),
    )

    def clean_report(self) -> UploadedFile[Any]:
        found: UploadedFile[Any] = self.cleaned_data["report"]
        if (found.size or 0) > MOST:
            raise ValidationError(_("A report of a mail server is at most 1 MB."))
        return found


class FreeForm(forms.Form):
    """Why an address may be written to again."""

    reason = _line(_("Reason"), 200, help_text=_("It stands in the journal."))
