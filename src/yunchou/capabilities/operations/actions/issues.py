"""The closed loop of issues: report, decide, adjust, verify, close (ISS-01)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, RuleRefused, WrongState
from yunchou.kernel.core.money import ZERO, yuan
from yunchou.kernel.core.refusing import wanted
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import cancel, fulfil, owe
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.rules.registry import Rule
from yunchou.kernel.rules.selectors import evaluate, params_on
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.subjects.selectors import lead_of
from yunchou.kernel.ui.seen import refuse_stale, stamp

from .. import journal
from ..duties import ISSUE
from ..models import DailyReport, Issue
from ..permissions import Perm
from ..rules import (
    IssueFacts,
    closed_issue_is_verified,
    issue_due,
    large_issue_is_answered,
    small_issue_is_small,
)
from ..tables import ISSUES
from .remedies import RemedyTerms, decide_remedies, refuse_unfunded
from .shared import LONG, lines_of, short

State, Size = Issue.State, Issue.Size
DECIDED = ("causes", "adjustments", "extra_cost")
"""Columns that a decision writes; what a workbook had in them is no longer so."""
WORDS = {Size.SMALL: _("small issue"), Size.LARGE: _("large issue")}


def proposed_size(
    *,
    extra_cost: Decimal | None = None,
    touches_milestone: bool = False,
    delay_days: int = 0,
    goal_effect: Decimal | None = None,
) -> Issue.Size:
    """What the criteria of R-ISS-01 make of an issue: money, milestones, delay, effect on a goal (ISS-06)."""
    small = Issue(
        size=Size.SMALL, extra_cost=extra_cost, touches_milestone=touches_milestone, delay_days=delay_days,
        goal_effect=goal_effect,
    )  # fmt: skip
    return Size.LARGE if _failures(small_issue_is_small, small) else Size.SMALL


@transaction.atomic
def report_issue(
    *,
    subject: Subject,
    problem: str,
    actor: User,
    size: str = "",
    target: Figure | None = None,
    actual: Figure | None = None,
    causes: str | Sequence[str] = (),
    extra_cost: Decimal | None = None,
    touches_milestone: bool = False,
    delay_days: int = 0,
    goal_effect: Decimal | None = None,
    owner: User | None = None,
    origin: str = Issue.Origin.PERSON,
    report: DailyReport | None = None,
    source: str = "",
    source_address: str = "",
) -> Issue:
    """Report an issue; records `operations.issue_reported`.

    Without a size the thresholds of R-ISS-01 propose one; they refuse a small issue that is none. A large one becomes
    the overall lead's, who owes a solution within 2 hours (R-ISS-02). A small one is `owner`'s, or the reporter's who
    may decide it on the spot, else the overall lead's. `source` says what it came from, in words and by its page (ISS-07).
    """
    subject = open_table(subject=subject, table=ISSUES.key, actor=actor, right=Perm.REPORT)
    issue = Issue(
        subject=subject,
        position=(Issue.objects.filter(subject=subject).aggregate(last=Max("position"))["last"] or 0) + 1,
        problem=wanted(problem, "problem", LONG),
        target=target.to_json() if target else None,
        actual=actual.to_json() if actual else None,
        causes=lines_of(causes if isinstance(causes, str) else list(causes)),
        extra_cost=_cost(extra_cost),
        touches_milestone=touches_milestone,
        delay_days=delay_days,
        goal_effect=goal_effect,
        size=size
        or proposed_size(
            extra_cost=extra_cost,
            touches_milestone=touches_milestone,
            delay_days=delay_days,
            goal_effect=goal_effect,
        ),
        origin=origin,
        report=report,
        source=source.strip()[:160],
        source_address=_own_address(source_address),
        reporter=actor,
        reported_at=clock.now(),
    )
    _refuse(small_issue_is_small, issue)
    lead = lead_of(subject)
    settles = owner or (actor if holds(actor, Perm.SETTLE, subject) else lead)
    issue.owner = (lead if issue.is_large else settles) or actor
    issue.due_at = _two_hours_from_now() if issue.is_large else None
    issue.save(force_insert=True)
    told = {"problem": short(issue.problem), "size": _word(issue), "issue": issue.pk}
    record(journal.ISSUE_REPORTED, actor=actor, subject=subject, data=told)
    _owe(issue, actor)
    return issue


@transaction.atomic
def reclassify_issue(*, issue: Issue, size: str, reason: str, actor: User) -> Issue:
    """Make an undecided issue small or large; records `operations.issue_reclassified`. The overall lead may (ISS-06).

    The 2 hours of an issue that becomes large run from this moment; becoming small ends them.
    """
    subject, issue = _open(issue, actor, Perm.DECIDE, State.REPORTED)
    if issue.size == size:
        return issue
    issue.size = Size(size)
    _refuse(small_issue_is_small, issue)
    issue.due_at = None
    if issue.is_large:
        issue.owner = lead_of(subject) or issue.owner or actor
        issue.due_at = _two_hours_from_now() if issue.reported_at else None
    issue.save(update_fields=["size", "owner", "due_at"])
    told = {**_told(issue), "size": _word(issue), "reason": wanted(reason, "reason", 400)}
    record(journal.ISSUE_RECLASSIFIED, actor=actor, subject=subject, data=told)
    if issue.is_large:
        _owe(issue, actor)
    else:
        cancel(actor=actor, key=_key(issue), subject=subject, reason=reason)
    return issue


@transaction.atomic
def decide_issue(
    *,
    issue: Issue,
    decision: str,
    actor: User,
    causes: str | Sequence[str] | None = None,
    adjustments: str | Sequence[str] | None = None,
    extra_cost: Decimal | None = None,
    remedies: Sequence[RemedyTerms] | None = None,
    seen: str = "",
) -> Issue:
    """Record causes, adjustments and the decision; records `operations.issue_decided` and ends the 2 hours.

    Who owns the issue may; else a small one needs `operations.settle`, a large one `operations.decide`. A small issue
    whose solution costs money is refused: it is large (R-ISS-01). The adjustments become tasks (ISS-05): `remedies` say
    whose, until when and at what cost; `adjustments` are their words alone.
    """
    subject, issue = _open(issue, actor, _right_to_decide(issue), State.REPORTED)
    refuse_stale(seen, stamp_of_issue(issue))
    issue.decision = wanted(decision, "decision", LONG)
    if causes is not None:
        issue.causes = lines_of(causes if isinstance(causes, str) else list(causes))
    if adjustments is not None:
        issue.adjustments = lines_of(adjustments if isinstance(adjustments, str) else list(adjustments))
    if remedies is not None:
        issue.adjustments = [one.text for one in remedies]
        costs = [one.cost for one in remedies if one.cost]
        extra_cost = sum(costs, ZERO) if costs else extra_cost
    issue.extra_cost = _cost(extra_cost) if extra_cost is not None else issue.extra_cost
    _refuse(small_issue_is_small, issue)
    issue.state = State.DECIDED
    issue.decided_by, issue.decided_at = actor, clock.now()
    issue.given = {key: cell for key, cell in issue.given.items() if key not in DECIDED}
    issue.save()
    terms = remedies if remedies is not None else [RemedyTerms(text) for text in issue.adjustments]
    decide_remedies(issue, terms, actor)
    record(
        journal.ISSUE_DECIDED,
        actor=actor,
        subject=subject,
        data={**_told(issue), "decision": short(issue.decision)},
    )
    fulfil(actor=actor, key=_key(issue))
    _tell_reporter(issue, actor, say(_("Decided: {problem}"), problem=short(issue.problem)), "decided")
    return issue


@transaction.atomic
def adjust_issue(*, issue: Issue, actor: User) -> Issue:
    """Say that the adjustment has begun; records `operations.issue_adjusting`. Money that it costs was asked for (ISS-05)."""
    subject, issue = _open(issue, actor, _right_to_decide(issue), State.DECIDED)
    refuse_unfunded(subject, list(issue.remedies.all()))
    issue.state = State.ADJUSTING
    issue.save(update_fields=["state"])
    record(journal.ISSUE_ADJUSTING, actor=actor, subject=subject, data=_told(issue))
    return issue


@transaction.atomic
def verify_issue(*, issue: Issue, verification: str, actor: User) -> Issue:
    """Say how it was found that the adjustment worked; records `operations.issue_verified`. Its reporter may, too."""
    right = "" if issue.reporter_id == actor.pk else _right_to_decide(issue)
    subject, issue = _open(issue, actor, right, State.DECIDED, State.ADJUSTING)
    issue.verification = wanted(verification, "verification", LONG)
    issue.state = State.VERIFIED
    issue.verified_by, issue.verified_at = actor, clock.now()
    issue.save(update_fields=["verification", "state", "verified_by", "verified_at"])
    told = {**_told(issue), "verification": short(issue.verification)}
    record(journal.ISSUE_VERIFIED, actor=actor, subject=subject, data=told)
    return issue


@transaction.atomic
def close_issue(*, issue: Issue, actor: User) -> Issue:
    """Close a verified issue; records `operations.issue_closed`. Refuses one that nobody verified (R-ISS-03), and one of
    whose adjustments nobody said what came of it.

    Problem and solution go to the whole team, and stand in the retrospective (ISS-04).
    """
    subject, issue = _open(
        issue, actor, _right_to_decide(issue), *[each for each in State if each != State.CLOSED]
    )
    _refuse(closed_issue_is_verified, issue)
    refuse_unfunded(subject, list(issue.remedies.all()))
    if open_one := issue.remedies.filter(done_at=None).first():
        raise WrongState(say(_("Say first what came of “{remedy}”."), remedy=short(open_one.text)))
    issue.state = State.CLOSED
    issue.closed_at = clock.now()
    issue.save(update_fields=["state", "closed_at"])
    record(journal.ISSUE_CLOSED, actor=actor, subject=subject, data=_told(issue))
    words = _("Solved: {problem}. {solution}")
    team = User.objects.filter(memberships__subject=subject).exclude(pk=actor.pk).distinct()
    notify(
        users={*team, *([issue.reporter] if issue.reporter and issue.reporter != actor else [])},
        kind="operations.feedback",
        say=say(words, problem=short(issue.problem), solution=short(issue.decision or issue.verification)),
        subject=subject,
        address=issue.get_absolute_url(),
        key=f"issue:{issue.pk}:closed",
    )
    return issue


def _open(issue: Issue, actor: User, right: str, *states: str) -> tuple[Subject, Issue]:
    """The locked subject and the issue as it is now; whoever owns the issue needs no further right."""
    right = "" if issue.owner_id == actor.pk else right
    subject = open_table(subject=issue.subject, table=ISSUES.key, actor=actor, right=right)
    found = Issue.objects.select_related("subject", "owner", "reporter").get(pk=issue.pk)
    if found.state not in states:
        raise WrongState(
            say(_("The issue is “{state}”: this cannot be done now."), state=str(found.get_state_display()))
        )
    return subject, found


def stamp_of_issue(issue: Issue) -> str:
    """How an issue stands, for a form that shows it."""
    return stamp(issue.state, issue.size, issue.decision, issue.verification)


def _own_address(address: str) -> str:
    """A page of the product itself, or none."""
    return address[:200] if address.startswith("/") and not address.startswith("//") else ""


def _right_to_decide(issue: Issue) -> str:
    return Perm.DECIDE if issue.is_large else Perm.SETTLE


def _facts(issue: Issue) -> IssueFacts:
    now = clock.now()
    return IssueFacts(
        is_large=issue.is_large,
        reported_at=issue.reported_at or now,
        now=now,
        extra_cost=issue.extra_cost or ZERO,
        touches_milestone=issue.touches_milestone,
        delay_days=issue.delay_days or 0,
        goal_effect=issue.goal_effect or ZERO,
        decided_at=issue.decided_at,
        is_verified=bool(issue.verification),
    )


def _failures(rule: Rule[IssueFacts], issue: Issue) -> list[Verdict]:
    return [verdict for verdict in evaluate([rule], _facts(issue)) if not verdict.passed]


def _refuse(rule: Rule[IssueFacts], issue: Issue) -> None:
    if failed := _failures(rule, issue):
        raise RuleRefused(failed[0].reason, code=rule.id, verdicts=failed)


def _cost(amount: Decimal | None) -> Decimal | None:
    if amount is not None and amount < 0:
        words = say(_("An amount cannot be negative."))
        raise Invalid(words, fields={"extra_cost": words})
    return None if amount is None else yuan(amount)


def _two_hours_from_now() -> datetime:
    return issue_due(clock.now(), params_on([large_issue_is_answered])[large_issue_is_answered.id])


def _key(issue: Issue) -> str:
    return f"{ISSUE.key}:{issue.pk}"


def _word(issue: Issue) -> Say:
    return say(WORDS[Size(issue.size)])


def _told(issue: Issue) -> dict[str, str | int]:
    return {"problem": short(issue.problem), "issue": issue.pk}


def _owe(issue: Issue, actor: User) -> None:
    """A large issue is owed; of a small one its owner is told."""
    assert issue.owner is not None
    if issue.is_large and issue.due_at:
        owe(
            kind=ISSUE.key,
            subject=issue.subject,
            owner=issue.owner,
            due_at=issue.due_at,
            key=_key(issue),
            params={"problem": short(issue.problem)},
            address=issue.get_absolute_url(),
            actor=actor,
        )
    if issue.owner_id != actor.pk:
        words = (
            _("Large issue, solution within 2 hours: {problem}")
            if issue.is_large
            else _("Small issue to decide: {problem}")
        )
        notify(
            users=[issue.owner],
            kind="operations.issue",
            say=say(words, problem=short(issue.problem)),
            subject=issue.subject,
            address=issue.get_absolute_url(),
            key=f"issue:{issue.pk}:{issue.size}",
        )


def _tell_reporter(issue: Issue, actor: User, words: Say, step: str) -> None:
    if issue.reporter and issue.reporter_id != actor.pk:
        notify(
            users=[issue.reporter],
            kind="operations.decided",
            say=words,
            subject=issue.subject,
            address=issue.get_absolute_url(),
            key=f"issue:{issue.pk}:{step}",
        )
