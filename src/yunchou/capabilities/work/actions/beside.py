"""Tasks beside the plan, as an action of a room above decides them: it has checked the right and holds the lock."""

from __future__ import annotations

from datetime import date

from django.db.models import Max

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import GanttTask
from ..states import STATE_WORDS, State
from .owed import follow_tasks

LENGTH = 120
"""What the name of a task may hold."""


def add_beside(
    *, subject: Subject, name: str, owner: User | None, until: date, note: str, actor: User | None
) -> GanttTask | None:
    """Put a task from today until a day behind the plan; records `work.task_added`. None where there is no schedule."""
    last = GanttTask.objects.filter(subject=subject).aggregate(last=Max("position"))["last"]
    if last is None:
        return None
    today = clock.today()
    until = max(today, until)
    task = GanttTask.objects.create(
        subject=subject, position=last + 1, name=name[:LENGTH], owner=owner, start_on=today, end_on=until,
        days=(until - today).days, note=note[:200], state=State.NOT_STARTED, is_beside=True,
    )  # fmt: skip
    record(journal.TASK_ADDED, actor=actor, subject=subject, data={"task": str(task)})
    follow_tasks(tasks=[task], actor=actor)
    return task


def end_beside(*, task: GanttTask, actor: User | None) -> None:
    """What the task stands for was done; records `work.state_set`."""
    task = GanttTask.objects.select_related("subject", "owner").get(pk=task.pk)
    if task.state == State.DONE:
        return
    before = State(task.state or State.NOT_STARTED)
    task.state, task.progress = State.DONE, 100
    task.started_on, task.done_on = task.started_on or clock.today(), clock.today()
    task.save(update_fields=["state", "progress", "started_on", "done_on"])
    told = {"task": str(task), "before": say(STATE_WORDS[before]), "after": say(STATE_WORDS[State.DONE])}
    record(journal.STATE_SET, actor=actor, subject=task.subject, data=told)
    follow_tasks(tasks=[task], actor=actor)
