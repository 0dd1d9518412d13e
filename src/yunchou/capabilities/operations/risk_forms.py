"""What people fill in about triggers, prepared resources, the library, safety plans and early warnings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.work.models import GanttTask
from yunchou.directory.suppliers.models import Supplier
from yunchou.directory.suppliers.selectors import choosable
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.identity.selectors import colleagues
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import SeenForm

from .models import (
    Category,
    Comparator,
    Emergency,
    LibraryRisk,
    PreparedResource,
    Risk,
    Scenario,
    Warned,
    WarningField,
    Watch,
    Wish,
)
from .tables import proposed_trigger

GRADES = [
    (3, pgettext_lazy("grade", "high")),
    (2, pgettext_lazy("grade", "medium")),
    (1, pgettext_lazy("grade", "low")),
]
TWO_WEEKS = 14 * 24 * 60


def lines(label: Any, *, rows: int = 3, required: bool = True, **options: Any) -> forms.CharField:
    """A text of several lines."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=4000, widget=widget, **options)


def day(label: Any, *, required: bool = False, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, required=required, **options)


def people_near(subject: Subject) -> Any:
    """The team of a subject and the people of its region, by name."""
    ids = [*colleagues(subject.unit).values_list("pk", flat=True)]
    ids += subject.members.values_list("user", flat=True)
    return User.objects.filter(pk__in=ids).order_by("name_pinyin")


