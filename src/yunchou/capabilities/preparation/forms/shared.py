"""What the forms of this room have in common."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock

Label = Any
MOMENT: Final = "%Y-%m-%dT%H:%M"
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


def text(label: Label, length: int = 200, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, **options)


def words(label: Label, rows: int = 2, length: int = 2000, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


def yuan(label: Label, **options: Any) -> forms.DecimalField:
    attrs = {"step": "0.01", "inputmode": "decimal"}
    return forms.DecimalField(
        label=label,
        max_digits=14,
        decimal_places=2,
        min_value=0,
        widget=forms.NumberInput(attrs=attrs),
        **options,
    )


def quantity(label: Label, **options: Any) -> forms.DecimalField:
    attrs = {"step": "any", "inputmode": "decimal"}
    return forms.DecimalField(
        label=label, max_digits=12, decimal_places=2, widget=forms.NumberInput(attrs=attrs), **options
    )


def moment(label: Label, **options: Any) -> forms.DateTimeField:
    """A moment of this century; others would leave the calendar."""
    return forms.DateTimeField(
        label=label,
        validators=[MinValueValidator(clock.moment(FIRST_DAY)), MaxValueValidator(clock.moment(LAST_DAY))],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1800"}, format=MOMENT),
        input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
        **options,
    )


def shown(at: datetime) -> str:
    return f"{clock.local(at):%Y-%m-%dT%H:%M}"


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = words(_("Reason"), length=300)


class FileForm(forms.Form):
    """A file to be shown or kept."""

    file = forms.FileField(label=_("File"))
