"""Deciding: agreeing, returning, rejecting, taking on record; one by one or several at once. And taking a case back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import Invalid, NotAllowed, Refused, WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User

from .. import journal
from ..conditions import Kind
from ..models import Case, Step, Task, is_passed
from ..routing import said
from .checks import demand, in_one_transaction, is_administrator, is_over, leads, take_up
from .nodes import Node
from .progress import Progress
from .situation import bracketed


@in_one_transaction
def approve(*, task: Task, actor: User, opinion: str = "", seen: str = "") -> Case:
    """Agree: closes the task, the step where nothing more is needed, and with the last step the case.

    `seen` is the digest that the page showed; a stale page is refused with what has changed since. Refuses whoever is
    not the assignee, has a share in the matter (R-APR-15) or has lost the seat, a task that is no longer open, and
    content that was changed since it was sent. Records `approvals.reviewed` or `approvals.approved`.
    """
    return _agree(*take_up(task, actor, seen), opinion)


def _agree(progress: Progress, node: Node, task: Task, opinion: str) -> Case:
    progress.decide(task, Task.Decision.APPROVED, opinion)
    kind = journal.REVIEWED if node.step.kind == Kind.REVIEW else journal.APPROVED
    progress.record(kind, opinion=bracketed(opinion), step=node.step.pk)
    progress.go_on(node)
    return progress.save()


@in_one_transaction
def reject(*, task: Task, actor: User, opinion: str, seen: str = "") -> Case:
    """Reject with an opinion, which is mandatory; a step by ratio goes on while it can still be carried.

    Refuses as `approve` does, but works while signers are asked whom the actor added. Records `approvals.rejected`.
    """
    progress, node, task = take_up(task, actor, seen, may_be_queued=True)
    _demand_opinion(opinion)
    progress.decide(task, Task.Decision.REJECTED, opinion)
    progress.record(journal.REJECTED, opinion=bracketed(opinion), step=node.step.pk)
    if node.step.kind == Kind.RATIO and node.can_be_carried:
        progress.go_on(node)
    else:
        progress.close(node)
        progress.finish(Case.State.REJECTED, opinion)
    return progress.save()


@in_one_transaction
def return_case(
    *,
    task: Task,
    actor: User,
    opinion: str,
    to: Step | None = None,
    straight_back: bool = False,
    seen: str = "",
) -> Case:
    """Send the case back, with an opinion, to its initiator or to a step of `selectors.returnable_steps`.

    To the initiator: the case is RETURNED, and sending again continues it; with `straight_back` the next case starts at
    this step. To a step: the case goes on running; that step decides again, and then everything after it or, with
    `straight_back`, the actor at once. Refuses as `reject` does. Records `approvals.returned` or `approvals.sent_back`.
    """
    progress, node, task = take_up(task, actor, seen, may_be_queued=True)
    _demand_opinion(opinion)
    progress.decide(task, Task.Decision.RETURNED, opinion)
    if to is None:
        progress.record(journal.RETURNED, opinion=bracketed(opinion), step=node.step.pk)
        progress.case.returned_from, progress.case.comes_back = node.step, straight_back
        progress.close(node)
        progress.finish(Case.State.RETURNED, opinion)
        return progress.save()
    target = _passed(progress, node, to)
    progress.record(
        journal.SENT_BACK, position=target.step.name, opinion=bracketed(opinion), step=target.step.pk
    )
    _send_back(progress, node, task, target, straight_back)
    progress.advance()
    _tell_of_return(progress, target, opinion)
    return progress.save()


def _passed(progress: Progress, node: Node, to: Step) -> Node:
    """The step to return to, if somebody really decided there before this one."""
    target = next((one for one in progress.nodes if one.step.pk == to.pk), None)
    if target is None or not is_passed(target.step, target.tasks, node.step.order):
        words = say(_("The case can only go back to a step that has been decided in it."))
        raise Invalid(words, fields={"to": words})
    return target


def _send_back(progress: Progress, node: Node, task: Task, target: Node, straight_back: bool) -> None:
    """Let the target decide again, and then all that follows it or only the one who sends it back."""
    if straight_back:
        progress.void(target)
        if node.step.state == Step.State.OPEN:
            progress.hold_back(node)
        # The return is told in the course, but it decides nothing once the case is back.
        task.state = Task.State.VOID
        progress.repeat(node, task)
        return
    for other in progress.nodes:
        if other.step.blocks and other.step.order >= target.step.order and _is_to_repeat(other):
            progress.void(other)


def _is_to_repeat(node: Node) -> bool:
    return node.step.state in {Step.State.DONE, Step.State.OPEN} or bool(node.in_state(Task.State.DONE))


def _tell_of_return(progress: Progress, target: Node, opinion: str) -> None:
    words = say(
        _("“{title}” went back to {position} {opinion}"),
        title=progress.case.subject.title,
        position=target.step.name,
        opinion=bracketed(opinion),
    )
    count = sum(task.state == Task.State.VOID for node in progress.nodes for task in node.tasks)
    progress.tell(progress.audience(), "approvals.returned", words, f"case:{progress.case.pk}:back:{count}")


@transaction.atomic
def withdraw(*, case: Case, actor: User) -> Case:
    """Take a running case back; only its initiator may or, once that person is gone, the owners and administrators.

    Open tasks become void. Records `approvals.withdrawn`.
    """
    progress = Progress.locked(case, actor)
    case = progress.case
    stands_in = not case.initiator.is_active and (leads(case.subject, actor) or is_administrator(actor, case))
    if case.initiator_id != actor.pk and not stands_in:
        raise NotAllowed(say(_("Only {person} may withdraw this."), person=str(case.initiator)))
    if not case.is_running:
        raise WrongState(is_over(case))
    progress.record(journal.WITHDRAWN)
    progress.finish(Case.State.WITHDRAWN)
    return progress.save()


@transaction.atomic
def acknowledge(*, task: Task, actor: User, opinion: str = "") -> Case:
    """Take a case on record (备案), with a remark if there is one; holds nothing up and works after the case is closed.

    Records `approvals.acknowledged`.
    """
    progress = Progress.locked(task.step.case, actor)
    node, task = progress.find(task)
    if task.assignee_id != actor.pk:
        raise NotAllowed(say(_("This was not sent to you.")))
    if node.step.blocks or task.state != Task.State.WAITING:
        raise WrongState(say(_("This is no longer open.")))
    progress.decide(task, Task.Decision.ACKNOWLEDGED, opinion)
    if not node.live:
        progress.close(node)
    progress.record(journal.ACKNOWLEDGED, opinion=bracketed(opinion), step=node.step.pk)
    return progress.save()


@dataclass(frozen=True)
class Batch:
    """What became of several tasks: those that were done, and those refused with the reason."""

    done: list[Task] = field(default_factory=list)
    refused: list[tuple[Task, Say]] = field(default_factory=list)


def approve_many(
    *, tasks: Iterable[Task], actor: User, opinion: str = "", seen: Mapping[int, str] | None = None
) -> Batch:
    """Agree to several at once: only those that their room calls low-risk; each stands or falls by itself.

    `seen` holds the digest that the page showed, by the key of the task.
    """
    batch, shown = Batch(), seen or {}
    for task in tasks:
        try:
            _approve_low_risk(task, actor, opinion, shown.get(task.pk, ""))
        except Refused as refused:
            batch.refused.append((task, said(refused)))
        else:
            batch.done.append(task)
    return batch


@in_one_transaction
def _approve_low_risk(task: Task, actor: User, opinion: str, seen: str) -> Case:
    """What is low-risk is judged on the case as it is under its lock, not as it was when the list was drawn."""
    progress, node, task = take_up(task, actor, seen)
    _demand_low_risk(progress.case)
    return _agree(progress, node, task, opinion)


def _demand_low_risk(case: Case) -> None:
    low_risk = case.definition.declared.low_risk
    if low_risk is None or not low_risk(case):
        raise WrongState(say(_("This has to be looked at on its own page.")), code="not_low_risk")


def _demand_opinion(opinion: str) -> None:
    demand(opinion, "opinion", say(_("Write an opinion: what has to be different?")))
