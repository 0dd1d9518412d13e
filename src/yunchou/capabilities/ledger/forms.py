"""What people type about ceilings and months."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .states import Dimension, Effect, Stage

CUT_CHOICES = [(d.value, d.label) for d in Dimension if d not in (Dimension.OWN,)]


class CeilingForm(forms.Form):
    """A ceiling on an account or one slice of it; an empty amount lifts it."""

    dimension = forms.ChoiceField(label=_("Of"), choices=CUT_CHOICES, initial=Dimension.ALL)
    value = forms.CharField(
        label=_("Which"),
        required=False,
        max_length=60,
        help_text=_("For example 渠道成本, douyin, 2026Q3 or 2026-08."),
    )
    limit = forms.DecimalField(
        label=_("Ceiling"), required=False, min_value=0, max_digits=14, decimal_places=2
    )
    at_reserve = forms.ChoiceField(label=Stage.RESERVE.label, choices=Effect, initial=Effect.BLOCK)
    at_commit = forms.ChoiceField(label=Stage.COMMIT.label, choices=Effect, initial=Effect.BLOCK)
    at_spend = forms.ChoiceField(label=Stage.SPEND.label, choices=Effect, initial=Effect.BLOCK)
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["limit"].widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        is_whole = given.get("dimension") == Dimension.ALL
        if not is_whole and not given.get("value", "").strip():
            self.add_error("value", _("Say which one the ceiling is of."))
        if is_whole:
            given["value"] = ""
        return given
