"""How far work has come."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..deliveries import Acceptors, Work
from ..models import Delivery, GanttTask
from ..permissions import Perm
from ..rules import facts_of, nothing_starts_early
from ..selectors import plan_of
from ..states import STATE_WORDS, State
from .opening import PROGRESS, check_may_start
from .owed import follow_tasks


@transaction.atomic
def set_task_state(*, task: GanttTask, actor: User, state: str, reason: str = "") -> GanttTask:
    """Say whether a task has begun or is done; records `work.state_set`. Its owner may, and who may report progress.

    Refuses to begin a task of the execution phase before every required approval is there (R-APR-07), and any task before
    its predecessors are done (R-SCH-03), unless an overall lead gives a reason, which records `work.overridden`. That it is
    done is said by who accepts it, and of a task with a delivery standard by `accept_delivery` only (TEA-05). A task that is
    done is no longer owed; one that is reopened is owed anew.
    """
    subject, task = _open(task, actor)
    after, before = State(state), task.state
    if after == before:
        return task
    check_decided(subject, task, actor, after)
    if after.is_started:
        check_may_start(subject, task)
    if after.is_started and (waiting := _waits_for(subject, task, after)):
        _override(subject, task, actor, reason, waiting)
    write_state(task, after)
    told = {"task": str(task), "before": _word(before), "after": _word(after)}
    record(journal.STATE_SET, actor=actor, subject=subject, data=told)
    follow_tasks(tasks=[task], actor=actor)
    return task


@transaction.atomic
def set_progress(*, task: GanttTask, actor: User, percent: int) -> GanttTask:
    """Say how far a begun task is, 0 to 100 %; records `work.progress_set`. Being done is said by `set_task_state`."""
    subject, task = _open(task, actor)
    if not 0 <= percent <= 100:
        words = say(_("From 0 to 100 %."))
        raise Invalid(words, fields={"progress": words})
    if task.state != State.IN_PROGRESS:
        raise Invalid(say(_("Only a task in progress has a progress.")))
    task.progress = percent
    task.save(update_fields=["progress"])
    record(journal.PROGRESS_SET, actor=actor, subject=subject, data={"task": str(task), "percent": percent})
    return task


def write_state(work: Work, after: State) -> None:
    """Write a state, with the days on which a task began and was done. The caller has checked that it may be."""
    work.state = after
    work.given = {key: cell for key, cell in work.given.items() if key != "state"}
    if isinstance(work, GanttTask):
        work.started_on = (work.started_on or clock.today()) if after.is_started else None
        work.done_on = clock.today() if after == State.DONE else None
        work.progress = {State.NOT_STARTED: 0, State.DONE: 100}.get(
            after, 0 if work.progress == 100 else work.progress
        )
        if not after.is_started:
            work.override_reason, work.overridden_by = "", None
    work.save()


def check_decided(subject: Subject, work: Work, actor: User, after: State) -> None:
    """Refuse a state while work waits to be accepted, and being done without acceptance (TEA-05)."""
    if work.deliveries.filter(verdict=Delivery.Verdict.WAITING).exists():
        raise WrongState(
            say(_("This waits to be accepted: accept it, or send it back first.")), code="waiting"
        )
    if after != State.DONE:
        return
    if work.standard:
        raise WrongState(
            say(_("It is done when what shows its delivery standard is handed in and accepted.")),
            code="evidence",
        )
    if not Acceptors.of(subject).may(actor, work):
        raise NotAllowed(
            say(_("Hand it in as finished; the lead of the module or the overall lead accepts it."))
        )


def _open(task: GanttTask, actor: User) -> tuple[Subject, GanttTask]:
    """The locked subject and the task as it is now; its owner needs no further right."""
    right = "" if task.owner_id == actor.pk else Perm.PROGRESS
    subject = open_table(subject=task.subject, table=PROGRESS, actor=actor, right=right)
    return subject, GanttTask.objects.select_related("owner", "subject").get(pk=task.pk)


def _waits_for(subject: Subject, task: GanttTask, after: State) -> list[Verdict]:
    """What R-SCH-03 would say of the task in its new state; likely predecessors do not count."""
    plan = plan_of(subject)
    n = plan.position_of(task.pk)
    was = plan.tasks[n].state
    if was is not None and was.is_started:
        return []
    tasks = [replace(row, state=after) if place == n else row for place, row in enumerate(plan.tasks)]
    facts = facts_of((), tasks, links=plan.links)
    return [v for v in evaluate([nothing_starts_early], facts) if v.blocks and v.values.get("task") == n]


def _word(state: str) -> Say:
    """A state in words that every reader reads in their own language."""
    return say(STATE_WORDS[State(state)]) if state else say("—")


def _override(subject: Subject, task: GanttTask, actor: User, reason: str, waiting: list[Verdict]) -> None:
    if not reason.strip():
        raise RuleRefused(waiting[0].reason, code="waits", verdicts=waiting)
    require(actor, Perm.OVERRIDE, subject)
    task.override_reason, task.overridden_by = reason.strip()[:200], actor
    record(
        journal.OVERRIDDEN,
        actor=actor,
        subject=subject,
        data={"task": str(task), "reason": task.override_reason},
    )
