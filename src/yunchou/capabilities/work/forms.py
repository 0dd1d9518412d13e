"""What people fill in about tasks and assignments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.selectors import colleagues
from yunchou.kernel.subjects.models import Subject

from .actions.division import Assigned
from .actions.tasks import Fields
from .models import Assignment, Dependency, GanttTask
from .states import Phase, State
from .tables import DIVISION


def people_of(subject: Subject, *, also: int | None = None) -> Any:
    """Who may be given work: colleagues of the region and the subject's team, and who has it already."""
    ids = [*colleagues(subject.unit).values_list("pk", flat=True)]
    ids += subject.members.values_list("user", flat=True)
    return User.objects.filter(pk__in=[*ids, also] if also else ids).order_by("name_pinyin")


def _day(**options: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), required=False, **options
    )


class MoveForm(forms.Form):
    """New dates of a task."""

    start = forms.DateField()
    end = forms.DateField()
    follow = forms.BooleanField(required=False)


class TaskRowForm(forms.Form):
    """The columns of a task that are edited in its row."""

    name = forms.CharField(label=_("Task"), max_length=120)
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), required=False)
    start_on = _day(label=_("Start"))
    end_on = _day(label=_("End"), help_text=_("The end day is not counted"))
    note = forms.CharField(label=_("Key-point note"), max_length=200, required=False)

    def __init__(self, *args: Any, subject: Subject, task: GanttTask | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": _task_values(task), **kwargs})
        self.subject, self.task = subject, task
        self.fields["owner"].queryset = people_of(subject, also=task.owner_id if task else None)  # type: ignore[attr-defined]

    def as_fields(self) -> Fields:
        """What was filled in; what this form does not ask for stays as it is."""
        return Fields(**{**_task_values(self.task, for_action=True), **self.cleaned_data})


class TaskForm(TaskRowForm):
    """Everything about a task."""

    phase = forms.ChoiceField(
        label=_("Phase"), choices=[("", _("By its name")), *Phase.choices], required=False
    )
    is_milestone = forms.BooleanField(label=_("Milestone"), required=False)
    predecessors = forms.ModelMultipleChoiceField(
        GanttTask.objects.none(), label=_("Predecessors"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = GanttTask.objects.filter(subject=self.subject).order_by("position", "pk")
        self.fields["predecessors"].queryset = others.exclude(pk=self.task.pk) if self.task else others  # type: ignore[attr-defined]

    def clean_predecessors(self) -> list[int]:
        return [task.pk for task in self.cleaned_data["predecessors"]]


def _task_values(task: GanttTask | None, *, for_action: bool = False) -> dict[str, Any]:
    if task is None:
        return {} if for_action else {"phase": ""}
    before = list(Dependency.objects.filter(task=task).values_list("predecessor", flat=True))
    return {
        "name": task.name,
        "owner": task.owner,
        "start_on": task.start_on,
        "end_on": task.end_on,
        "note": task.note,
        "phase": task.phase,
        "is_milestone": task.is_milestone,
        "predecessors": before,
    }


class StateForm(forms.Form):
    """A new state; the reason is asked for where predecessors are not done."""

    state = forms.ChoiceField(choices=State.choices)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class ProgressForm(forms.Form):
    """How far a task is."""

    percent = forms.IntegerField(label=_("Progress"), min_value=0, max_value=100)


class LinkForm(forms.Form):
    """Which task comes first, and how it was written."""

    predecessor = forms.ModelChoiceField(GanttTask.objects.none())
    given = forms.CharField(max_length=120, required=False)

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["predecessor"].queryset = GanttTask.objects.filter(subject=subject)  # type: ignore[attr-defined]


class AssignmentForm(forms.Form):
    """A row of the division of work."""

    module = forms.CharField(label=_("Module"), max_length=40)
    task = forms.CharField(label=_("Task"), max_length=120)
    description = forms.CharField(
        label=_("Description"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    standard = forms.CharField(
        label=_("Delivery standard"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), help_text=_("Exactly one person"))
    assistants = forms.ModelMultipleChoiceField(User.objects.none(), label=_("Assistants"), required=False)
    is_whole_team = forms.BooleanField(label=_("The whole team assists"), required=False)
    start_on = _day(label=_("Start"))
    end_on = _day(label=_("End"))

    def __init__(
        self, *args: Any, subject: Subject, assignment: Assignment | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"initial": _assignment_values(assignment), **kwargs})
        people = people_of(subject, also=assignment.owner_id if assignment else None)
        self.fields["owner"].queryset = self.fields["assistants"].queryset = people  # type: ignore[attr-defined]

    def as_fields(self) -> Assigned:
        """What was filled in."""
        return Assigned(**{**self.cleaned_data, "assistants": tuple(self.cleaned_data["assistants"])})


def _assignment_values(row: Assignment | None) -> dict[str, Any]:
    if row is None:
        return {}
    people = DIVISION.by_key["assistants"].from_json(row.assistants)
    return {
        "module": row.module,
        "task": row.task,
        "description": row.description,
        "standard": row.standard,
        "owner": row.owner_id,
        "assistants": [person.id for person in people if person.id],
        "is_whole_team": any(person.is_team for person in people),
        "start_on": row.start_on,
        "end_on": row.end_on,
    }
