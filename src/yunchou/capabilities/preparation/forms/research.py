"""Forms of needs research."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.organisation.forms import day_field
from yunchou.directory.organisation.forms.pickers import UnitField
from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.identity.models import User
from yunchou.kernel.ui.seen import SeenForm

from ..actions import Gathered, research_stamp
from ..models import FINDINGS, Research, Source
from ..permissions import Perm
from .shared import text, words


class ResearchForm(SeenForm):
    """A round of collection."""

    title = text(pgettext_lazy("research", "Title"), 120)
    unit: Any = UnitField(label=pgettext_lazy("research", "Unit"))
    audience = text(_("Whose needs"), 120)
    people = forms.IntegerField(label=_("People heard"), min_value=1, max_value=10_000_000)
    sources = forms.MultipleChoiceField(
        label=pgettext_lazy("research", "Sources"),
        choices=Source.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    from_on = day_field(pgettext_lazy("research", "From"))
    until_on = day_field(pgettext_lazy("research", "Until"))
    every_months = forms.TypedChoiceField(
        label=_("Gathered again"), required=False, coerce=int, empty_value=None, initial=6,
        choices=[("", _("Not by itself")), (1, _("Every month")), (3, _("Every quarter")), (6, _("Every half year")),
                 (12, _("Every year"))],
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, research: Research | None = None, **kwargs: Any) -> None:
        if research is not None:
            names = (
                "title",
                "audience",
                "people",
                "sources",
                "from_on",
                "until_on",
                "every_months",
                *FINDINGS,
            )
            kwargs["initial"] = {
                **{name: getattr(research, name) for name in names},
                "seen": research_stamp(research),
            }
        super().__init__(*args, **kwargs)
        self.user = user
        if research is not None:
            del self.fields["unit"]
        for name in FINDINGS:
            label = Research._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            self.fields[name] = words(label, required=False)

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or {}
        unit = read.get("unit")
        if unit is not None and not units_with(self.user, Perm.EDIT).filter(pk=unit.pk).exists():
            self.add_error("unit", str(_("You may not gather needs for this unit.")))
        return read

    @property
    def gathered(self) -> Gathered:
        """What was typed."""
        read = self.cleaned_data
        names = ("title", "sources", "audience", "from_on", "until_on", "people", "every_months")
        return Gathered(
            **{name: read[name] for name in names}, findings={name: read[name] for name in FINDINGS}
        )


class AttachForm(forms.Form):
    """Which research is attached."""

    research: Any = forms.ModelChoiceField(
        label=_("Needs research"), queryset=Research.objects.none(), empty_label=""
    )
