"""Tasks beside the plan: what a response to a risk or a decision on an issue makes people do while a plan is carried out.

They stand in the schedule behind the tasks of the plan, and are owed, moved and done like those. They are no rows of the
table that approvers decided on: versions, changes and the workbook know the plan alone. A room above says which they are:

    @beside_by
    def tasks_of_measures() -> QuerySet[Any]:
        return Measure.objects.filter(task__isnull=False).values("task")
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import QuerySet

from yunchou.kernel.subjects.models import Subject

from .models import GanttTask
from .stores import TASKS, TaskStore
from .tables import TaskRow

Provider: TypeAlias = Callable[[], QuerySet[Any]]

_providers: list[Provider] = []


def beside_by(provider: Provider) -> Provider:
    """Let a room above name its tasks: a query of their keys, none of them empty."""
    _providers.append(provider)
    return provider


def among_plan(tasks: QuerySet[GanttTask]) -> QuerySet[GanttTask]:
    """Of these tasks those of the plan, in the same query."""
    for provider in _providers:
        tasks = tasks.exclude(pk__in=provider())
    return tasks


def keep_behind(subject: Subject) -> None:
    """Let the tasks beside the plan stand behind those of the plan, whatever was added to it."""
    planned = set(among_plan(GanttTask.objects.filter(subject=subject)).values_list("pk", flat=True))
    rows = list(GanttTask.objects.filter(subject=subject).order_by("position", "pk").only("pk", "position"))
    if len(planned) == len(rows):
        return
    last = max((row.position for row in rows if row.pk in planned), default=0)
    behind = [row for row in rows if row.pk not in planned]
    for place, row in enumerate(behind, last + 1):
        row.position = place
    GanttTask.objects.bulk_update(behind, ["position"])


@dataclass(frozen=True)
class PlannedStore(TaskStore):
    """The rows of the plan alone, as workbook, versions and approvals have them."""

    def save(self, subject: Subject, rows: Sequence[TaskRow], *, actor: Any = None) -> None:
        super().save(subject, rows, actor=actor)
        keep_behind(subject)

    def save_row(self, subject: Subject, row: TaskRow, *, actor: Any = None) -> GanttTask:
        task = super().save_row(subject, row, actor=actor)
        keep_behind(subject)
        return task

    def among(self, instances: QuerySet[GanttTask]) -> QuerySet[GanttTask]:
        """Of the tasks of several subjects the rows of their plans."""
        return among_plan(instances)

    def _of(self, subject: Subject) -> QuerySet[GanttTask]:
        return among_plan(super()._of(subject))


PLANNED = PlannedStore(TASKS.model, TASKS.table, TASKS.fields, TASKS.select_related)
