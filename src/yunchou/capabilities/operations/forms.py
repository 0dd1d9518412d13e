"""What people fill in about reports, risks and issues."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.identity.selectors import colleagues
from yunchou.kernel.sheets.columns.base import Parsed
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.subjects.models import Subject

from .actions.reports import FIGURES
from .models import DailyReport, DataReport, Issue
from .selectors import Suggested, channels_of, departments_near
from .tables import ISSUES

SPARE_ROWS = 1
EMPTY_ROWS = 3


def _text(label: Any, *, rows: int = 3, required: bool = True, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": rows}),
        **options,
    )


def _day(label: Any, *, required: bool = True, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, required=required, **options)


class ReportForm(forms.Form):
    """The four parts of a progress report; tasks can be ticked instead of typed."""

    day = _day(_("Date"))
    tasks = forms.MultipleChoiceField(
        label=_("My tasks"), required=False, widget=forms.CheckboxSelectMultiple
    )
    done = _text(_("Done today"), required=False)
    tomorrow = _text(_("Planned for tomorrow"))
    problems = _text(_("Problems met"), required=False, rows=2)
    problem_is_issue = forms.BooleanField(label=_("Report as a large issue"), required=False)
    resources = _text(_("Resources needed"), required=False, rows=2)
    department = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("Department that answers"),
        required=False,
        empty_label=_("Nobody is asked"),
    )

    def __init__(self, *args: Any, suggested: Suggested, day: date, subject: Subject, **kwargs: Any) -> None:
        initial = {
            "day": day,
            "tasks": suggested.done,
            "done": "\n".join(suggested.told),
            "tomorrow": "\n".join(suggested.tomorrow),
            "problems": "\n".join(suggested.problems),
        }
        super().__init__(*args, **{"initial": initial, **kwargs})
        field: Any = self.fields["department"]
        field.queryset = departments_near(subject)
        field.label_from_instance = lambda unit: unit.name
        words = [*suggested.done, *suggested.going]
        self.fields["tasks"].choices = [(each, each) for each in words]  # type: ignore[attr-defined]
        if not words:
            del self.fields["tasks"]
            self.fields["done"].required = True

    def clean(self) -> dict[str, Any]:
        """What was done is ticked or typed."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if "done" in told and not told["done"].strip() and not told.get("tasks"):
            self.add_error("done", _("Tick a task above, or say what was done."))
        return told

    def parts(self) -> dict[str, Any]:
        """What was done, ticked tasks first, and the other parts."""
        told = self.cleaned_data
        return {
            "done": [*told.get("tasks", []), *told["done"].splitlines()],
            "tomorrow": told["tomorrow"],
            "problems": told["problems"],
            "resources": told["resources"],
            "department": told["department"],
        }


class CorrectionForm(forms.Form):
    """A report as it should have been."""

    done = _text(_("Done today"))
    tomorrow = _text(_("Planned for tomorrow"))
    problems = _text(_("Problems met"), required=False, rows=2)
    resources = _text(_("Resources needed"), required=False, rows=2)

    def __init__(self, *args: Any, report: DailyReport, **kwargs: Any) -> None:
        initial = {
            "done": "\n".join(report.done),
            "tomorrow": "\n".join(report.tomorrow),
            "problems": report.problems,
            "resources": report.resources,
        }
        super().__init__(*args, **{"initial": initial, **kwargs})


class DataReportForm(forms.Form):
    """Leads and exposure by channel; the channels of the dashboard are there already."""

    day = _day(_("Date"))
    note = _text(_("Note on the figures"), required=False, rows=2)

    def __init__(
        self, *args: Any, subject: Subject, day: date, report: DataReport | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"initial": {"day": day, "note": report.note if report else ""}, **kwargs})
        known: dict[str, dict[str, str]] = dict(report.figures) if report else {}
        names = list(dict.fromkeys([*known, *channels_of(subject)]))
        names += [""] * (SPARE_ROWS if names else EMPTY_ROWS)
        self.count = len(names)
        for n, name in enumerate(names):
            self.fields[f"channel_{n}"] = forms.CharField(
                label=_("Channel"), max_length=40, required=False, initial=name
            )
            for figure in FIGURES:
                self.fields[f"{figure}_{n}"] = forms.DecimalField(
                    label=LABELS[figure],
                    required=False,
                    min_value=0,
                    initial=known.get(name, {}).get(figure),
                    widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": "any"}),
                )

    def rows(self) -> Iterator[tuple[BoundField, list[BoundField]]]:
        """Each channel with its figures."""
        for n in range(self.count):
            yield self[f"channel_{n}"], [self[f"{figure}_{n}"] for figure in FIGURES]

    def figures(self) -> dict[str, dict[str, Decimal | None]]:
        told = self.cleaned_data
        return {
            told[f"channel_{n}"]: {figure: told[f"{figure}_{n}"] for figure in FIGURES}
            for n in range(self.count)
            if told.get(f"channel_{n}")
        }


