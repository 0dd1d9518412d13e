"""Finished work is handed in with what shows it, and is done when a lead accepts it (TEA-05)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.files.actions import Upload, attach_file
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..deliveries import Acceptors, Work
from ..duties import ACCEPTANCE, DUE_HOUR
from ..models import Delivery, GanttTask
from ..permissions import Perm
from ..rules import acceptance_due, finished_work_is_looked_at
from ..states import State
from .division import set_assignment_state
from .opening import PROGRESS
from .owed import acceptance_key, follow_tasks
from .progress import set_task_state, write_state

EVIDENCE = "evidence"
"""The stage of the files that show that a delivery standard is met."""
MOST_FILES = 10


@transaction.atomic
def hand_in(*, work: Work, actor: User, note: str = "", files: Sequence[Upload] = ()) -> Delivery:
    """Say that work is finished and show it; records `work.handed_in`. Its owner may, and who may report progress.

    Whoever accepts it owes that from now on; the owner owes the task no longer. Work that has not begun begins with it.
    Refuses without evidence where there is a delivery standard, what waits or is done already, and what `set_task_state`
    refuses to begin.
    """
    right = "" if work.owner_id == actor.pk else Perm.PROGRESS
    subject = open_table(subject=work.subject, table=PROGRESS, actor=actor, right=right)
    work = _begun(work, actor)
    if work.state == State.DONE:
        raise WrongState(say(_("This is done already.")))
    if work.deliveries.filter(verdict=Delivery.Verdict.WAITING).exists():
        raise WrongState(say(_("This waits to be accepted already.")))
    if work.standard and not files:
        words = say(_("Attach what shows that the delivery standard is met."))
        raise Invalid(words, fields={"evidence": words})
    if len(files) > MOST_FILES:
        words = say(_("At most {count} files."), count=MOST_FILES)
        raise Invalid(words, fields={"evidence": words})
    made = Delivery.objects.create(**_of(work), note=note.strip(), handed_in_by=actor)
    told = _told(work)
    attached = [
        attach_file(subject=subject, upload=upload, actor=actor, stage=EVIDENCE, note=told[:200])
        for upload in files
    ]
    made.evidence.set(attached)
    record(journal.HANDED_IN, actor=actor, subject=subject, data={"task": told, "count": len(attached)})
    _ask(made, work, actor)
    if isinstance(work, GanttTask):
        follow_tasks(tasks=[work], actor=actor)
    return made


@transaction.atomic
def accept_delivery(*, delivery: Delivery, actor: User, note: str = "") -> Delivery:
    """Confirm that the delivery standard is met: the work is done; records `work.accepted`.

    Refuses who does not lead its module or the whole (`NotAllowed`), and what was decided already.
    """
    subject, delivery, work = _open(delivery, actor)
    _decide(delivery, Delivery.Verdict.ACCEPTED, actor, note.strip())
    write_state(work, State.DONE)
    record(journal.ACCEPTED, actor=actor, subject=subject, data={"task": _told(work)})
    fulfil(actor=actor, key=acceptance_key(delivery))
    if isinstance(work, GanttTask):
        follow_tasks(tasks=[work], actor=actor)
    _tell(delivery, work, actor, "work.accepted", say(_("Accepted: {task}"), task=_told(work)))
    return delivery


@transaction.atomic
def return_delivery(*, delivery: Delivery, actor: User, reason: str) -> Delivery:
    """Send work back to whoever handed it in, with a reason; records `work.returned`. Its owner owes it again.

    Refuses like `accept_delivery`, and without a reason.
    """
    subject, delivery, work = _open(delivery, actor)
    if not reason.strip():
        words = say(_("Say what is missing."))
        raise Invalid(words, fields={"reason": words})
    _decide(delivery, Delivery.Verdict.RETURNED, actor, reason.strip())
    data = {"task": _told(work), "reason": delivery.reason}
    record(journal.RETURNED, actor=actor, subject=subject, data=data)
    fulfil(actor=actor, key=acceptance_key(delivery))
    if isinstance(work, GanttTask):
        follow_tasks(tasks=[work], actor=actor)
    words = say(_("Sent back: {task}. {reason}"), task=_told(work), reason=delivery.reason)
    _tell(delivery, work, actor, "work.returned", words)
    return delivery


def _begun(work: Work, actor: User) -> Work:
    """The row as it is now; what has not begun begins, if it may."""
    fresh = type(work).objects.select_related("owner", "subject__unit").get(pk=work.pk)
    if fresh.state not in ("", State.NOT_STARTED):
        return fresh
    if isinstance(fresh, GanttTask):
        return set_task_state(task=fresh, actor=actor, state=State.IN_PROGRESS)
    return set_assignment_state(assignment=fresh, actor=actor, state=State.IN_PROGRESS)


def _open(delivery: Delivery, actor: User) -> tuple[Subject, Delivery, Work]:
    """Everything as it is now, locked; raises `NotAllowed` for who does not accept it, and `WrongState` once decided."""
    subject = open_table(subject=delivery.work.subject, table=PROGRESS, actor=actor, right=Perm.ACCEPT)
    found = Delivery.objects.select_related("task__owner", "assignment__owner", "handed_in_by").get(
        pk=delivery.pk
    )
    work = found.work
    work.subject = subject
    if not Acceptors.of(subject).may(actor, work):
        raise NotAllowed(say(_("The lead of the module or the overall lead accepts this.")))
    if not found.is_waiting:
        raise WrongState(say(_("Somebody has decided on this already.")))
    return subject, found, work


def _decide(delivery: Delivery, verdict: str, actor: User, reason: str) -> None:
    delivery.verdict, delivery.reason = verdict, reason[:500]
    delivery.decided_by, delivery.decided_at = actor, clock.now()
    delivery.save(update_fields=["verdict", "reason", "decided_by", "decided_at"])


def _ask(delivery: Delivery, work: Work, actor: User) -> None:
    """Let the lead of the module, else the overall lead, owe the acceptance; where there is neither, nobody does."""
    if asked := Acceptors.of(work.subject).asked(work):
        params = params_on([finished_work_is_looked_at])[finished_work_is_looked_at.id]
        due_at = acceptance_due(clock.moment(clock.today(), DUE_HOUR), params)
        owe(
            kind=ACCEPTANCE.key,
            subject=work.subject,
            owner=asked,
            due_at=due_at,
            key=acceptance_key(delivery),
            params={"task": _told(work)},
            actor=actor,
        )


def _tell(delivery: Delivery, work: Work, actor: User, kind: str, words: Say) -> None:
    people = {delivery.handed_in_by_id: delivery.handed_in_by}
    if work.owner:
        people[work.owner.pk] = work.owner
    people.pop(actor.pk, None)
    notify(
        users=people.values(),
        kind=kind,
        say=words,
        subject=work.subject,
        key=f"delivery:{delivery.pk}:{delivery.verdict}",
    )


def _of(work: Work) -> dict[str, Work]:
    return {"task" if isinstance(work, GanttTask) else "assignment": work}


def _told(work: Work) -> str:
    return str(work)
