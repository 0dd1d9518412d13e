"""Tasks beside the plan: what a response to a risk or a decision on an issue makes people do while a plan is carried out.

They stand in the schedule behind the tasks of the plan, and are owed, moved and done like those. They are no rows of the
table that approvers decided on: versions, changes and the workbook know the plan alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet

from yunchou.kernel.subjects.models import Subject

from .models import GanttTask
from .stores import TASKS, TaskStore
from .tables import TaskRow


def keep_behind(subject: Subject) -> None:
    """Let the tasks beside the plan stand behind those of the plan, whatever was added to it."""
    tasks = GanttTask.objects.filter(subject=subject)
    behind = list(tasks.filter(is_beside=True).order_by("position", "pk").only("pk", "position"))
    if not behind:
        return
    last = tasks.filter(is_beside=False).aggregate(last=Max("position"))["last"] or 0
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
        return instances.filter(is_beside=False)

    def _of(self, subject: Subject) -> QuerySet[GanttTask]:
        return super()._of(subject).filter(is_beside=False)


PLANNED = PlannedStore(TASKS.model, TASKS.table, TASKS.fields, TASKS.select_related)
