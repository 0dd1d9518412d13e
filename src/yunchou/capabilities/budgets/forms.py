from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


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
