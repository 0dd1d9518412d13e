"""Changing what was approved, and amending what is being decided on (APR-08, APR-13, APR-16, GOA-10).

A change opens the tables of the proposal again; the version in force stays what counts until the approvers agree. Only
what the change newly needs is decided, and by whoever had the last word (R-APR-08, R-APR-17). An amendment opens them
while the approvers decide; decisions whose facts it touches become void.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.metrics.actions import keep_goals
from yunchou.capabilities.work.actions import keep_baseline
from yunchou.kernel.access.checks import require
from yunchou.kernel.approvals.actions import amend_case, reopen_case
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.selectors import running_case
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, RuleRefused, WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.rules.actions import keep_verdicts
from yunchou.kernel.rules.selectors import evaluate, with_rulings
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.actions import present_digest
from yunchou.kernel.versions.models import Version

from .. import following, funding, journal
from ..change_models import Change
from ..changing import CHANGEABLE, changes_of, version_in_force
from ..flow import LIVE
from ..models import Campaign
from ..permissions import Perm
from ..restoring import remember, restore
from ..rules.book import PROPOSAL
from ..selectors import facts_held, facts_of
from .confirming import confirm_conflicts, demand_confirmed
from .drafting import classify
from .splits import one_at_a_time, tell_earlier

DEFINITION = "campaign"


@transaction.atomic
def open_change(*, campaign: Campaign, actor: User, reason: str) -> Change:
    """Open the tables of an approved proposal for a change; records `campaigns.change_opened`.

    Refuses without `campaigns.submit`, without a reason, where nothing was approved or the campaign is over, and while
    another change is written or decided on.
    """
    subject = _locked(campaign, actor)
    campaign = Campaign.objects.whole(campaign.pk)
    version = version_in_force(subject)
    if campaign.status not in CHANGEABLE or version is None:
        words = _("Only an approved campaign that is not closed is changed; this one is “{state}”.")
        raise WrongState(say(words, state=str(campaign.get_status_display())))
    return _open(campaign, Change.Kind.CHANGE, version, reason, actor)


@transaction.atomic
def open_amendment(*, campaign: Campaign, actor: User, reason: str) -> Change:
    """Open the tables of a proposal that is being decided on; records `campaigns.amendment_opened`.

    Until it is sent or dropped nobody can decide, since what they saw is being written anew. Refuses as `open_change` does,
    and where nothing is being decided.
    """
    subject = _locked(campaign, actor)
    if (case := running_case(subject)) is None:
        raise WrongState(say(_("The proposal is not being approved.")))
    return _open(campaign, Change.Kind.AMENDMENT, case.version, reason, actor)


def _open(campaign: Campaign, kind: Change.Kind, base: Version, reason: str, actor: User) -> Change:
    if not reason.strip():
        words = say(_("Give a reason."))
        raise Invalid(words, fields={"reason": words})
    if any(change.kind == kind or change.is_open for change in changes_of(campaign.pk)):
        raise WrongState(say(_("The proposal is being changed already.")))
    close_amendment(campaign.subject)  # one that another version has overtaken
    change = Change.objects.create(
        campaign=campaign,
        kind=kind,
        reason=reason.strip(),
        base=base,
        rows=remember(campaign.subject, base),
        opened_by=actor,
    )
    told = {"version": str(base), "reason": change.reason}
    entry = journal.CHANGE_OPENED if kind == Change.Kind.CHANGE else journal.AMENDMENT_OPENED
    record(entry, actor=actor, subject=campaign.subject, data=told)
    return change


def send_change(
    *, change: Change, actor: User, seen: str = "", confirmed: Mapping[str, str] | None = None
) -> Change:
    """Send a change to those who have to agree to it, or an amendment to those who are deciding.

    `seen` is the digest of what the sender looked at; what was written since is not sent. Refuses what the rules of a
    proposal refuse, and where nothing differs from the version it began from. Dates that disagree by now are mended or
    confirmed one by one (R-SCH-06), as in `submit_campaign`. Records `campaigns.change_sent` or
    `campaigns.amendment_sent`, and what the engine records.
    """
    with transaction.atomic():
        subject = _locked(change.campaign, actor)
        change = _written(change)
        now = present_digest(subject)
        if seen and seen != now:
            words = _(
                "The proposal was written on after you opened this page. Look at it again before you send it."
            )
            raise WrongState(say(words), code="stale")
        confirm_conflicts(subject, actor, confirmed or {})
        with facts_held():
            demand_confirmed(subject)
            if change.is_amendment:
                return _amend(change, subject, actor)
            _check_again(subject)
            if now == change.base.digest:
                raise WrongState(say(_("Nothing differs from {version}."), version=str(change.base)))
            return _reopen(change, subject, actor)


def _check_again(subject: Subject) -> None:
    """What sending a proposal demands, demanded of the one that is written now; its class as it stands."""
    one_at_a_time(subject)
    _demand_rules(subject)
    classify(campaign=Campaign.objects.whole(subject.pk))


def _reopen(change: Change, subject: Subject, actor: User) -> Change:
    case = reopen_case(subject=subject, definition=DEFINITION, actor=actor, note=change.reason)
    if case is None:
        raise WrongState(say(_("Nothing differs from {version}."), version=str(change.base)))
    change.case, change.state = case, Change.State.SENT
    change.save(update_fields=["case", "state"])
    told = {"reason": change.reason, "case": case.pk}
    record(journal.CHANGE_SENT, actor=actor, subject=subject, data=told)
    campaign = Campaign.objects.whole(subject.pk)
    tell_earlier(campaign=campaign, actor=actor)
    funding.freeze(campaign, actor)
    if not Case.objects.filter(pk=case.pk, state=Case.State.RUNNING).exists():
        change.refresh_from_db()  # nobody was asked: it is in force at once
    return change


def _amend(change: Change, subject: Subject, actor: User) -> Change:
    if (case := running_case(subject)) is None:
        raise WrongState(say(_("The proposal is not being approved.")))
    amend_case(case=case, actor=actor, note=change.reason)
    change.refresh_from_db()
    return change


def campaign_amended(subject: Subject, case: Case, actor: User) -> None:
    """Called by the engine before a running case goes on with the proposal as it is now, whichever page asks for it.

    Demands what sending it demands, and closes the amendment that is being written; records `campaigns.amendment_sent`.
    """
    with facts_held():
        require(actor, Perm.SUBMIT, subject)
        demand_confirmed(subject)
        _check_again(subject)
        if change := _written_amendment(subject):
            _close(change, Change.State.HANDED_IN)
            told = {"reason": change.reason, "case": case.pk}
            record(journal.AMENDMENT_SENT, actor=actor, subject=subject, data=told)
        campaign = Campaign.objects.whole(subject.pk)
        tell_earlier(campaign=campaign, actor=actor)
        funding.freeze(campaign, actor)


def _written_amendment(subject: Subject) -> Change | None:
    return Change.objects.filter(
        campaign=subject.pk, kind=Change.Kind.AMENDMENT, state=Change.State.OPEN
    ).first()


@transaction.atomic
def drop_change(*, change: Change, actor: User) -> Change:
    """Give up what was written: the tables go back to the version it began from. Records `campaigns.change_dropped`.

    A change that was sent is withdrawn first, by whoever sent it.
    """
    _locked(change.campaign, actor)
    change = _written(change)
    put_back(change, actor)
    return change


def put_back(change: Change, actor: User) -> None:
    """Restore the version a change began from, and close it; for outcomes of approvals as well.

    People owe their tasks by the dates that hold again. What is frozen for a proposal that is still decided on stays so.
    """
    subject = Subject.objects.get(pk=change.campaign_id)
    restore(subject=subject, version=change.base, rows=change.rows, actor=actor)
    _close(change, Change.State.DROPPED)
    campaign = classify(campaign=Campaign.objects.whole(subject.pk))
    if not change.is_amendment:
        funding.let_go(campaign, actor)
    if campaign.status in LIVE:
        following.owe_tasks(campaign, actor)
    entry = journal.AMENDMENT_DROPPED if change.is_amendment else journal.CHANGE_DROPPED
    record(entry, actor=actor, subject=subject, data={"version": str(change.base)})


# -- outcomes, called by the engine within its transaction -------------------------------------------------------------


def change_approved(change: Change, case: Case, actor: User) -> None:
    """What was changed holds from now on: it is the new baseline, and people owe their tasks by the new dates."""
    _close(change, Change.State.IN_FORCE)
    subject, campaign = case.subject, Campaign.objects.whole(case.subject_id)
    keep_baseline(subject=subject, actor=actor)
    keep_goals(subject=subject, actor=actor)
    funding.give(campaign, actor)
    if campaign.status in LIVE:
        following.owe_tasks(campaign, actor)
    told = {"version": str(case.version), "before": str(change.base)}
    record(journal.CHANGE_IN_FORCE, actor=actor, subject=subject, data=told)
    _tell(change, say(_("The change of “{title}” is approved and in force."), title=campaign.name))


def change_returned(change: Change, case: Case, actor: User, note: str) -> None:
    """Back to whoever writes it; the version in force stays so."""
    change.state, change.case = Change.State.OPEN, None
    change.save(update_fields=["state", "case"])
    funding.let_go(Campaign.objects.whole(case.subject_id), actor)
    record(journal.CHANGE_RETURNED, actor=actor, subject=case.subject, data={"note": note})
    _tell(change, say(_("The change of “{title}” was returned: {note}"), title=case.subject.title, note=note))


def close_amendment(subject: Subject) -> None:
    """What it was to amend is decided, or was amended otherwise: nothing is left of an amendment that was being written."""
    if change := _written_amendment(subject):
        _close(change, Change.State.DROPPED)


def taken_from(case: Case) -> Change | None:
    """The change that a closed case decided on; None where that was the proposal itself. Closes an open amendment of it."""
    amends = Q(campaign=case.subject_id, kind=Change.Kind.AMENDMENT, state=Change.State.OPEN)
    decided = Q(case=case, kind=Change.Kind.CHANGE)
    found = Change.objects.filter(decided | amends).select_related("base", "opened_by")
    for amendment in (change for change in found if change.is_amendment):
        _close(amendment, Change.State.DROPPED)
    return next((change for change in found if not change.is_amendment), None)


def _close(change: Change, state: Change.State) -> None:
    change.state, change.closed_at = state, clock.now()
    change.save(update_fields=["state", "closed_at"])


def _tell(change: Change, words: Say) -> None:
    subject = Subject.objects.get(pk=change.campaign_id)
    notify(users=[change.opened_by], kind="campaigns.change", say=words, subject=subject)


def _locked(campaign: Campaign, actor: User) -> Subject:
    subject = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=campaign.pk)
    require(actor, Perm.SUBMIT, subject)
    return subject


def _written(change: Change) -> Change:
    """The change as it is now, which must still be written."""
    change = (
        Change.objects.select_for_update(of=("self",)).select_related("base", "opened_by").get(pk=change.pk)
    )
    if not change.is_open:
        raise WrongState(
            say(_("The change is not being written: it is “{state}”."), state=str(change.get_state_display()))
        )
    return change


def _demand_rules(subject: Subject) -> None:
    """Refuse what stops a proposal, and keep what the rules said, so that the decision can be replayed."""
    facts = facts_of(subject)
    verdicts = evaluate(PROPOSAL, facts, day=facts.rules_day)
    judged = with_rulings([verdict for verdict in verdicts if not verdict.passed], subject)
    if stopping := [one.verdict for one in judged if one.stops]:
        raise RuleRefused(stopping[0].reason, verdicts=stopping)
    # The version of what was judged is taken after this; its digest says which it will be.
    keep_verdicts(
        subject=subject,
        occasion="Change.send",
        verdicts=verdicts,
        content_digest=present_digest(subject),
        context=facts,
    )
