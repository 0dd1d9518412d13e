"""What people fill in about figures."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.sheets.grammar import read_figure
from yunchou.kernel.sheets.values import Figure

from .actions import Point, Terms
from .models import Comparison, ReadingKind, Series


def _day(**options: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class FigureField(forms.CharField):
    """A number as people write it: `1,200`, `1.2万`, `12.5%`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)

    def clean(self, value: Any) -> Figure | None:
        text = super().clean(value)
        if not text:
            return None
        figure = read_figure(text)
        if figure is None or figure.value is None or figure.comparator or figure.change or figure.label:
            raise forms.ValidationError(_("Write a plain number, such as 1,200 or 1.2万."), code="figure")
        return figure


class ReadingsForm(forms.Form):
    """All indicators of a day at once. `key` was made with the form, so that sending it twice records it once."""

    key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    day = _day(label=_("Day"))
    note = forms.CharField(label=_("Source or note"), max_length=60, required=False)

    def __init__(self, *args: Any, series: Sequence[Series], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"key": uuid.uuid4().hex, "day": clock.today()})
        super().__init__(*args, **kwargs)
        self.series = series
        for one in series:
            self.fields[f"daily_{one.pk}"] = FigureField(label=_("Of the day"), required=False)
            self.fields[f"cumulative_{one.pk}"] = FigureField(label=_("Cumulative"), required=False)

    @property
    def lines(self) -> list[tuple[Series, forms.BoundField, forms.BoundField]]:
        """Each indicator with its two fields."""
        return [(one, self[f"daily_{one.pk}"], self[f"cumulative_{one.pk}"]) for one in self.series]

    def points(self) -> list[Point]:
        """The fields that were filled in."""
        return [point for _name, point in self.named_points()]

    def named_points(self) -> list[tuple[str, Point]]:
        """Each filled field by name."""
        day, found = self.cleaned_data["day"], []
        for one in self.series:
            for kind in ReadingKind:
                name = f"{kind.value}_{one.pk}"
                figure: Figure | None = self.cleaned_data.get(name)
                if figure is not None and figure.value is not None:
                    point = Point(one.channel, one.indicator, day, figure.value, kind.value, figure.unit)
                    found.append((name, point))
        return found


class UploadForm(forms.Form):
    """A table of readings, as a file or pasted."""

    field_order = ("file", "pasted", "day")

    day = _day(label=_("Day of rows without one"), required=False)
    file = forms.FileField(
        label=_("File"), required=False, widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"})
    )
    pasted = forms.CharField(
        label=_("Or paste cells"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not found.get("file") and not (found.get("pasted") or "").strip():
            self.add_error("file", _("Choose a file or paste cells."))
        return found


class AnswerForm(forms.Form):
    """Why a number is low and what was started against it."""

    cause = forms.CharField(label=_("Cause"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    adjustment = forms.CharField(
        label=_("Adjustment that was started"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class SignForm(forms.Form):
    """Why an alert ends although its number has not recovered."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class TermsForm(forms.Form):
    """Window and threshold of an indicator."""

    start_on = _day(label=_("Counts from"), required=False, help_text=_("Empty: the start of the campaign"))
    end_on = _day(label=_("Counts to"), required=False, help_text=_("Empty: its end"))
    comparison = forms.ChoiceField(
        label=_("Alert compares"), choices=[("", _("As the rules say")), *Comparison.choices], required=False
    )
    threshold = forms.DecimalField(
        label=_("Threshold"),
        required=False,
        max_digits=5,
        decimal_places=2,
        help_text=_("How far below the target, or the lowest level, in percent; empty: 20 and 10"),
    )
    lower_is_better = forms.BooleanField(label=_("Lower is better"), required=False)

    def as_terms(self) -> Terms:
        return Terms(**self.cleaned_data)
