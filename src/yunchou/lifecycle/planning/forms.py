"""What people type about plans."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.utils.translation import pgettext_lazy as pgettext

from yunchou.directory.organisation.forms import PersonField, UnitField, day_field
from yunchou.kernel.core import clock
from yunchou.kernel.sheets.forms import YuanField

from .documents import Aspect, Kind, PartSpec, Principle, Research
from .listing import Filters
from .models import Plan, RiskState, Status, Supervision

QUARTER_CHOICES = [("", "—"), ("1", _("Q1")), ("2", _("Q2")), ("3", _("Q3")), ("4", _("Q4"))]


def area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PlanForm(forms.Form):
    """What a draft begins with; parts, goals and items are written on its pages."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Kind.choices,
        help_text=_("Decides the mandatory parts and the approval route."),
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    unit = UnitField(label=_("Organisation unit"))
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    quarter = forms.TypedChoiceField(
        label=_("Quarter"),
        choices=QUARTER_CHOICES,
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("For quarter plans and budgets of a quarter."),
    )
    month = forms.TypedChoiceField(
        label=_("Month"),
        choices=[("", "—"), *MONTHS.items()],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("For budgets of a month; its quarter follows."),
    )
    parent = forms.ModelChoiceField(
        label=_("Plan above"),
        queryset=Plan.objects.none(),
        required=False,
        empty_label="—",
        help_text=_("The plan that this one breaks down or details, as a draft or approved."),
    )
    owner = PersonField(label=_("Owner"))
    budget = YuanField(label=_("Budget of the whole plan"), required=False)

    def __init__(self, *args: Any, parents: Any = None, units: Collection[int] = (), **kwargs: Any) -> None:
        """`parents` are the plans that may stand above it, `units` those in which the person drafts."""
        super().__init__(*args, **kwargs)
        if parents is not None:
            self.fields["parent"].queryset = parents  # type: ignore[attr-defined]
        unit: Any = self.fields["unit"]
        unit.choices = [(pk, name) for pk, name in unit.choices if pk == "" or pk in units]


class PartForm(forms.Form):
    """The texts of one part."""

    def __init__(self, spec: PartSpec, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for aspect in spec.aspects:
            self.fields[aspect.value] = forms.CharField(
                label=Aspect(aspect).label, required=False, max_length=20_000, widget=area(6)
            )


class PrinciplesField(forms.MultipleChoiceField):
    """The four principles of budgeting, each a tick with its meaning (BUD-03)."""

    widget = forms.CheckboxSelectMultiple


class SubmitForm(forms.Form):
    """What is said when a plan is sent: a note, and of a budget that its principles are kept."""

    note = forms.CharField(label=_("Note to the approvers"), max_length=500, required=False, widget=area())
    principles = PrinciplesField(
        label=_("I confirm that this budget is"), choices=Principle.choices, required=False
    )

    def __init__(self, *args: Any, plan: Plan, is_change: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_change:
            del self.fields["note"]
        if not plan.document.is_budget:
            del self.fields["principles"]


class ReviewForm(forms.Form):
    """What a look at the monitor showed (PLN-10)."""

    findings = forms.CharField(label=_("What was seen"), max_length=5000, widget=area())
    measures = forms.CharField(label=_("What follows"), max_length=5000, widget=area())
    next_on = day_field(_("Next review"), required=False)


class SupervisionForm(forms.Form):
    """What a look at dedicated money showed (BUD-27)."""

    verdict = forms.ChoiceField(label=_("How it is used"), choices=Supervision.Verdict.choices)
    note = forms.CharField(label=pgettext("supervision", "Note"), max_length=5000, widget=area())
    next_on = day_field(_("Next look"), required=False)


class RiskForm(forms.Form):
    """What became of a risk to the budget (BUD-28)."""

    state = forms.ChoiceField(label=pgettext_lazy("risk", "What became of it"), choices=RiskState.choices)
    note = forms.CharField(label=pgettext("supervision", "Note"), max_length=5000, widget=area())
    next_on = day_field(_("Next review"), required=False)


class UploadForm(forms.Form):
    """A file."""

    upload = forms.FileField(label=_("File"))


class LinkForm(forms.Form):
    """The plan above."""

    parent = forms.ModelChoiceField(
        label=_("Plan above"), queryset=Plan.objects.none(), required=False, empty_label="—"
    )

    def __init__(self, *args: Any, parents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]


class ResearchForm(forms.Form):
    """A study on which a marketing plan rests."""

    study = forms.ChoiceField(label=_("Study"), choices=Research.choices)
    upload = forms.FileField(label=_("File"))
    note = forms.CharField(label=pgettext("research", "Source and date"), required=False, max_length=200)


class NoteForm(forms.Form):
    """A reason, or a remark where none is needed."""

    note = forms.CharField(label=_("Reason"), max_length=500, widget=area())

    def __init__(self, *args: Any, is_needed: bool = True, label: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = is_needed
        if label:
            self.fields["note"].label = label


class ChangeForm(forms.Form):
    """Why an approved plan is changed, and what comes of it (PLN-12)."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=area())
    effect = forms.CharField(
        label=_("Effect"),
        max_length=1000,
        widget=area(),
        help_text=_("On goals, money and dates, and on other plans."),
    )


class EvaluationForm(forms.Form):
    """How the plan turned out (PLN-13)."""

    results = forms.CharField(label=_("Results"), max_length=10_000, widget=area(4))
    diagnosis = forms.CharField(label=_("Diagnosis of problems"), max_length=10_000, widget=area(4))
    strategy = forms.CharField(label=_("Change of strategy"), max_length=10_000, widget=area(4))
    lessons = forms.CharField(label=_("Lessons"), max_length=10_000, widget=area(4))


class StrategicGoalForm(forms.Form):
    """A goal of the company's strategy (PLN-08)."""

    code = forms.CharField(label=_("Code"), max_length=12)
    title = forms.CharField(label=_("Strategic goal"), max_length=80)
    description = forms.CharField(label=_("What it means"), required=False, max_length=2000, widget=area())
    from_year = forms.IntegerField(label=_("First year"), min_value=2000, max_value=2100)
    to_year = forms.IntegerField(label=_("Last year"), min_value=2000, max_value=2100)


class FilterForm(forms.Form):
    """The filters of the list; what cannot be read does not filter."""

    q = forms.CharField(label=_("Name, code, pinyin, initials"), required=False, max_length=80)
    year = forms.IntegerField(label=_("Year"), required=False, min_value=2000, max_value=2100)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Any")), *Kind.choices])
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("Any")), *Status.choices])
    unit = UnitField(label=_("Organisation unit"), required=False)

    @property
    def filters(self) -> Filters:
        """What was asked for and could be read."""
        self.full_clean()
        read: dict[str, Any] = getattr(self, "cleaned_data", {})
        return Filters(
            year=read.get("year"),
            kind=read.get("kind", ""),
            status=read.get("status", ""),
            unit=read.get("unit") or None,
            words=read.get("q", ""),
        )


def asked_year(text: str) -> int:
    """The year `2025`, or the present one."""
    return int(text) if text.isdecimal() and 2000 <= int(text) <= 2100 else clock.today().year
