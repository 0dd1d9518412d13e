"""Who waits for whom."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, RuleRefused
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..matching import Names
from ..models import Dependency, GanttTask
from ..permissions import Perm
from ..schedule import Kind, Link
from ..selectors import plan_of
from ..tables import SCHEDULE

TOO_EARLY = {
    Kind.FINISH_START: _("{task} begins before {predecessor} ends; days too early: {days}."),
    Kind.START_START: _("{task} begins before {predecessor} does; days too early: {days}."),
    Kind.FINISH_FINISH: _("{task} ends before {predecessor} does; days too early: {days}."),
    Kind.START_FINISH: _("{task} ends before {predecessor} begins; days too early: {days}."),
}


@transaction.atomic
def link_tasks(*, task: GanttTask, predecessor: GanttTask, actor: User, given: str = "") -> Dependency:
    """Let `task` wait for `predecessor`; records `work.linked`. The same link twice is one.

    `given` is the predecessor's name as it was written: it stays as it is, and means this task from now on; what stands
    behind the name says how it holds (`物料到位 SS+2`). Refuses tasks of different subjects, a loop, and what begins or ends
    before the link lets it (R-SCH-02).
    """
    subject = open_table(subject=task.subject, table=SCHEDULE.key, actor=actor, right=Perm.EDIT)
    if predecessor.subject_id != subject.pk:
        raise Invalid(say(_("Both tasks must belong to the same schedule.")))
    plan = plan_of(subject)
    _name, kind, lag = Names([row.named for row in plan.tasks]).read(given)
    link = Link(plan.position_of(predecessor.pk), plan.position_of(task.pk), kind, lag)
    if plan.schedule.would_loop(link):
        raise RuleRefused(say(_("{task} would wait for itself."), task=str(task)), code="loop")
    if days := plan.schedule.overlap(link):
        raise RuleRefused(
            say(
                TOO_EARLY[kind],
                task=str(task),
                days=days,
                predecessor=str(predecessor),
            ),
            code="predecessor",
        )
    given = given or predecessor.name
    held, made = Dependency.objects.get_or_create(
        task_id=task.pk,
        predecessor_id=predecessor.pk,
        defaults={
            "given": given,
            "kind": kind,
            "lag": lag,
            "chosen_by": actor,
            "chosen_at": clock.now(),
        },
    )
    if made:
        _write_name(task.pk, given)
        record(
            journal.LINKED,
            actor=actor,
            subject=subject,
            data={"task": str(task), "predecessor": str(predecessor), "given": given},
        )
    return held


@transaction.atomic
def map_predecessors(*, subject: Subject, actor: User, chosen: Mapping[tuple[int, str], int]) -> int:
    """Say for many predecessors' names at once which tasks they mean; returns how many links came of it.

    `chosen` maps (position of the task from 0, the name as given) to the position of the predecessor, as the import's
    preview proposed and a person accepted. Refuses and records like `link_tasks`, all or nothing.
    """
    tasks = list(
        GanttTask.objects.filter(subject=subject).select_related("subject").order_by("position", "pk")
    )
    before = Dependency.objects.filter(task__subject=subject).count()
    for (task, given), predecessor in chosen.items():
        link_tasks(task=tasks[task], predecessor=tasks[predecessor], actor=actor, given=given)
    return Dependency.objects.filter(task__subject=subject).count() - before


@transaction.atomic
def unlink_tasks(*, task: GanttTask, predecessor: GanttTask, actor: User) -> None:
    """Let `task` no longer wait for `predecessor`; records `work.unlinked`. Where it does not wait, nothing happens."""
    subject = open_table(subject=task.subject, table=SCHEDULE.key, actor=actor, right=Perm.EDIT)
    link = Dependency.objects.filter(task=task, predecessor=predecessor).first()
    if link is None:
        return
    fresh = GanttTask.objects.get(pk=task.pk)
    names = [name for name in fresh.predecessor_names if name != link.given]
    GanttTask.objects.filter(pk=task.pk).update(predecessor_names=names)
    link.delete()
    record(
        journal.UNLINKED,
        actor=actor,
        subject=subject,
        data={"task": str(task), "predecessor": str(predecessor)},
    )


def _write_name(pk: int, given: str) -> None:
    """The predecessors of a task as written include `given`."""
    task = GanttTask.objects.get(pk=pk)
    if given not in task.predecessor_names:
        task.predecessor_names = [*task.predecessor_names, given]
        task.save(update_fields=["predecessor_names"])
