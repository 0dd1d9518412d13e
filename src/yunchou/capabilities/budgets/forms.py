from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Adjustment, BudgetLine
from .tables import LineRow


class ActualForm(forms.Form):
    """What a line did cost, and why that differs from its budget."""

    amount = forms.DecimalField(label=_("Actual cost"), min_value=Decimal(0), max_digits=14, decimal_places=2)
    note = forms.CharField(
        label=_("Variance note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when the cost differs from the budget."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].widget = forms.TextInput(attrs={"inputmode": "decimal", "autofocus": ""})


class AdjustmentForm(forms.Form):
    """Which money is to move, how much, and why; lines are chosen by their key."""

    way = forms.ChoiceField(label=_("Way"), choices=Adjustment.Way, widget=forms.RadioSelect)
    source = forms.ModelChoiceField(label=_("From"), queryset=BudgetLine.objects.none(), required=False)
    target = forms.ModelChoiceField(label=_("To"), queryset=BudgetLine.objects.none())
    amount = forms.DecimalField(label=_("Amount"), max_digits=14, decimal_places=2)
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    effect = forms.CharField(
        label=_("Effect on the goals"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when money moves between lines."),
    )

    def __init__(self, *args: Any, lines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("source", "target"):
            field: Any = self.fields[name]
            field.queryset = lines
            field.label_from_instance = _named
            field.empty_label = ""
        self.fields["amount"].widget = forms.TextInput(attrs={"inputmode": "decimal"})


def _named(line: BudgetLine) -> str:
    return f"{line.category} · {LineRow(item=line.item).item_name}"
