"""Forms about the staffing standard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Position

from ..actions.staffing import MOST_PEOPLE
from ..models import CentreSize
from .pickers import UnitField, day_field


class CentreForm(forms.Form):
    """Which unit is staffed as a marketing centre of which size."""

    unit = UnitField(label=_("Unit"))
    size = forms.ChoiceField(
        label=pgettext_lazy("centre", "Size"),
        choices=[*CentreSize.choices, ("", _("No marketing centre"))],
        required=False,
    )


class StandardForm(forms.Form):
    """The head counts of one size, from a day on, and why they change."""

    def __init__(
        self, *args: Any, positions: Iterable[Position], counts: Mapping[str, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [position.code for position in positions]
        for position in positions:
            self.fields[position.code] = forms.IntegerField(
                label=str(position),
                min_value=0,
                max_value=MOST_PEOPLE,
                required=False,
                initial=counts.get(position.code, 0),
            )
        self.fields["valid_from"] = day_field(_("In force from"), initial=clock.today())
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=200)

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        people = {code: self.cleaned_data[code] or 0 for code in self.codes}
        return {
            "people": people,
            "valid_from": self.cleaned_data["valid_from"],
            "reason": self.cleaned_data["reason"],
        }
