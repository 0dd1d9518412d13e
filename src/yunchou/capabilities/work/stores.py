"""How the rows of the two tables live in the database."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import bulk, clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say
from yunchou.kernel.sheets.persons import people, person
from yunchou.kernel.sheets.store import Access, ModelStore, as_json, attribute
from yunchou.kernel.subjects.models import Subject

from .matching import Named, Names
from .models import Assignment, Dependency, GanttTask, Owned
from .schedule import Kind
from .states import Phase, State
from .tables import DIVISION, SCHEDULE, AssignmentRow, NamedLink, TaskRow


def _set_state(row: Owned, state: State | None) -> None:
    row.state = state or ""


STATE = Access(lambda row: State(row.state) if row.state else None, _set_state)


def _refuse_done(model: type[Owned], row: AssignmentRow | TaskRow) -> None:
    """One row does not become done by being typed so: what was handed in is accepted (TEA-05). Whole imports keep theirs."""
    if row.state == State.DONE and not model._default_manager.filter(pk=row.pk, state=State.DONE).exists():
        words = say(_("It is done when what was handed in is accepted."))
        raise Invalid(words, fields={"state": words})


@dataclass(frozen=True)
class AssignmentStore(ModelStore[Assignment, AssignmentRow]):
    """Keeps the division of work."""

    def save_row(self, subject: Subject, row: AssignmentRow, *, actor: Any = None) -> Assignment:
        _refuse_done(Assignment, row)
        return super().save_row(subject, row, actor=actor)


ASSIGNMENTS = AssignmentStore(
    Assignment,
    DIVISION,
    {"owner": person("owner"), "assistants": people("assistants"), "state": STATE},
    select_related=("owner",),
)


@dataclass(frozen=True)
class TaskStore(ModelStore[GanttTask, TaskRow]):
    """Keeps tasks, and makes the predecessors whose names are exact into links. Mapped names stay mapped while written."""

    def save(self, subject: Subject, rows: Sequence[TaskRow], *, actor: Any = None) -> None:
        super().save(subject, rows, actor=actor)
        sync_links(subject)

    def save_row(self, subject: Subject, row: TaskRow, *, actor: Any = None) -> GanttTask:
        _refuse_done(GanttTask, row)
        task = super().save_row(subject, row, actor=actor)
        sync_links(subject)
        return task

    def delete_row(self, subject: Subject, pk: int, *, actor: Any = None) -> TaskRow:
        row = super().delete_row(subject, pk, actor=actor)
        sync_links(subject)
        return row

    def row(self, instance: GanttTask) -> TaskRow:
        return replace(
            super().row(instance),
            phase=Phase(instance.phase),
            progress=instance.progress,
            is_milestone=instance.is_milestone,
            done_on=instance.done_on,
            baseline_start_on=instance.baseline_start_on,
            baseline_end_on=instance.baseline_end_on,
            is_overridden=bool(instance.override_reason),
        )

    def _fill(self, instance: GanttTask, row: TaskRow) -> GanttTask:
        is_new = instance.pk is None
        super()._fill(instance, row)
        if is_new:
            instance.phase = row.known_phase
            instance.is_milestone = row.is_milestone
            instance.progress = 100 if row.state == State.DONE else row.progress
        elif row.state == State.DONE:
            instance.progress = 100
        return instance


TASKS = TaskStore(
    GanttTask,
    SCHEDULE,
    {
        "owner": person("owner"),
        "predecessors": as_json(SCHEDULE, "predecessors", "predecessor_names"),
        "state": STATE,
        "days": attribute("days"),
    },
    select_related=("owner",),
)


LINK = ("task_id", "predecessor_id", "given", "kind", "lag")
"""What is read of a saved link."""


def links_between(tasks: Sequence[TaskRow]) -> tuple[NamedLink, ...]:
    """The saved links of saved rows, as positions; one query."""
    place = {task.pk: n for n, task in enumerate(tasks)}
    found = Dependency.objects.filter(task__in=[pk for pk in place if pk is not None]).order_by("pk")
    return tuple(
        NamedLink(place[predecessor], place[task], given, Kind(kind), lag)
        for task, predecessor, given, kind, lag in found.values_list(*LINK)
        if predecessor in place
    )


class _Task(NamedTuple):
    """What links are made of."""

    pk: int
    name: str
    names: Sequence[str]


def sync_links(subject: Subject) -> None:
    """Make links say what the predecessors' names say: exact names are linked, names no longer written are not.

    A link that a person made for another name is kept while that name is written. How a link holds is what is written.
    """
    found = GanttTask.objects.filter(subject=subject).order_by("position", "pk")
    tasks = [_Task(*row) for row in found.values_list("pk", "name", "predecessor_names")]
    held = list(
        Dependency.objects.filter(task__subject=subject).values_list(
            "pk", "given", "task_id", "predecessor_id"
        )
    )
    written = {(task.pk, name) for task in tasks for name in task.names}
    gone = [pk for pk, given, task, _predecessor in held if (task, given) not in written]
    if gone:
        Dependency.objects.filter(pk__in=gone).delete()
    kept = [(given, task, predecessor) for pk, given, task, predecessor in held if (task, given) in written]
    taken = {(task, given) for given, task, _predecessor in kept}
    linked = {(task, predecessor) for _given, task, predecessor in kept}
    now = clock.now()
    names = ("task", "predecessor", "given", "kind", "lag", "chosen_at")
    bulk.insert_values(Dependency, names, ((*row, now) for row in _missing(tasks, taken, linked)))


def _missing(
    tasks: Sequence[_Task], taken: Container[tuple[int, str]], linked: set[tuple[int, int]]
) -> Iterator[tuple[int, int, str, Kind, int]]:
    """What is written and not linked, as task, predecessor, the name as it was given, kind and lag."""
    names = Names([Named(task.name) for task in tasks])
    for task in tasks:
        for name in task.names:
            found = None if (task.pk, name) in taken else names.found(name)
            if found is None:
                continue
            predecessor = tasks[found.position].pk
            if predecessor != task.pk and (task.pk, predecessor) not in linked:
                linked.add((task.pk, predecessor))
                yield task.pk, predecessor, name, found.kind, found.lag
