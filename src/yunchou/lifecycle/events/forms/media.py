"""The form of a report that media published."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.operations.models import Tone
from yunchou.directory.customers.models import Customer
from yunchou.directory.organisation.forms import day_field
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import SeenForm

from ..actions.media import Reported, report_stamp
from ..models import MediaReport
from ..selectors.media import media_contacts


class MediaReportForm(SeenForm):
    """What was published: where, when, how it is meant, whom it reached, and the proof of it."""

    medium = forms.CharField(label=_("Medium"), max_length=80)
    published_on = day_field(_("Published on"))
    title = forms.CharField(label=pgettext_lazy("media", "Headline"), max_length=160)
    contact: Any = forms.ModelChoiceField(
        Customer.objects.none(),
        label=_("Media contact"),
        required=False,
        help_text=_("Media and partners on the guest list"),
    )
    tone = forms.ChoiceField(label=pgettext_lazy("media", "Tone"), choices=Tone.choices)
    reach = forms.IntegerField(
        label=_("People reached"), required=False, min_value=0, max_value=2_000_000_000
    )
    address = forms.URLField(
        label=pgettext_lazy("media", "Address"), required=False, max_length=300, assume_scheme="https"
    )
    clipping = forms.FileField(
        label=_("Clipping"), required=False, help_text=_("A picture or PDF of the report")
    )

    def __init__(
        self, *args: Any, subject: Subject, user: User, report: MediaReport | None = None, **kwargs: Any
    ) -> None:
        if report is not None:
            names = ("medium", "published_on", "title", "contact", "tone", "reach", "address")
            kwargs["initial"] = {name: getattr(report, name) for name in names} | {
                "seen": report_stamp(report)
            }
        super().__init__(*args, **kwargs)
        found = media_contacts(subject, user)
        if report is not None and report.contact_id:
            found = found | Customer.objects.filter(pk=report.contact_id).distinct()
        field: Any = self.fields["contact"]
        field.queryset = found
        field.label_from_instance = lambda one: (
            f"{one.name} · {one.organisation}" if one.organisation else one.name
        )

    @property
    def reported(self) -> Reported:
        """What the action is told."""
        given = {k: v for k, v in self.cleaned_data.items() if k not in {"seen", "clipping"}}
        return Reported(**given)
