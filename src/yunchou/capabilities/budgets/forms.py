from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.identity.models import Unit

from .columns import HEADS
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
    voucher = forms.CharField(
        label=_("Voucher number"),
        max_length=120,
        error_messages={"required": _("Give the number of the voucher.")},
        help_text=_("What comes in no claim is booked with its voucher."),
    )

    def __init__(self, *args: Any, is_settled: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_settled:
            del self.fields["voucher"]
        else:
            self.fields["note"].required = True
            self.fields["note"].help_text = _("Say why this is booked without a claim.")
        self.fields["amount"].widget = forms.TextInput(attrs={"inputmode": "decimal", "autofocus": ""})


class AdjustmentForm(forms.Form):
    """Which money is to move, how much, and why; lines are chosen by their key."""

    way = forms.ChoiceField(label=_("Way"), choices=Adjustment.Way, widget=forms.RadioSelect)
    source = forms.ModelChoiceField(
        label=pgettext_lazy("adjustment", "From"), queryset=BudgetLine.objects.none(), required=False
    )
    target = forms.ModelChoiceField(
        label=pgettext_lazy("adjustment", "To"), queryset=BudgetLine.objects.none()
    )
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


class PoolForm(forms.Form):
    """Money for an emergency pool: whose, of which year, how much, where it comes from."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=None)
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    amount = forms.DecimalField(label=_("Amount"), min_value=Decimal("0.01"), max_digits=14, decimal_places=2)
    reason = forms.CharField(
        label=_("Where the money comes from"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    confirmed = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.queryset = units
        for name in ("year", "amount"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal"})

    @property
    def figure(self) -> str:
        """What is confirmed: this amount for this pool and no other."""
        read = self.cleaned_data
        return f"{read['unit'].pk}/{read['year']}/{read['amount']}"

    @property
    def is_confirmed(self) -> bool:
        """Whether the figure was read once more before the money moves."""
        return bool(self.cleaned_data["confirmed"] == self.figure)

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "confirmed"}


class UseForm(forms.Form):
    """What became of money that was drawn or granted."""

    report = forms.CharField(
        label=_("What it was used for"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, is_grant: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["report"].required = is_grant


class NoCostForm(forms.Form):
    """Why nothing is spent under a heading."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class ColumnsForm(forms.Form):
    """The columns of the table of lines."""

    columns = forms.MultipleChoiceField(
        label=_("Columns"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(head.key, head.label) for head in HEADS.values()],
    )  # fmt: skip


def _named(line: BudgetLine) -> str:
    return f"{line.category} · {LineRow(item=line.item).item_name}"
