"""Sending a plan and what becomes of it. The outcomes are called by `kernel.approvals` in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.approvals.actions import missing_route_told, open_case, withdraw
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.approvals.selectors import running_case
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Subject

from .. import flow, money
from ..models import Change, Plan
from ..notices import OUTCOME
from ..permissions import Perm
from ..routes import route_of
from . import changing
from .breaking import follow_breakdown, owe_breakdown
from .deadlines import close_deadline
from .overseeing import owe_all
from .running import owe_items


def submit_plan(*, plan: Plan, actor: User, note: str = "", principles: Iterable[str] = ()) -> Plan:
    """Send a plan to its approvers (R-APR-01, 02, 11, 12); its money is planned in the books.

    The author of a budget confirms its four principles (BUD-03); they are kept with the version that is decided on.
    Refuses as `flow.SUBMIT` says: while a mandatory part is empty, research is missing, a goal is not SMART or an item of
    a plan that is carried out is incomplete; and where no route can be laid. Records `planning.submitted`.
    """
    require(actor, Perm.SUBMIT, plan)
    with missing_route_told(plan.subject, actor), transaction.atomic():
        Subject.objects.select_for_update().get(pk=plan.pk)
        changing.confirm_principles(plan, principles, actor)
        with flow.SUBMIT.apply(plan, actor=actor, note=note) as locked:
            money.sent(plan=whole(locked.pk), more=locked.budget or ZERO, actor=actor)
            open_case(subject=locked.subject, definition=route_of(locked), actor=actor, note=note)
    return whole(plan.pk)


def withdraw_plan(*, plan: Plan, actor: User) -> Plan:
    """Take a plan, or a change of it, back from its approvers; only who sent it may."""
    if (case := running_case(plan.subject)) is None:
        raise WrongState(say(_("The plan is not being approved.")))
    withdraw(case=case, actor=actor)
    return whole(plan.pk)


def plan_approved(case: Case, actor: User) -> None:
    """The last approver agreed: its money is available, owners owe their items, the region owes the breakdown."""
    if change := _change_in(case):
        changing.change_approved(change, case, actor)
        return
    with flow.APPROVE.apply(whole(case.subject_id), actor=actor) as locked:
        locked.approved_at = clock.now()
        locked.save(update_fields=["approved_at"])
    plan = whole(case.subject_id)
    money.approved(plan=plan, actor=actor, reason=case.code)
    close_deadline(plan=plan, actor=actor)
    owe_items(plan=plan, actor=actor)
    owe_all(plan=plan, actor=actor)
    owe_breakdown(plan=plan, actor=actor)
    if plan.parent is not None:
        follow_breakdown(plan=plan.parent, actor=actor)
    tell(plan, actor, say(_("“{title}” is approved."), title=plan.name))


def plan_returned(case: Case, actor: User) -> None:
    """Back to whoever writes it, with the opinion."""
    _refused(case, actor, flow.RETURN)


def plan_rejected(case: Case, actor: User) -> None:
    """Rejected: it may be written anew or be cancelled. A rejected change is dropped, the version in force stays."""
    if change := _change_in(case):
        changing.put_back(change, actor, flow.REJECT_CHANGE)
        tell(
            whole(case.subject_id),
            actor,
            say(_("The change of “{title}” was rejected."), title=case.subject.title),
        )
        return
    _refused(case, actor, flow.REJECT)


def plan_withdrawn(case: Case, actor: User) -> None:
    """Back to a draft, by the one who sent it; a change goes on being written."""
    if change := _change_in(case):
        changing.change_returned(change, case, actor, "")
        return
    with flow.WITHDRAW.apply(whole(case.subject_id), actor=actor):
        pass
    money.refused(plan=whole(case.subject_id), actor=actor, reason=case.code)


def _refused(case: Case, actor: User, move: Any) -> None:
    note = opinion_in(case)
    if change := _change_in(case):
        changing.change_returned(change, case, actor, note)
    else:
        with move.apply(whole(case.subject_id), actor=actor, note=note):
            pass
        money.refused(plan=whole(case.subject_id), actor=actor, reason=case.code)
    plan = whole(case.subject_id)
    tell(plan, actor, say(_("“{title}” was returned: {note}"), title=plan.name, note=note))


def opinion_in(case: Case) -> str:
    """What the last who decided had to say."""
    decided = (
        Task.objects.filter(step__case=case, decided_at__isnull=False).order_by("-decided_at", "-pk").first()
    )
    return decided.opinion if decided else ""


def _change_in(case: Case) -> Change | None:
    """The change that a case decides on; None where it decides on the plan itself."""
    return Change.objects.filter(case=case, state=Change.State.SENT).select_related("base", "plan").first()


def whole(pk: int) -> Plan:
    return Plan.objects.whole(pk)


def tell(plan: Plan, actor: User, words: Say) -> None:
    """Let the owner of a plan know what was decided."""
    if plan.owner_id != actor.pk:
        notify(users=[plan.owner], kind=OUTCOME.key, say=words, subject=plan.subject)
