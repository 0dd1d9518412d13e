"""What people fill in about the adjustments of an issue and the money they cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.budgets.adjustments import contingency_of, movable_lines
from yunchou.capabilities.budgets.models import Adjustment, BudgetLine
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import SeenForm

from .actions import RemedyTerms
from .models import Issue
from .risk_forms import day, lines, people_near

ROWS = 3
"""So many adjustments can be decided at once; more stand in the lines of the solution."""
WAYS = [(Adjustment.Way.DRAW, Adjustment.Way.DRAW.label), (Adjustment.Way.SHIFT, Adjustment.Way.SHIFT.label)]


class DecideForm(SeenForm):
    """What is done about an issue: the solution, and each adjustment with its person, time and cost."""

    causes = lines(_("Causes"), rows=2, required=False, help_text=_("One a line"))
    decision = lines(_("Solution"), rows=2)

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"causes": "\n".join(issue.causes)}, **kwargs})
        people = people_near(issue.subject)
        known = [*issue.adjustments, *[""] * ROWS][: max(ROWS, len(issue.adjustments))]
        self.count = len(known)
        for n, text in enumerate(known):
            self.fields[f"text_{n}"] = forms.CharField(
                label=pgettext_lazy("issue", "Adjustment"), max_length=400, required=False, initial=text
            )
            self.fields[f"owner_{n}"] = forms.ModelChoiceField(people, label=_("Responsible"), required=False)
            self.fields[f"due_on_{n}"] = day(pgettext_lazy("issue", "Until"))
            self.fields[f"cost_{n}"] = forms.DecimalField(
                label=pgettext_lazy("issue", "Cost"),
                required=False,
                min_value=0,
                max_digits=14,
                decimal_places=2,
            )

    def rows(self) -> Iterator[list[BoundField]]:
        """The fields of each adjustment."""
        for n in range(self.count):
            yield [self[f"{name}_{n}"] for name in ("text", "owner", "due_on", "cost")]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        for n in range(self.count):
            if not told.get(f"text_{n}") and any(
                told.get(f"{name}_{n}") for name in ("owner", "due_on", "cost")
            ):
                self.add_error(f"text_{n}", _("Say what is done."))
        return told

    def terms(self) -> list[RemedyTerms]:
        told = self.cleaned_data
        return [
            RemedyTerms(told[f"text_{n}"], told[f"owner_{n}"], told[f"due_on_{n}"], told[f"cost_{n}"] or None)
            for n in range(self.count)
            if told.get(f"text_{n}")
        ]


class MoneyForm(forms.Form):
    """Where the money of an adjustment comes from."""

    way = forms.ChoiceField(label=_("Where it comes from"), choices=WAYS)
    target = forms.ModelChoiceField(BudgetLine.objects.none(), label=_("Line that needs it"), empty_label="")
    source = forms.ModelChoiceField(BudgetLine.objects.none(), label=_("Line that gives"), required=False)
    effect = forms.CharField(label=_("What it means for the goals"), max_length=300, required=False)

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = movable_lines(subject)
        held = contingency_of(found)
        for name in ("target", "source"):
            field: Any = self.fields[name]
            field.queryset = BudgetLine.objects.filter(pk__in=[one.pk for one in found if one != held])
            field.label_from_instance = lambda line: f"{line.category} · {LineRow(item=line.item).item_name}"
