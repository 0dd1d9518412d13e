"""The course of a campaign after its draft: every change of status that a person makes, and what follows from it."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid, RuleRefused
from yunchou.kernel.core.text import say
from yunchou.kernel.duties import actions as duties
from yunchou.kernel.duties.kinds import kinds as duty_kinds
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .. import asking, flow, following, funding
from ..models import Campaign, Status
from ..permissions import Perm
from ..preparing import demand_readiness
from ..rules.execution import nothing_runs_unapproved
from ..selectors import approval_of


def start_planning(*, campaign: Campaign, actor: User) -> Campaign:
    """Take up a draft; records `campaigns.planning_started`."""
    with flow.PLAN.apply(campaign, actor=actor) as locked:
        pass
    return locked


def start_preparation(*, campaign: Campaign, actor: User) -> Campaign:
    """Begin to prepare what was approved: owners owe their tasks from now on. Refuses as R-APR-07 does."""
    _demand_approval(campaign, actor)
    with flow.PREPARE.apply(campaign, actor=actor) as locked:
        following.owe_tasks(locked, actor)
    return locked


def start_campaign(*, campaign: Campaign, actor: User) -> Campaign:
    """Begin execution; records `campaigns.started`. Tasks and the reports of the first day are owed from now on.

    Refuses while a required approval is missing and names it (R-APR-07), and while the readiness check says no-go (R-PRE-03).
    """
    _demand_approval(campaign, actor)
    with flow.START.apply(campaign, actor=actor) as locked:
        demand_readiness(locked.subject)
        following.owe_tasks(locked, actor)
        following.owe_reports(locked, actor)
        asking.open_feedback(locked, actor)
    return locked


def close_campaign(*, campaign: Campaign, actor: User) -> Campaign:
    """End execution; records `campaigns.closed`. Reports and tasks are no longer owed, final figures of goals are.

    A goal is due on its date, or on the n-th working day after the end (R-GOA-02). The questionnaire that was prepared
    opens (R-EVA-03).
    """
    with flow.CLOSE.apply(campaign, actor=actor) as locked:
        following.drop_work(locked, actor)
        following.owe_goals(locked, actor)
        asking.ask_who_came(locked, actor)
    return locked


def complete_evaluation(*, campaign: Campaign, actor: User) -> Campaign:
    """The evaluation is complete; records `campaigns.evaluated`. What it needs is guarded by the room that evaluates."""
    with flow.EVALUATE.apply(campaign, actor=actor) as locked:
        following.settle_goals(locked, actor)
        funding.give_rest(locked, actor)
    return locked


def archive_campaign(*, campaign: Campaign, actor: User, outliving: Collection[str] = ()) -> Campaign:
    """Put the campaign away for good; records `campaigns.archived`. The room that keeps archives guards and calls it.

    What is still owed is dropped, but for duties of the kinds `outliving`, such as improvement actions (RET-05).
    """
    with flow.ARCHIVE.apply(campaign, actor=actor) as locked:
        for kind in duty_kinds:
            if kind.key not in outliving:
                duties.cancel(actor=actor, kind=kind.key, subject=locked.subject)
        funding.give_rest(locked, actor)
    return locked


@transaction.atomic
def suspend_campaign(*, campaign: Campaign, actor: User, note: str) -> Campaign:
    """Stop for a time, with a reason: tasks and reports are not owed meanwhile; records `campaigns.suspended`."""
    _demand_reason(note)
    Subject.objects.select_for_update().get(pk=campaign.pk)
    before = Campaign.objects.select_for_update().get(pk=campaign.pk).status
    with flow.SUSPEND.apply(campaign, actor=actor, note=note) as locked:
        locked.status_before = before
        locked.save(update_fields=["status_before"])
        following.drop_work(locked, actor)
    return locked


@transaction.atomic
def resume_campaign(*, campaign: Campaign, actor: User) -> Campaign:
    """Go on from where it was suspended; records `campaigns.resumed`."""
    Subject.objects.select_for_update().get(pk=campaign.pk)
    before = Campaign.objects.select_for_update().get(pk=campaign.pk).status_before or Status.PREPARING
    with flow.RESUME.apply(campaign, actor=actor, data={"to": before}) as locked:
        locked.status, locked.status_before = before, ""
        locked.save(update_fields=["status", "status_before"])
        if before in flow.LIVE:
            following.owe_tasks(locked, actor)
        if before == Status.RUNNING:
            following.owe_reports(locked, actor)
    return locked


def cancel_campaign(*, campaign: Campaign, actor: User, note: str) -> Campaign:
    """Give the campaign up, with a reason: whatever is owed for it is dropped; records `campaigns.cancelled`."""
    _demand_reason(note)
    with flow.CANCEL.apply(campaign, actor=actor, note=note) as locked:
        duties.cancel(actor=actor, subject=locked.subject, reason=note)
        funding.take_back(locked, actor)
    return locked


def _demand_approval(campaign: Campaign, actor: User) -> None:
    """Right first, then the approvals: whoever may not start it learns nothing of its route."""
    require(actor, Perm.RUN, campaign)
    [verdict] = nothing_runs_unapproved.check(approval_of(campaign, actor))
    if not verdict.passed:
        raise RuleRefused(verdict.reason, verdicts=[verdict])


def _demand_reason(note: str) -> None:
    if not note.strip():
        reason = say(_("Give a reason."))
        raise Invalid(reason, fields={"note": reason})
