"""Tasks follow the seats: people who leave, change posts, or are away."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import NotAllowed, Refused
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User

from .. import journal
from ..models import Case, Delegation, Remark, Step, Task, TaskQuerySet
from ..routing import Seats, said
from .checks import own_case
from .deciding import Batch
from .progress import Progress


def reseat(*, user: User | None = None, actor: User | None = None) -> int:
    """Give open tasks whose holder lost the seat to who holds it now; where nobody does, administrators are told.

    Of one person, with all vacant seats, or of everybody. Runs when appointments change, and every night. Returns how
    many tasks moved; each case is a transaction of its own. Records `approvals.reseated`.
    """
    if user is None:
        return _reseat_cases(_suspicious(), actor)
    here = open_tasks().filter(Q(assignee=user) | Q(is_vacant=True))
    return _reseat_cases(here.values_list("step__case", flat=True), actor)


def reseat_people(user_ids: Collection[int]) -> int:
    """`reseat` of those whose appointments changed; called in the transaction that changes them."""
    here = open_tasks().filter(Q(assignee__in=user_ids) | Q(is_vacant=True))
    return _reseat_cases(here.values_list("step__case", flat=True), None)


def open_tasks() -> TaskQuerySet:
    """Tasks of open steps on which nobody decided yet."""
    return Task.objects.filter(
        step__state=Step.State.OPEN,
        state__in=[Task.State.WAITING, Task.State.QUEUED],
        step__case__state__in=[Case.State.RUNNING, Case.State.APPROVED],
    )


def _reseat_cases(ids: Collection[int], actor: User | None) -> int:
    moved = 0
    for case in Case.objects.filter(pk__in=set(ids)).order_by("pk"):
        with transaction.atomic():
            progress = Progress.locked(case, actor)
            moved += progress.reseat()
            progress.save()
    return moved


def _suspicious() -> set[int]:
    """Cases with an open task whose assignee is perhaps not in the seat: looked at one by one afterwards.

    Three queries, however many cases are open.
    """
    tasks = open_tasks().select_related("assignee", "step__position", "step__unit").defer("step__reasons")
    found: set[int] = set()
    waiting = [(task, task.step) for task in tasks]
    seats = Seats({step.position.code for _task, step in waiting if step.position}, "")
    away = set(Delegation.objects.valid_today().values_list("user_id", flat=True))
    for task, step in waiting:
        in_seat = task.given_by_id or (
            step.position
            and any(held.user_id == task.assignee_id for held in seats.at(step.position.code, step.unit))
        )
        is_fine = task.assignee.is_active and not task.is_vacant and task.assignee_id not in away and in_seat
        if not is_fine:
            found.add(step.case_id)
    return found


@transaction.atomic
def hand_over(*, user: User, to: User, actor: User) -> Batch:
    """Give every open task of a leaver to a successor; callers check the right. Nobody hands over to himself.

    Where the successor has a share or decides in the step already, the task stays (`refused`), and goes where the seat
    goes once the leaver is gone. Records `approvals.handed_over` for each.
    """
    if to.pk == actor.pk:
        raise NotAllowed(say(_("Nobody hands decisions to himself; ask another administrator.")), code="self")
    batch = Batch()
    tasks = handed_over(user).select_related("step__case").order_by("step__case", "pk")
    for task in tasks:
        try:
            with transaction.atomic():
                batch.done.append(_hand(task, user, to, actor))
        except Refused as refused:
            batch.refused.append((task, said(refused)))
    return batch


def handed_over(user: User) -> TaskQuerySet:
    """What a hand-over of this person takes: open tasks, vacant seats that he looks after aside."""
    return open_tasks().filter(assignee=user, is_vacant=False)


def _hand(task: Task, user: User, to: User, actor: User) -> Task:
    progress = Progress.locked(task.step.case, actor)
    node, task = progress.find(task)
    refusal: Say | None = None
    if node.step.blocks:
        # Who has a share neither decides nor chooses who does.
        for person in (to, actor):
            if person.pk in progress.barred:
                raise own_case(person, progress.barred[person.pk])
    is_open = node.step.state == Step.State.OPEN and task.state in {Task.State.WAITING, Task.State.QUEUED}
    if not is_open or task.assignee_id != user.pk or task.is_vacant:
        refusal = say(_("This no longer waits for {person}."), person=str(user))
    if any(one.assignee_id == to.pk and one.state != Task.State.VOID for one in node.tasks):
        refusal = say(_("{person} decides in this step anyway."), person=str(to))
    if not to.is_active:
        refusal = say(_("{person} is no longer here."), person=str(to))
    if refusal is not None:
        raise NotAllowed(refusal)
    progress.hand(task, to, instead_of=task.instead_of or user, given_by=actor)
    progress.record(journal.HANDED_OVER, **{"from": str(user), "to": str(to)})
    progress.note(Remark.Kind.HANDED, to, "")
    progress.save()
    return task
