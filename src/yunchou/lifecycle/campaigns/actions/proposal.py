"""Sending a proposal and what becomes of it. The outcomes are called by `kernel.approvals` in its own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.metrics.actions import keep_goals
from yunchou.capabilities.work.actions import keep_baseline
from yunchou.kernel.access.checks import require
from yunchou.kernel.approvals.actions import missing_route_told, open_case, withdraw
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.approvals.selectors import running_case
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .. import flow, funding
from ..models import Campaign
from ..permissions import Perm
from ..selectors import facts_held, facts_of
from . import changes
from .confirming import confirm_conflicts, demand_confirmed
from .drafting import CLASS, judge_class
from .splits import one_at_a_time, tell_earlier

DEFINITION = "campaign"


def submit_campaign(
    *, campaign: Campaign, actor: User, note: str = "", confirmed: Mapping[str, str] | None = None
) -> Campaign:
    """Send a proposal to its approvers. Refuses as `flow.SUBMIT` says, and where no route can be laid (R-APR-14, 15).

    Dates that disagree are mended or confirmed one by one (R-SCH-06): `confirmed` has a reason for each by its fingerprint.

    Records `campaigns.submitted`, what `approvals.open_case` records, and on each earlier campaign that passes a limit only
    together with this one `campaigns.split_found`.
    """
    require(actor, Perm.SUBMIT, campaign)
    with missing_route_told(campaign.subject, actor), transaction.atomic():
        # The engine locks the subject first; in the same order here, or two people meet in a deadlock.
        Subject.objects.select_for_update().get(pk=campaign.pk)
        confirm_conflicts(campaign.subject, actor, confirmed or {})
        with facts_held():
            demand_confirmed(campaign.subject)
            one_at_a_time(campaign.subject)
            with flow.SUBMIT.apply(campaign, actor=actor, note=note) as locked:
                locked.is_returned, locked.heirs = False, {}
                judge_class(locked, facts_of(locked.subject))
                locked.save(update_fields=["is_returned", "heirs", *CLASS])
                open_case(subject=locked.subject, definition=DEFINITION, actor=actor, note=note)
                tell_earlier(campaign=locked, actor=actor)
                funding.freeze(locked, actor)
    return locked


def withdraw_campaign(*, campaign: Campaign, actor: User) -> Campaign:
    """Take a proposal back from its approvers; only who sent it may."""
    if (case := running_case(campaign.subject)) is None:
        raise WrongState(say(_("The proposal is not being approved.")))
    withdraw(case=case, actor=actor)
    return Campaign.objects.whole(campaign.pk)


def campaign_approved(case: Case, actor: User) -> None:
    """The last approver agreed: the schedule as it stands becomes the baseline. The engine has frozen the version."""
    if change := changes.taken_from(case):
        changes.change_approved(change, case, actor)
        return
    with flow.APPROVE.apply(_campaign(case), actor=actor) as locked:
        keep_baseline(subject=case.subject, actor=actor)
        keep_goals(subject=case.subject, actor=actor)
        funding.give(locked, actor)


def campaign_returned(case: Case, actor: User) -> None:
    """Back to planning, with the opinion; a change goes back to whoever writes it."""
    if change := changes.taken_from(case):
        changes.change_returned(change, case, actor, _opinion(case))
        return
    _back(flow.RETURN, case, actor)


def campaign_rejected(case: Case, actor: User) -> None:
    """Back to planning as well: a rejected proposal may be written anew or be cancelled.

    Where a change is rejected, the version in force is restored.
    """
    if change := changes.taken_from(case):
        changes.put_back(change, actor)
        return
    _back(flow.REJECT, case, actor)


def campaign_withdrawn(case: Case, actor: User) -> None:
    """Back to planning, by the one who sent it; where it was a change, the version in force is restored."""
    if change := changes.taken_from(case):
        changes.put_back(change, actor)
        return
    with flow.WITHDRAW.apply(_campaign(case), actor=actor) as locked:
        funding.let_go(locked, actor)


def _campaign(case: Case) -> Campaign:
    """The campaign by its key alone: a move reads the row itself, under its lock."""
    return Campaign(pk=case.subject_id)


def _opinion(case: Case) -> str:
    """What the last who decided had to say."""
    decided = (
        Task.objects.filter(step__case=case, decided_at__isnull=False).order_by("-decided_at", "-pk").first()
    )
    return decided.opinion if decided else ""


def _back(move: Any, case: Case, actor: User) -> None:
    with move.apply(_campaign(case), actor=actor, note=_opinion(case)) as locked:
        locked.is_returned = True
        locked.save(update_fields=["is_returned"])
        funding.let_go(locked, actor)
