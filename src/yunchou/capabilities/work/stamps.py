"""How a row stood when it was shown, so that an older window does not write over a newer one (`ui.seen`)."""

from __future__ import annotations

from yunchou.kernel.ui.seen import stamp

from .models import Assignment, Dependency, GanttTask


def task_stamp(task: GanttTask) -> str:
    """Of what a person plans of a task, its predecessors included; how far it has come is said elsewhere. One query."""
    waits = (
        Dependency.objects.filter(task=task).order_by("predecessor").values_list("predecessor", "kind", "lag")
    )
    return stamp(
        task.name, task.owner_id, task.start_on, task.end_on, task.note, task.phase, task.is_milestone, task.module,
        task.standard, task.low_days, task.likely_days, task.high_days, *waits,
    )  # fmt: skip


def assignment_stamp(row: Assignment) -> str:
    """Of a row of the division of work, without its state."""
    return stamp(
        row.module,
        row.task,
        row.description,
        row.standard,
        row.owner_id,
        row.assistants,
        row.start_on,
        row.end_on,
    )
