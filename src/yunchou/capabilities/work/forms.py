"""What people fill in about tasks and assignments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.identity.selectors import colleagues
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import SeenForm

from .actions.division import Assigned
from .actions.tasks import Fields, Wait
from .actions.templates import Head, TemplateFields
from .matching import MOST_LAG
from .models import Assignment, Dependency, GanttTask, ScheduleTemplate, TemplateTask
from .occasions import kind_choices
from .permissions import Perm
from .schedule import Kind
from .stamps import assignment_stamp, task_stamp
from .states import DayCount, Hold, Phase, State
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


def _days(**options: Any) -> forms.IntegerField:
    return forms.IntegerField(min_value=0, max_value=MOST_LAG, required=False, **options)


def _offset(**options: Any) -> forms.IntegerField:
    return forms.IntegerField(min_value=-MOST_LAG, max_value=MOST_LAG, **options)


class MoveForm(forms.Form):
    """New dates of a task."""

    start = forms.DateField()
    end = forms.DateField()
    follow = forms.BooleanField(required=False)


class StampedForm(SeenForm):
    """A form of a row that somebody else may change meanwhile."""

    @property
    def stamp(self) -> str:
        """How the row stood when the form was shown."""
        return str(self.cleaned_data["seen"])

    def filled_in(self) -> dict[str, Any]:
        """What the person filled in."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class TaskRowForm(StampedForm):
    """The columns of a task that are edited in its row."""

    name = forms.CharField(label=_("Task"), max_length=120)
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), required=False, empty_label="—")
    start_on = _day(label=_("Start"))
    end_on = _day(label=_("End"), help_text=_("The end day is not counted"))
    note = forms.CharField(label=_("Key-point note"), max_length=200, required=False)

    def __init__(self, *args: Any, subject: Subject, task: GanttTask | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": _task_values(task), **kwargs})
        self.subject, self.task = subject, task
        self.fields["owner"].queryset = people_of(subject, also=task.owner_id if task else None)  # type: ignore[attr-defined]

    def as_fields(self) -> Fields:
        """What was filled in; what this form does not ask for stays as it is."""
        return Fields(**{**_task_values(self.task, for_action=True), **self.filled_in()})


class TaskForm(TaskRowForm):
    """Everything about a task.

    For each predecessor that is chosen, `kind-<task>` and `lag-<task>` say how it holds; `waits` are these fields.
    """

    phase = forms.ChoiceField(
        label=_("Phase"), choices=[("", _("By its name")), *Phase.choices], required=False
    )
    is_milestone = forms.BooleanField(label=_("Milestone"), required=False)
    predecessors = forms.ModelMultipleChoiceField(
        GanttTask.objects.none(), label=_("Predecessors"), required=False
    )
    module = forms.CharField(label=_("Module"), max_length=40, required=False)
    standard = forms.CharField(
        label=_("Delivery standard"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    low_days = _days(label=_("Days at best"))
    likely_days = _days(label=_("Days as a rule"))
    high_days = _days(label=_("Days at worst"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = GanttTask.objects.filter(subject=self.subject).order_by("position", "pk")
        self.fields["predecessors"].queryset = others.exclude(pk=self.task.pk) if self.task else others  # type: ignore[attr-defined]

    @property
    def waits(self) -> list[WaitFields]:
        """The predecessors that are chosen, each with how it holds."""
        if self.is_bound:
            chosen = self.data.getlist("predecessors") if isinstance(self.data, QueryDict) else []
            wanted = [str(pk) for pk in chosen if str(pk).isdecimal()]
            tasks = self.fields["predecessors"].queryset.filter(pk__in=wanted)  # type: ignore[attr-defined]
            return [
                WaitFields(
                    task,
                    self.data.get(f"kind-{task.pk}", Kind.FINISH_START.value),
                    self.data.get(f"lag-{task.pk}", "0"),
                )
                for task in tasks
            ]
        links = Dependency.objects.filter(task=self.task).select_related("predecessor") if self.task else ()
        return [WaitFields(link.predecessor, link.kind, str(link.lag)) for link in links]

    def clean_predecessors(self) -> list[Wait]:
        found = []
        for row in self.waits:
            wait = row.read()
            if wait is None:
                raise forms.ValidationError(
                    pgettext(
                        "schedule",
                        "%(task)s: choose how it holds, and whole days between -%(most)s and %(most)s.",
                    ),
                    params={"task": row.task, "most": MOST_LAG},
                )
            found.append(wait)
        return found


def _task_values(task: GanttTask | None, *, for_action: bool = False) -> dict[str, Any]:
    if task is None:
        return {} if for_action else {"phase": ""}
    links = Dependency.objects.filter(task=task)
    before: list[Any] = [Wait(link.predecessor_id, Kind(link.kind), link.lag) for link in links]
    seen = {}
    if not for_action:
        before, seen = [wait.predecessor for wait in before], {"seen": task_stamp(task)}
    return {
        **seen,
        "name": task.name,
        "owner": task.owner,
        "start_on": task.start_on,
        "end_on": task.end_on,
        "note": task.note,
        "phase": task.phase,
        "is_milestone": task.is_milestone,
        "predecessors": before,
        "module": task.module,
        "standard": task.standard,
        "low_days": task.low_days,
        "likely_days": task.likely_days,
        "high_days": task.high_days,
    }


@dataclass(frozen=True)
class WaitFields:
    """One predecessor in the dialog, as it was filled in."""

    task: GanttTask
    kind: str
    lag: str

    @property
    def kinds(self) -> list[tuple[str, Any, bool]]:
        """Value, words and whether it is chosen."""
        return [(value, label, value == self.kind) for value, label in Hold.choices]

    def read(self) -> Wait | None:
        """What was filled in; None where it is not understood."""
        try:
            wait = Wait(self.task.pk, Kind(self.kind), int(self.lag.strip() or "0"))
        except ValueError:
            return None
        return wait if abs(wait.lag) <= MOST_LAG else None


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


class AssignmentForm(StampedForm):
    """A row of the division of work."""

    module = forms.CharField(label=_("Module"), max_length=40)
    task = forms.CharField(label=_("Task"), max_length=120)
    description = forms.CharField(
        label=_("Description"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    standard = forms.CharField(
        label=_("Delivery standard"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Owner"), help_text=_("Exactly one person"), empty_label="—"
    )
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
        return Assigned(**{**self.filled_in(), "assistants": tuple(self.cleaned_data["assistants"])})


def _assignment_values(row: Assignment | None) -> dict[str, Any]:
    if row is None:
        return {}
    people = DIVISION.by_key["assistants"].from_json(row.assistants)
    return {
        "seen": assignment_stamp(row),
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


class DaysForm(forms.Form):
    """Which days count."""

    days = forms.ChoiceField(label=_("Days that count"), choices=DayCount.choices, widget=forms.RadioSelect)


class BaselineForm(forms.Form):
    """What a baseline is called."""

    name = forms.CharField(label=_("Name"), max_length=60)


def _unit_choices(user: User) -> Any:
    return units_with(user, Perm.TEMPLATES).filter(is_active=True).order_by("path")


class EventForm(forms.Form):
    """The day of the event."""

    event_on = forms.DateField(
        label=_("Day of the event"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class PlanForm(EventForm):
    """Which template a schedule is planned from, and around which day."""

    template = forms.ModelChoiceField(ScheduleTemplate.objects.none(), label=_("Template"))
    field_order = ("template", "event_on")

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = ScheduleTemplate.objects.of(subject.unit)  # type: ignore[attr-defined]


class TemplateForm(forms.Form):
    """What a template is called and for whom it is."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("Unit"),
        help_text=_("Its people and those of the units below plan from it"),
    )
    description = forms.CharField(label=_("Description"), max_length=300, required=False)

    def __init__(
        self, *args: Any, user: User, template: ScheduleTemplate | None = None, **kwargs: Any
    ) -> None:
        if template is not None:
            kwargs["initial"] = {
                "name": template.name,
                "kind": template.kind,
                "unit": template.unit_id,
                "description": template.description,
            }
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("All kinds")), *kind_choices()]  # type: ignore[attr-defined]
        self.fields["unit"].queryset = _unit_choices(user)  # type: ignore[attr-defined]

    def as_head(self) -> Head:
        """What was filled in."""
        data = self.cleaned_data
        return Head(data["name"], data["unit"], data["kind"], data["description"])


class DrawForm(TemplateForm, EventForm):
    """A template of the schedule of a subject, around the day of its event."""

    field_order = ("name", "event_on", "kind", "unit", "description")


class TemplateTaskForm(forms.Form):
    """One task of a template."""

    name = forms.CharField(label=_("Task"), max_length=120)
    phase = forms.ChoiceField(label=_("Phase"), choices=Phase.choices)
    start_offset = _offset(label=_("Start, T ±"))
    end_offset = _offset(
        label=_("End, T ±"),
        help_text=_("Working days from the event; −15 is T-15. The end day is not counted"),
    )
    predecessors = forms.CharField(
        label=_("Predecessors"),
        max_length=300,
        required=False,
        help_text=_("Names of tasks or T1; T1 SS+2 begins together, 2 days later"),
    )
    module = forms.CharField(label=_("Module"), max_length=40, required=False)
    standard = forms.CharField(
        label=_("Delivery standard"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    low_days = _days(label=_("Days at best"))
    likely_days = _days(label=_("Days as a rule"))
    high_days = _days(label=_("Days at worst"))
    note = forms.CharField(label=_("Key-point note"), max_length=200, required=False)
    is_milestone = forms.BooleanField(label=_("Milestone"), required=False)

    def __init__(self, *args: Any, task: TemplateTask | None = None, **kwargs: Any) -> None:
        initial = {name: getattr(task, name) for name in self.base_fields} if task else {}
        super().__init__(*args, **{"initial": initial, **kwargs})

    def as_fields(self) -> TemplateFields:
        """What was filled in."""
        return TemplateFields(**self.cleaned_data)


class LateForm(forms.Form):
    """By how many days a task would be late."""

    days = forms.IntegerField(label=_("Days late"), min_value=-MOST_LAG, max_value=MOST_LAG)


class WindowForm(forms.Form):
    """Which weeks are shown."""

    weeks = forms.IntegerField(min_value=1, max_value=52, required=False)


WindowForm.base_fields["from"] = forms.DateField(required=False)