LABELS = {"leads": _("Leads"), "exposure": _("Exposure")}


class NoteForm(forms.Form):
    """One text: what happened, the result, how something was verified."""

    text = _text(_("Text"))

    def __init__(self, *args: Any, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label


class ResponseForm(forms.Form):
    """What was done about a risk."""

    action = _text(_("Measures taken"))
    agreed_by = forms.ModelChoiceField(
        User.objects.none(), label=pgettext_lazy("risk", "Agreed by"), required=False
    )
    result = _text(_("Result so far"), required=False, rows=2)

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [*colleagues(subject.unit).values_list("pk", flat=True)]
        ids += subject.members.values_list("user", flat=True)
        field: Any = self.fields["agreed_by"]
        field.queryset = User.objects.filter(pk__in=ids).order_by("name_pinyin")


# Reports and alerts name themselves; a workbook is imported.
ORIGINS = [choice for choice in Issue.Origin.choices if choice[0] != Issue.Origin.WORKBOOK]
SIZES = [("", _("By the rule")), *Issue.Size.choices]


class FigureField(forms.CharField):
    """A figure as people write it, 5000人."""

    def clean(self, value: Any) -> Figure | None:
        text = super().clean(value)
        parsed: Parsed[Figure | None] = ISSUES.by_key["target"].parse(text or None)
        if parsed.findings:
            raise forms.ValidationError(str(parsed.findings[0].message))
        return parsed.value


class IssueForm(forms.Form):
    """A new issue."""

    problem = _text(_("Problem"), rows=2)
    target = FigureField(label=_("Target"), required=False, max_length=60)
    actual = FigureField(label=pgettext_lazy("indicator", "Actual"), required=False, max_length=60)
    causes = _text(_("Causes"), required=False, rows=2, help_text=_("One a line"))
    extra_cost = forms.DecimalField(
        label=_("Extra cost"), required=False, min_value=0, max_digits=14, decimal_places=2
    )
    delay_days = forms.IntegerField(label=_("Delay in days"), required=False, min_value=0, max_value=365)
    goal_effect = forms.DecimalField(
        label=_("Takes from a goal"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
    )
    touches_milestone = forms.BooleanField(label=_("Touches a milestone"), required=False)
    origin = forms.ChoiceField(label=_("Where it comes from"), choices=ORIGINS, required=False)
    source = forms.CharField(
        label=_("Named"),
        max_length=160,
        required=False,
        help_text=_("Number of the complaint, name of the partner"),
    )
    source_address = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    report = forms.ModelChoiceField(DailyReport.objects.none(), required=False, widget=forms.HiddenInput)
    size = forms.ChoiceField(label=pgettext_lazy("issue", "Size"), choices=SIZES, required=False)

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["report"]
        field.queryset = DailyReport.objects.filter(subject=subject)
        if self.initial.get("report") is None:
            del self.fields["report"]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        told["delay_days"] = told.get("delay_days") or 0
        told["origin"] = told.get("origin") or Issue.Origin.PERSON
        return told


class SizeForm(forms.Form):
    """Another size, and why."""

    size = forms.ChoiceField(label=pgettext_lazy("issue", "Size"), choices=Issue.Size.choices)
    reason = forms.CharField(label=_("Reason"), max_length=400)


def refused_fields(form: forms.Form, names: Sequence[str], refused: Any) -> bool:
    """Show what an action refused beside its fields; False where it speaks of none of them."""
    told = {name: text for name, text in refused.fields.items() if name in names}
    for name, text in told.items():
        form.add_error(name, str(text))
    return bool(told)
