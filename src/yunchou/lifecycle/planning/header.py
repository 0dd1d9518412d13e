"""The head above every tab of a plan: where it stands, what hangs together with it, what can be done."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.selectors import running_case
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.flow.machine import Move
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .documents import Kind
from .flow import flow
from .models import WAITING, Change, Evaluation, Plan, Status
from .monitor import Monitor, monitor_of
from .permissions import Perm
from .selectors import change_of, plan_of

# Moves with a page of their own; the others open a dialog.
PAGES = {"submit": "planning:plan_submit", "send_change": "planning:plan_submit"}
PRIMARY = {
    Status.DRAFT: "submit",
    Status.RETURNED: "submit",
    Status.CHANGING: "send_change",
}


@dataclass(frozen=True)
class Button:
    """A move as a button: a page, or a dialog."""

    key: str
    label: str | Promise
    icon: str
    url: str
    is_page: bool
    is_dangerous: bool


@dataclass(frozen=True)
class Header:
    """The head of one plan as one person sees it."""

    plan: Plan
    monitor: Monitor
    duty: Duty | None
    case: Case | None
    change: Change | None
    primary: Button | None
    others: tuple[Button, ...]
    may_edit: bool
    may_run: bool
    may_withdraw: bool
    breaks_down: bool
    is_evaluated: bool
    sees_parent: bool


def header_context(request: HttpRequest, subject: Subject) -> dict[str, Any]:
    """`plan` and `header` for `planning/parts/header.html`."""
    user: Any = request.user
    plan = copy(plan_of(subject.pk))
    return {"plan": plan, "header": header_of(plan, user)}


def header_of(plan: Plan, user: User) -> Header:
    """The head, in a fixed number of queries."""
    buttons = [_button(move, plan) for move in flow.offered(plan, user)]
    primary = next((one for one in buttons if one.key == PRIMARY.get(Status(plan.status))), None)
    case = running_case(plan.subject) if plan.status in WAITING else None
    may_run = holds(user, Perm.RUN, plan.subject)
    return Header(
        plan=plan,
        monitor=monitor_of(plan),
        duty=Duty.objects.open().filter(subject=plan.pk).order_by("due_at").first(),
        case=case,
        change=change_of(plan),
        primary=primary,
        others=tuple(one for one in buttons if one is not primary),
        may_edit=plan.is_open and holds(user, Perm.DRAFT, plan.subject),
        may_run=may_run and plan.is_in_force,
        may_withdraw=case is not None and case.initiator_id == user.pk,
        breaks_down=plan.kind == Kind.REGION and plan.is_in_force and may_run,
        is_evaluated=Evaluation.objects.filter(plan=plan.pk).exists(),
        sees_parent=plan.parent is not None and holds(user, Perm.VIEW, plan.parent.subject),
    )


def _button(move: Move[Plan], plan: Plan) -> Button:
    page = PAGES.get(move.key, "")
    url = reverse(page, args=[plan.pk]) if page else reverse("planning:plan_move", args=[plan.pk, move.key])
    return Button(move.key, move.label, move.icon or "arrow-right", url, bool(page), move.dangerous)
