"""What the owners of tasks owe while their subject runs (R-SCH-04)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from yunchou.kernel.core import clock
from yunchou.kernel.duties.actions import cancel, fulfil, owe, reassign, redate
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.models import Subject

from ..deliveries import Work, waiting_ids
from ..duties import ACCEPTANCE, DUE_HOUR, TASK, ladder
from ..models import Delivery, GanttTask
from ..rules import nothing_is_overdue
from ..states import State


@transaction.atomic
def owe_task_duties(*, subject: Subject, actor: User | None) -> int:
    """From now on the owners of open tasks owe them by their ends: reminded the day before, told of when late.

    Called when the work of a subject begins. Tasks without a known owner or an end owe nothing. Returns how many do.
    """
    tasks = list(GanttTask.objects.filter(subject=subject).select_related("owner", "subject"))
    waiting = waiting_ids(task.pk for task in tasks)
    return sum(_follow(task, actor, is_waiting=task.pk in waiting) for task in tasks)


def cancel_task_duties(*, subject: Subject, actor: User | None, reason: str = "") -> None:
    """Nobody owes the tasks of this subject any longer, nor their acceptance; when it is suspended, cancelled or closed."""
    for kind in (TASK, ACCEPTANCE):
        cancel(actor=actor, kind=kind.key, subject=subject, reason=reason)


def follow_tasks(*, tasks: Iterable[GanttTask], actor: User | None) -> None:
    """Let what is owed follow tasks that changed, where the subject's tasks are owed at all."""
    tasks = list(tasks)
    if tasks and Duty.objects.filter(subject=tasks[0].subject_id, kind=TASK.key).exists():
        waiting = waiting_ids(task.pk for task in tasks)
        for task in tasks:
            _follow(task, actor, is_waiting=task.pk in waiting)


def drop_task(*, task: GanttTask, actor: User | None) -> None:
    """A task that is deleted is owed by nobody."""
    if duty := _open_duty(task):
        cancel(actor=actor, key=duty.key)


def drop_deliveries(*, work: Work, actor: User | None) -> None:
    """Nobody has to accept work that is deleted."""
    for one in work.deliveries.filter(verdict=Delivery.Verdict.WAITING):
        cancel(actor=actor, key=acceptance_key(one))


def acceptance_key(delivery: Delivery) -> str:
    """The key of the duty to look at what was handed in."""
    return f"{ACCEPTANCE.key}:{delivery.pk}"


def _follow(task: GanttTask, actor: User | None, *, is_waiting: bool) -> bool:
    """Make the one open duty of a task say what the task says; true where something is owed afterwards.

    What waits to be accepted is owed by its owner no longer.
    """
    duty = _open_duty(task)
    if task.state == State.DONE or is_waiting:
        if duty:
            fulfil(actor=actor, key=duty.key)
        return False
    if task.owner is None or task.end_on is None:
        if duty:
            cancel(actor=actor, key=duty.key)
        return False
    due_at = clock.moment(task.end_on, DUE_HOUR)
    if duty is None:
        _owe(task, task.owner, actor)
        return True
    if duty.owner_id != task.owner_id:
        duty = reassign(duty=duty, to=task.owner, actor=actor)
    if duty.due_at != due_at:
        redate(duty=duty, due_at=due_at, actor=actor)
    return True


def _owe(task: GanttTask, owner: User, actor: User | None) -> None:
    assert task.end_on is not None
    params = params_on([nothing_is_overdue])[nothing_is_overdue.id]
    earlier = Duty.objects.filter(
        key__startswith=_prefix(task)
    ).count()  # a task that was reopened is owed anew
    owe(
        kind=TASK.key,
        subject=task.subject,
        owner=owner,
        due_at=clock.moment(task.end_on, DUE_HOUR),
        key=f"{_prefix(task)}{earlier}",
        params={"task": str(task)},
        ladder=ladder(params.remind_days),
        actor=actor,
    )


def _prefix(task: GanttTask) -> str:
    return f"{TASK.key}:{task.pk}:"


def _open_duty(task: GanttTask) -> Duty | None:
    found = Duty.objects.open().filter(subject=task.subject_id, key__startswith=_prefix(task))
    return found.select_related("subject", "owner").first()
