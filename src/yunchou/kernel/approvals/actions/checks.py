"""What every verb asks before it changes anything: whose task it is, whether it is open, and on what it decides."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core.errors import Invalid, NotAllowed, Refused, WrongState
from yunchou.kernel.core.reading import reading
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Member, Role, Subject
from yunchou.kernel.versions.models import Version

from ..models import Amendment, Case, Copy, Step, Task
from ..permissions import Perm
from ..rules import Conflict, nobody_decides_on_his_own
from .nodes import Node
from .progress import Progress

P = ParamSpec("P")
R = TypeVar("R")


class SeatLost(Refused):
    """The task is still the person's, but the seat is not, or may not be used: the task has to go elsewhere first."""

    def __init__(self, case: Case, refusal: Refused) -> None:
        super().__init__(refusal.message)
        self.case, self.refusal = case, refusal


def in_one_transaction(verb: Callable[P, R]) -> Callable[P, R]:
    """Run a verb in one transaction; where it meets a task in the wrong hands, that is mended before it is refused.

    The mending has a transaction of its own, so that it survives the refusal.
    """

    @wraps(verb)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic():
                return verb(*args, **kwargs)
        except SeatLost as lost:
            with transaction.atomic():
                progress = Progress.locked(lost.case, None)
                progress.reseat()
                progress.save()
            raise lost.refusal from None

    return call


def take_up(
    task: Task, actor: User, seen: str = "", *, may_be_queued: bool = False
) -> tuple[Progress, Node, Task]:
    """The task under lock, after every check that a decision needs: person, share, state, seat, content, in this order.

    With `may_be_queued` a task counts as open that only waits for signers whom the actor added before himself.
    """
    progress = Progress.locked(task.step.case, actor)
    node, task = progress.find(task)
    if not node.step.blocks:
        raise WrongState(say(_("This was sent for the record; nothing has to be decided.")))
    with reading():  # nothing is written before every check has passed
        _check_person(progress, task, actor)
        if not progress.case.is_running:
            raise WrongState(is_over(progress.case))
        is_open = task.state == Task.State.WAITING and node.step.state == Step.State.OPEN
        if not is_open and not (may_be_queued and _waits_for_own_signers(progress, node, task, actor)):
            raise WrongState(say(_("This step has been decided already.")))
        if is_open and not progress.holds(node, task):
            words = say(_("You no longer hold the seat for this decision; it has passed on."))
            raise SeatLost(progress.case, NotAllowed(words, code="seat_lost"))
        _check_content(progress, seen)
    return progress, node, task


def _check_person(progress: Progress, task: Task, actor: User) -> None:
    if task.assignee_id != actor.pk:
        raise NotAllowed(say(_("This decision is not yours to make.")))
    if actor.pk in progress.barred:
        refusal = own_case(actor, progress.barred[actor.pk])
        if progress.case.is_running and task.state == Task.State.WAITING:
            raise SeatLost(progress.case, refusal)
        raise refusal
    if task.is_vacant:
        words = say(_("Nobody holds this seat. Appoint somebody, or hand the task to somebody who decides."))
        raise NotAllowed(words, code="vacant")


def _waits_for_own_signers(progress: Progress, node: Node, task: Task, actor: User) -> bool:
    added = {
        n.step.added_for_id for n in progress.nodes if n.step.is_unfinished and n.step.added_by_id == actor.pk
    }
    return task.state == Task.State.QUEUED and node.step.state == Step.State.WAITING and node.step.pk in added


def own_case(person: User, share: Say) -> NotAllowed:
    """The refusal of R-APR-15."""
    [verdict] = nobody_decides_on_his_own.check(Conflict(str(person), share))
    return NotAllowed(verdict.reason, code="own_case", verdicts=[verdict])


def _check_content(progress: Progress, seen: str) -> None:
    case = progress.case
    if seen and seen != case.digest:
        raise WrongState(_what_changed(case, seen), code="stale")
    if not progress.is_content_as_sent:
        words = _(
            "The content was changed after it was sent. {person} has to hand in the change, or withdraw it and send it "
            "again."
        )
        raise WrongState(say(words, person=str(case.initiator)), code="content_changed")


def _what_changed(case: Case, seen: str) -> Say:
    """What happened to the content since the page was opened."""
    old = Version.objects.filter(subject=case.subject_id, digest=seen).defer("content").first()
    since = (
        Amendment.objects.filter(case=case, after__number__gt=old.number) if old else Amendment.objects.none()
    )
    facts = {name: pair for amendment in since.order_by("pk") for name, pair in amendment.facts.items()}
    if not facts:
        return say(
            _("The content was changed after you opened this page. Look at it again before you decide.")
        )
    words = _(
        "The content was changed after you opened this page: {facts}. Look at it again before you decide."
    )
    return say(words, facts=fact_changes(case, facts))


def fact_changes(case: Case, facts: dict[str, list[object]]) -> Say:
    """`Cost 50,000 → 60,000, Large event no → yes`."""
    declared = case.definition.declared.facts
    told: Say | None = None
    for name, (before, after) in facts.items():
        fact = declared[name]
        one = say("{fact} {a} → {b}", fact=say(fact.label), a=fact.words(before), b=fact.words(after))
        told = one if told is None else say(_("{first}; {second}"), first=told, second=one)
    return told or say(_("no fact of the route"))


def check_can_decide(progress: Progress, person: User, actor: User, name: str) -> None:
    """Whether somebody may be brought in to decide: here, without a share, and not the one who brings him in."""
    if person.pk == actor.pk:
        raise invalid(name, say(_("You decide here yourself.")))
    if not person.is_active:
        raise invalid(name, say(_("{person} is no longer here."), person=str(person)))
    if (share := progress.barred.get(person.pk)) is not None:
        refusal = own_case(person, share)
        raise Invalid(
            refusal.message, fields={name: refusal.message}, code="own_case", verdicts=refusal.verdicts
        )


def takes_part(case: Case, person: User) -> bool:
    """Whether somebody sent the case, has or had a task in it, or got a copy."""
    return (
        person.pk == case.initiator_id
        or Task.objects.filter(step__case=case, assignee=person).exists()
        or Copy.objects.filter(case=case, user=person).exists()
    )


def leads(subject: Subject, person: User) -> bool:
    return Member.objects.filter(subject=subject, user=person, role__in=[Role.OWNER, Role.LEAD]).exists()


def is_administrator(person: User, case: Case) -> bool:
    return holds(person, Perm.CONFIGURE, case.subject.unit)


def demand(text: str, name: str, words: Say) -> str:
    """The text without blanks around it; refuses an empty one at its field."""
    if not text.strip():
        raise invalid(name, words)
    return text.strip()


def invalid(name: str, words: Say) -> Invalid:
    return Invalid(words, fields={name: words})


def is_over(case: Case) -> Say:
    return say(_STATES[Case.State(case.state)])


def already(subject: Subject) -> Say:
    return say(_("“{title}” is being approved already."), title=subject.title)


_STATES = {
    Case.State.RUNNING: _("This approval is running."),
    Case.State.APPROVED: _("This has been approved already."),
    Case.State.RETURNED: _("This has been returned already."),
    Case.State.REJECTED: _("This has been rejected already."),
    Case.State.WITHDRAWN: _("This has been withdrawn."),
}
