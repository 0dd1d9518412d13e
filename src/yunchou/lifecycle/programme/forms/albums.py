"""The form by which pictures are released."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.preparation.forms.shared import text, words
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.forms.guests import moment, shown


class AlbumForm(forms.Form):
    """What the page is called, which pictures it shows, and until when: a month, unless said otherwise."""

    title = text(pgettext_lazy("album", "Headline"), 60)
    words = words(pgettext_lazy("album", "Words to the guests"), 3, 300, required=False)
    tag = text(
        pgettext_lazy("album", "Only pictures with this tag"), 40, required=False,
        help_text=_("Left empty: everything that is published."),
    )  # fmt: skip
    expires_at = moment(pgettext_lazy("album", "Works until"))
    is_offered = forms.BooleanField(
        label=pgettext_lazy("album", "Offer it on the guests' own pages and in the thanks"),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].initial = subject.title[:60]
        self.fields["expires_at"].initial = shown(clock.now() + timedelta(days=30))
