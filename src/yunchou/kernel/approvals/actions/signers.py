"""Further people on a running case: signers who are added before, beside or after somebody, and tasks handed on."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User

from .. import journal
from ..conditions import SINGLE, Kind, Reason
from ..models import Case, Copy, Remark, Step, Task
from .checks import (
    check_can_decide,
    demand,
    in_one_transaction,
    invalid,
    is_administrator,
    is_over,
    own_case,
    take_up,
)
from .nodes import Node
from .progress import Progress
from .situation import bracketed


class Where(StrEnum):
    """Where an added signer decides, seen from the one who adds."""

    BEFORE = "before"
    BESIDE = "beside"
    AFTER = "after"


#: What added signers may be asked for.
KINDS = frozenset({Kind.REVIEW, Kind.APPROVE, Kind.COUNTERSIGN, Kind.ANY, Kind.IN_TURN})


@in_one_transaction
def add_signers(
    *,
    task: Task,
    actor: User,
    people: Sequence[User],
    where: Where | str,
    kind: str = Kind.APPROVE,
    note: str = "",
) -> Case:
    """Let further people decide: before the actor (whose own task waits meanwhile), beside, or after (加签).

    May be repeated and nested. Each person gets a step of `kind` (review, approve), or all of them one step (countersign,
    any, in_turn). Refuses whoever has a share in the matter (R-APR-15), is no longer here, or decides in the case anyway
    (field `people`), and what `approve` refuses. The actor may still return or reject while signers are asked. Records
    `approvals.signers_added`.
    """
    progress, node, task = take_up(task, actor, may_be_queued=True)
    if kind not in KINDS:
        raise invalid("kind", say(_("Signers review, approve, or sign together.")))
    people = list(dict.fromkeys(people))
    if not people:
        raise invalid("people", say(_("Choose at least one person.")))
    for person in people:
        check_can_decide(progress, person, actor, "people")
        _check_not_asked(progress, person)
    groups = [[person] for person in people] if kind in SINGLE else [people]
    order = _make_room(progress, node, Where(where))
    for group in groups:
        progress.nodes.append(_signing(progress, node, group, kind, order, note))
    names = ", ".join(str(person) for person in people)
    progress.record(journal.SIGNERS_ADDED, people=names, note=bracketed(note), step=node.step.pk)
    for person in people:
        progress.note(Remark.Kind.ADDED, person, note.strip())
    progress.advance()
    return progress.save()


def _check_not_asked(progress: Progress, person: User) -> None:
    for node in progress.nodes:
        for task in node.tasks:
            if task.assignee_id != person.pk or not node.step.blocks or task.is_vacant:
                continue
            if task.state == Task.State.DONE:
                raise invalid("people", say(_("{person} has decided here already."), person=str(person)))
            if node.step.is_unfinished and task.state in {Task.State.WAITING, Task.State.QUEUED}:
                raise invalid("people", say(_("{person} decides here anyway."), person=str(person)))


def _make_room(progress: Progress, node: Node, where: Where) -> int:
    """The order of the added steps; what comes later moves up by one place."""
    here = node.step.order
    if where is Where.BESIDE:
        return here
    for other in progress.nodes:
        if other.step.order > here or (other is node and where is Where.BEFORE):
            other.step.order += 1
    return here if where is Where.BEFORE else here + 1


def _signing(
    progress: Progress, node: Node, people: Sequence[User], kind: str, order: int, note: str
) -> Node:
    """A step of people who are asked by name; it stands and falls with the facts of the step it was added to."""
    words = say(
        _("{person} asked for this signature {note}"), person=str(progress.actor), note=bracketed(note)
    )
    step = Step(
        case=progress.case,
        order=order,
        kind=kind,
        unit=node.step.unit,
        level=node.step.level,
        watches=node.step.watches,
        reasons=[Reason("", "", words).to_json()],
        added_by=progress.actor,
        added_for=node.step,
    )
    added = Node(step)
    for turn, person in enumerate(people):
        progress.foresee(added, person, turn=turn)
    return added


@in_one_transaction
def transfer(*, task: Task, actor: User, to: User, note: str) -> Case:
    """Hand the own task to somebody else, with a reason (转交); the limit of R-APR-16 goes on. The actor gets a copy.

    Refuses an empty reason (`note`), and people as `add_signers` does (`to`). An administrator may hand on the task of a
    vacant seat, but not to himself. Records `approvals.transferred`.
    """
    vacant = _vacant_seat(task, actor)
    progress, node, task = vacant or take_up(task, actor)
    note = demand(note, "note", say(_("Say why somebody else should decide.")))
    check_can_decide(progress, to, actor, "to")
    if any(
        one.assignee_id == to.pk and one.state != Task.State.VOID for one in node.tasks if not one.is_vacant
    ):
        raise invalid("to", say(_("{person} decides in this step anyway."), person=str(to)))
    holder = None if vacant else task.instead_of or task.assignee
    progress.hand(task, to, instead_of=holder, given_by=actor)
    progress.record(journal.TRANSFERRED, to=str(to), note=bracketed(note), step=node.step.pk)
    progress.note(Remark.Kind.HANDED, to, note)
    if not vacant:
        Copy.objects.get_or_create(
            case=progress.case, user=actor, defaults={"sent_by": actor, "step": node.step}
        )
    return progress.save()


def _vacant_seat(task: Task, actor: User) -> tuple[Progress, Node, Task] | None:
    """The open task of a seat that nobody holds, for an administrator."""
    if not is_administrator(actor, task.step.case):
        return None
    progress = Progress.locked(task.step.case, actor)
    node, task = progress.find(task)
    if not task.is_vacant:
        return None
    if not progress.case.is_running:
        raise WrongState(is_over(progress.case))
    if task.state != Task.State.WAITING:
        raise WrongState(say(_("This step has been decided already.")))
    if actor.pk in progress.barred:
        # Who has a share does not choose either who decides.
        raise own_case(actor, progress.barred[actor.pk])
    return progress, node, task