class TriggerForm(forms.Form):
    """What sets a risk off by itself, and how long the response may take. Fields of other ways are left alone."""

    watch = forms.ChoiceField(label=_("Trigger by"), choices=Watch.choices, required=False)
    indicator = forms.CharField(
        label=_("Indicator watched"),
        max_length=60,
        required=False,
        help_text=_("As it is recorded: rain probability, exposure"),
    )
    comparator = forms.ChoiceField(label=_("Comparison"), choices=Comparator.choices, required=False)
    value = forms.DecimalField(
        label=pgettext_lazy("trigger", "Value"), required=False, max_digits=18, decimal_places=4
    )
    task = forms.ModelChoiceField(
        GanttTask.objects.none(), label=pgettext_lazy("trigger", "Task"), required=False
    )
    wish = forms.ChoiceField(label=_("It must be"), choices=Wish.choices, required=False)
    on = day(_("Only on this day"), help_text=_("Of a task its planned end, if empty"))
    at = forms.TimeField(
        label=_("Time of day"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ahead_minutes = forms.IntegerField(
        label=_("Tested ahead"), required=False, min_value=0, max_value=TWO_WEEKS
    )
    limit_minutes = forms.IntegerField(
        label=_("Time limit of the response"), required=False, min_value=1, max_value=TWO_WEEKS
    )
    ahead_days = forms.IntegerField(
        label=_("Ready ahead of the event"), required=False, min_value=0, max_value=60
    )

    def __init__(self, *args: Any, risk: Risk, preset: LibraryRisk | None = None, **kwargs: Any) -> None:
        taken: Any = preset or risk
        names = [name for name in self.base_fields if hasattr(taken, name)]
        initial: dict[str, Any] = {name: getattr(taken, name) for name in names}
        if preset is None and not risk.watch and (proposed := proposed_trigger(risk.trigger)):
            initial |= dict(zip(("indicator", "comparator", "value"), proposed, strict=True))
            initial["watch"] = Watch.READING
        super().__init__(*args, **{"initial": initial, **kwargs})
        field: Any = self.fields["task"]
        field.queryset = GanttTask.objects.filter(subject=risk.subject_id).order_by("position", "pk")
        if preset and preset.task_words:
            self.initial["task"] = field.queryset.filter(name__contains=preset.task_words).first()


class ValueForm(forms.Form):
    """A value of what a trigger watches: the weather forecast, a measurement."""

    value = forms.DecimalField(label=pgettext_lazy("trigger", "Value"), max_digits=18, decimal_places=4)
    day = day(_("Date"), required=True)
    note = forms.CharField(label=_("Where it comes from"), max_length=200, required=False)


class ResourceForm(forms.Form):
    """A backup that stands ready."""

    kind = forms.ChoiceField(label=_("Kind"), choices=PreparedResource.Kind.choices)
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    supplier = forms.ModelChoiceField(Supplier.objects.none(), label=_("Supplier"), required=False)
    contact = forms.CharField(
        label=_("How to reach them"), max_length=120, required=False, help_text=_("Seen by the team only")
    )
    note = forms.CharField(label=_("What was agreed"), max_length=200, required=False)

    def __init__(
        self, *args: Any, user: User, resource: PreparedResource | None = None, **kwargs: Any
    ) -> None:
        initial = {name: getattr(resource, name) for name in self.base_fields} if resource else {}
        super().__init__(*args, **{"initial": initial, **kwargs})
        field: Any = self.fields["supplier"]
        field.queryset = choosable(user)


class CopyForm(forms.Form):
    """Risks of the library that are not in the plan yet."""

    entries = forms.ModelMultipleChoiceField(
        LibraryRisk.objects.none(), label=_("Risks"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = Risk.objects.filter(subject=subject).values("scenario")
        field: Any = self.fields["entries"]
        field.queryset = LibraryRisk.objects.filter(is_active=True).exclude(scenario__in=there)
        field.label_from_instance = lambda one: f"{one.get_category_display()} · {one.scenario}"


class LibraryForm(forms.Form):
    """A risk worth knowing, with its response and its trigger."""

    scenario = forms.CharField(label=_("Scenario"), max_length=80)
    category = forms.ChoiceField(label=pgettext_lazy("risk", "Category"), choices=Category.choices)
    likelihood = forms.TypedChoiceField(label=_("Likelihood"), choices=GRADES, coerce=int)
    impact = forms.TypedChoiceField(label=_("Impact"), choices=GRADES, coerce=int)
    responses = lines(_("Response"), help_text=_("One measure a line"))
    trigger = forms.CharField(label=_("Trigger"), max_length=200, required=False)
    watch = forms.ChoiceField(label=_("Tested by the system"), choices=Watch.choices, required=False)
    indicator = forms.CharField(label=_("Indicator watched"), max_length=60, required=False)
    comparator = forms.ChoiceField(
        label=_("Comparison"), choices=[("", "—"), *Comparator.choices], required=False
    )
    value = forms.DecimalField(
        label=pgettext_lazy("trigger", "Value"), required=False, max_digits=18, decimal_places=4
    )
    task_words = forms.CharField(label=_("Task named like"), max_length=40, required=False)
    limit_minutes = forms.IntegerField(
        label=_("Time limit of the response"), required=False, min_value=1, max_value=TWO_WEEKS
    )
    lesson = lines(_("What was learnt"), rows=2, required=False)

    def __init__(self, *args: Any, entry: LibraryRisk | None = None, **kwargs: Any) -> None:
        initial: dict[str, Any] = (
            {name: getattr(entry, name) for name in self.base_fields}
            if entry
            else {"likelihood": 2, "impact": 2}
        )
        if entry:
            initial["responses"] = "\n".join(entry.responses)
        super().__init__(*args, **{**kwargs, "initial": {**initial, **(kwargs.get("initial") or {})}})

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("watch") == Watch.READING:
            if not told.get("indicator"):
                self.add_error("indicator", _("Name the indicator that is recorded."))
            if told.get("value") is None or not told.get("comparator"):
                self.add_error("value", _("An indicator needs a comparison and a value."))
        if told.get("watch") == Watch.TASK and not told.get("task_words"):
            self.add_error("task_words", _("Say how such tasks are called."))
        return told


class EmergencyForm(forms.Form):
    """Who does what in an emergency."""

    scenario = forms.ChoiceField(label=_("Emergency"), choices=Scenario.choices)
    name = forms.CharField(
        label=_("Name"), max_length=60, required=False, help_text=_("Of any other emergency")
    )
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Responsible"), required=False)
    deputy = forms.ModelChoiceField(User.objects.none(), label=_("In absence"), required=False)
    steps = lines(_("Steps"), rows=6, required=False, help_text=_("One step a line"))
    help_at = forms.CharField(label=_("Help and meeting point"), max_length=200, required=False)

    def __init__(
        self,
        *args: Any,
        subject: Subject,
        emergency: Emergency | None = None,
        scenario: str = "",
        **kwargs: Any,
    ) -> None:
        initial: dict[str, Any] = {"scenario": scenario or Scenario.OTHER}
        if emergency:
            initial = {name: getattr(emergency, name) for name in self.base_fields}
            initial["steps"] = "\n".join(emergency.steps)
        super().__init__(*args, **{"initial": initial, **kwargs})
        for name in ("owner", "deputy"):
            field: Any = self.fields[name]
            field.queryset = people_near(subject)


class WarningForm(forms.Form):
    """A risk to the business that somebody noticed."""

    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=pgettext_lazy("warning", "Centre"), empty_label=None
    )
    field = forms.ChoiceField(label=_("About"), choices=WarningField.choices)
    title = forms.CharField(label=pgettext_lazy("warning", "Warning"), max_length=120)
    source = forms.CharField(label=_("Source"), max_length=120, help_text=_("Report, market research, media"))
    level = forms.TypedChoiceField(
        label=pgettext_lazy("warning", "Level"), choices=GRADES, coerce=int, initial=2
    )
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Responsible"))
    detail = lines(_("What was noticed"), required=False)
    response = lines(_("Response"), rows=2, required=False)

    def __init__(self, *args: Any, user: User, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"owner": user.pk, "level": 2}, **kwargs})
        fields: Any = self.fields
        fields["unit"].queryset = units
        near = [colleagues(unit).values("pk") for unit in units]
        people = User.objects.filter(pk=user.pk)
        for each in near:
            people |= User.objects.filter(pk__in=each)
        fields["owner"].queryset = people.distinct().order_by("name_pinyin")


class FollowForm(SeenForm):
    """What becomes of a warning."""

    state = forms.ChoiceField(label=pgettext_lazy("warning", "State"), choices=Warned.choices)
    level = forms.TypedChoiceField(label=pgettext_lazy("warning", "Level"), choices=GRADES, coerce=int)
    response = lines(_("Response"), rows=2, required=False)
    note = lines(pgettext_lazy("risk", "What happened"), rows=2)
