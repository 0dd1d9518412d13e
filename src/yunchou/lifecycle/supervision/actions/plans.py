"""Audits that recur: planning them, and opening the case of each when its turn has come (BUD-25, R-BUD-14)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.subjects.actions import open_subject

from .. import journal
from ..models import AuditKind, AuditPlan
from ..permissions import Perm
from ..rules import audit_is_opened_in_turn
from ..selectors.audits import rule_params, turn_of
from ..subject import AUDIT_PLAN
from .cases import open_case
from .shared import auditor_for, refused, text_given

FURTHEST_DAYS = 366
"""A plan begins within a year of today, before or after."""


@transaction.atomic
def plan_audit(
    *,
    title: str,
    kind: str,
    unit: Unit,
    focus: str,
    months: int,
    starts_on: date,
    auditor: User,
    actor: User,
) -> AuditPlan:
    """Let an audit recur: of a unit and all below it, every so many months from the first day on.

    Refuses without `supervision.audit` in the unit; an interval longer than R-BUD-14 allows; a first day further than a
    year away; an auditor without the right or who works in the unit; and a second plan for the same. Records
    `supervision.audit_planned`.
    """
    require(actor, Perm.AUDIT, unit)
    if kind not in AuditKind.values:
        raise refused("kind", say(_("Choose what is audited.")))
    clean = text_given("title", title, say(_("Give the audit a name.")))
    _check(focus, months, starts_on)
    auditor_for(unit, auditor)
    if AuditPlan.objects.filter(subject__unit=unit, kind=kind, ended_at=None).exists():
        raise refused("unit", say(_("This audit is planned for “{unit}” already."), unit=unit.name))
    subject = open_subject(kind=AUDIT_PLAN.key, unit=unit, title=clean, actor=actor)
    plan: AuditPlan = AuditPlan.objects.create(
        subject=subject, kind=kind, focus=focus.strip(), months=months, next_from=starts_on, auditor=auditor
    )
    subject.address, subject.code = plan.get_absolute_url(), f"SJJH-{subject.pk}"
    subject.save()
    record(journal.AUDIT_PLANNED, actor=actor, subject=subject, data=_told(plan))
    return plan


@transaction.atomic
def change_audit_plan(*, plan: AuditPlan, focus: str, months: int, auditor: User, actor: User) -> AuditPlan:
    """Change scope, interval and auditor of audits to come; those that are open go on as they are.

    Refuses what `plan_audit` refuses, and a plan that has ended; records `supervision.audit_plan_changed`.
    """
    locked = _locked(plan, actor)
    _check(focus, months, locked.next_from, is_new=False)
    auditor_for(locked.subject.unit, auditor, known=locked.auditor)
    before = _told(locked)
    locked.focus, locked.months, locked.auditor = focus.strip(), months, auditor
    locked.save(update_fields=["focus", "months", "auditor"])
    after = _told(locked)
    if after != before:
        changes = {name: [before[name], after[name]] for name in after if after[name] != before[name]}
        data = {"title": locked.subject.title, "changes": changes}
        record(journal.AUDIT_PLAN_CHANGED, actor=actor, subject=locked.subject, data=data)
    return locked


@transaction.atomic
def end_audit_plan(*, plan: AuditPlan, reason: str, actor: User) -> AuditPlan:
    """Let an audit recur no more; cases that are open go on. Refuses without a reason; records `audit_plan_ended`."""
    locked = _locked(plan, actor)
    clean = text_given("reason", reason, say(_("Say why this audit ends.")))
    locked.ended_at = clock.now()
    locked.save(update_fields=["ended_at"])
    data = {"title": locked.subject.title, "reason": clean}
    record(journal.AUDIT_PLAN_ENDED, actor=actor, subject=locked.subject, data=data)
    return locked


def open_due_audits(*, today: date | None = None) -> int:
    """Open every audit whose turn has come, with its sample; returns how many. Repeating it changes nothing.

    Any number of workers may run this: each plan is locked, and knows from which day on it was not audited (R-BUD-14).
    """
    today, params = today or clock.today(), rule_params()
    going = AuditPlan.objects.filter(ended_at=None, subject__unit__is_active=True)
    return sum(_open_turns(pk, today, params) for pk in going.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _open_turns(pk: int, today: date, params: Params) -> int:
    plan: AuditPlan = (
        AuditPlan.objects.select_for_update(of=("subject", "self"))
        .select_related("subject__unit", "auditor")
        .get(pk=pk)
    )
    opened = 0
    while plan.ended_at is None and audit_is_opened_in_turn.failures(turn_of(plan, today), params):
        last = turn_of(plan, today).last_day(params)
        open_case(
            title=plan.subject.title, kind=plan.kind, unit=plan.subject.unit, focus=plan.focus,
            period=(plan.next_from, last),
            auditor=plan.auditor, plan=plan, actor=None,
        )  # fmt: skip
        plan.next_from = last + timedelta(days=1)
        plan.save(update_fields=["next_from"])
        opened += 1
    return opened


def _locked(plan: AuditPlan, actor: User) -> AuditPlan:
    require(actor, Perm.AUDIT, plan.subject)
    locked: AuditPlan = (
        AuditPlan.objects.select_for_update(of=("subject", "self"))
        .select_related("subject__unit", "auditor")
        .get(pk=plan.pk)
    )
    if locked.ended_at is not None:
        raise WrongState(say(_("This plan has ended.")))
    return locked


def _check(focus: str, months: int, starts_on: date, *, is_new: bool = True) -> None:
    longest = rule_params().months
    faults = {}
    if not focus.strip():
        faults["focus"] = say(_("Say what the audit looks at."))
    if not 1 <= months <= longest:
        faults["months"] = say(
            _("R-BUD-14 asks for an audit at least every {months} months."), months=longest
        )
    if is_new and abs((starts_on - clock.today()).days) > FURTHEST_DAYS:
        faults["starts_on"] = say(_("The first day lies within a year of today."))
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)


def _told(plan: AuditPlan) -> dict[str, object]:
    return {
        "title": plan.subject.title,
        "focus": plan.focus,
        "months": plan.months,
        "auditor": plan.auditor.username,
        "next_from": plan.next_from.isoformat(),
    }
