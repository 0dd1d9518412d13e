"""Looking at a plan again while it is carried out: reviews of its monitor, dedicated money, risks to the budget."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holders_of
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.duties.actions import Change as DutyChange
from yunchou.kernel.duties.actions import Owed, change_duties, fulfil, owe
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.selectors import holders
from yunchou.kernel.journal.actions import record, record_all
from yunchou.kernel.rules.registry import Rule
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.actions import add_members
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..dedicated import dedicated_of
from ..duties import DUE_HOUR, REVIEW, RISK, SUPERVISION
from ..facts import label_of
from ..models import IN_FORCE, Item, Plan, Review, Risk, RiskState, Supervision
from ..monitor import monitor_of
from ..oversight_rules import dedicated_money_is_supervised, plan_is_reviewed
from ..permissions import Perm
from ..sheets import follow_risks


def interval_of(rule: Rule[Any]) -> int:
    """The most days that may lie between two looks."""
    days: int = params_on([rule])[rule.id].days
    return days


# -- reviews of the monitor (PLN-10) -----------------------------------------------------------------------------------


@transaction.atomic
def review_plan(*, plan: Plan, findings: str, measures: str, next_on: date | None, actor: User) -> Review:
    """Note what the monitor of a plan in force showed, what follows, and when it is looked at again (PLN-10).

    The figures of the day are kept; the duty is fulfilled, and the next one owed. Refuses without `planning.run`, a plan
    that is not in force, an empty text, and a next day that is not ahead or too far ahead. Records `planning.reviewed`.
    """
    plan = _locked(plan, actor, Perm.RUN)
    faults = _empty(findings=findings, measures=measures) | _day_faults(
        plan, next_on, interval_of(plan_is_reviewed)
    )
    if faults:
        raise Invalid(
            say(_("A review says what was seen, what follows, and when the next is.")), fields=faults
        )
    review: Review = Review.objects.create(
        plan=plan,
        findings=findings.strip(),
        measures=measures.strip(),
        next_on=next_on,
        figures={**monitor_of(plan).figures, "deviation": str(monitor_of(plan).deviation)},
        author=actor,
    )
    told = {"findings": review.findings, "measures": review.measures, "next": str(next_on or "")}
    record(journal.REVIEWED, actor=actor, subject=plan.subject, data=told)
    _done(plan, REVIEW.key, actor)
    owe_review(plan=plan, actor=actor, on=next_on)
    return review


def owe_review(*, plan: Plan, actor: User | None, on: date | None = None) -> bool:
    """Its owner owes a look at the monitor by a day (at the latest after the interval), as long as its period lasts."""
    day = on or clock.today() + timedelta(days=interval_of(plan_is_reviewed))
    begins = max(clock.today(), plan.starts_on)
    day = day if on else max(day, begins + timedelta(days=interval_of(plan_is_reviewed)))
    if plan.status not in IN_FORCE or day > plan.ends_on or _owed(plan, REVIEW.key):
        return False
    owe(
        kind=REVIEW.key,
        subject=plan.subject,
        owner=plan.owner,
        due_at=clock.moment(day, DUE_HOUR),
        key=f"{REVIEW.key}:{plan.pk}:{plan.reviews.count() + 1}",
        address=f"{reverse('planning:plan_oversight', args=[plan.pk])}#reviews",
        actor=actor,
    )
    return True


# -- dedicated money (BUD-27) ------------------------------------------------------------------------------------------


@transaction.atomic
def supervise(*, plan: Plan, verdict: str, note: str, next_on: date | None, actor: User) -> Supervision:
    """Note that the money dedicated to advertising and public relations was looked at, and how it is used (BUD-27).

    Refuses without `planning.supervise`, whoever owns the plan or one of its dedicated items (supervision is separate),
    a plan without such money or not in force, an empty note, and a next day that is not ahead or too far ahead.
    Records `planning.supervised`.
    """
    plan = _locked(plan, actor, Perm.SUPERVISE)
    found = dedicated_of(plan)
    if not found.lines:
        raise WrongState(say(_("This plan has no dedicated money.")))
    if actor.pk in found.users:
        raise NotAllowed(say(_("Whoever answers for dedicated money does not supervise it.")))
    faults = _empty(note=note) | _day_faults(plan, next_on, interval_of(dedicated_money_is_supervised))
    if verdict not in Supervision.Verdict.values:
        faults["verdict"] = say(_("Say whether it is in order."))
    if faults:
        raise Invalid(say(_("Some entries cannot be used; nothing was saved.")), fields=faults)
    made: Supervision = Supervision.objects.create(
        plan=plan, verdict=verdict, note=note.strip(), next_on=next_on, figures=found.figures, author=actor
    )
    told = {"verdict": label_of(Supervision.Verdict(verdict)), "note": made.note, "next": str(next_on or "")}
    record(journal.SUPERVISED, actor=actor, subject=plan.subject, data=told)
    _done(plan, SUPERVISION.key, actor)
    owe_supervision(plan=plan, actor=actor, on=next_on, by=actor)
    return made


def owe_supervision(
    *, plan: Plan, actor: User | None, on: date | None = None, by: User | None = None
) -> bool:
    """Somebody who does not use it owes a look at the dedicated money of a plan in force; nobody where there is none."""
    day = on or max(clock.today(), plan.starts_on) + timedelta(
        days=interval_of(dedicated_money_is_supervised)
    )
    if plan.status not in IN_FORCE or day > plan.ends_on or _owed(plan, SUPERVISION.key):
        return False
    users = Item.objects.filter(subject=plan.pk).exclude(dedicated="").values_list("owner", flat=True)
    if not users:
        return False
    whom = by or supervisor_of(plan, {plan.owner_id, *users})
    if whom is None:
        return False
    add_members(subject=plan.subject, users=[whom])
    owe(
        kind=SUPERVISION.key,
        subject=plan.subject,
        owner=whom,
        due_at=clock.moment(day, DUE_HOUR),
        key=f"{SUPERVISION.key}:{plan.pk}:{plan.supervisions.count() + 1}",
        address=f"{reverse('planning:plan_oversight', args=[plan.pk])}#dedicated",
        actor=actor,
    )
    return True


def supervisor_of(plan: Plan, users: Iterable[int | None]) -> User | None:
    """Finance of the unit, else audit, else anybody with the right: never one of those who use the money."""
    apart = {pk for pk in users if pk is not None}
    for post in (p.FINANCE, p.AUDITOR):
        found = next(
            (seat.user for seat in holders(post, plan.subject.unit) if seat.user_id not in apart), None
        )
        if found is not None:
            return found
    return holders_of(Perm.SUPERVISE, plan).exclude(pk__in=apart).order_by("pk").first()


# -- risks to the budget (BUD-28) --------------------------------------------------------------------------------------


@transaction.atomic
def review_risk(*, risk: Risk, state: str, note: str, next_on: date | None, actor: User) -> Risk:
    """Look at a risk again: what became of it, and when it is looked at next; records `planning.risk_reviewed`.

    Its owner may, and whoever runs the plan. Refuses a plan that is not in force, an unknown state, an empty note, and a
    next day that is missing (unless the risk is over) or not ahead.
    """
    subject = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=risk.subject_id)
    locked = Risk.objects.select_for_update(of=("self",)).get(pk=risk.pk)
    require(actor, Perm.VIEW if locked.owner_id == actor.pk else Perm.RUN, subject)
    plan = Plan.objects.whole(subject.pk)
    if plan.status not in IN_FORCE:
        raise WrongState(say(_("Risks are reviewed while their plan is in force.")))
    faults = _empty(note=note)
    if state not in RiskState.values:
        faults["state"] = say(_("Say what became of the risk."))
    if next_on is not None and next_on <= clock.today():
        faults["next_on"] = say(_("The next day lies ahead."))
    elif next_on is None and state != RiskState.OVER:
        faults["next_on"] = say(_("Say when it is looked at again."))
    if faults:
        raise Invalid(say(_("Some entries cannot be used; nothing was saved.")), fields=faults)
    fulfil(actor=actor, key=locked.key)
    locked.state, locked.review_note, locked.reviewed_by = state, note.strip(), actor
    locked.reviewed_on = clock.today()
    locked.review_on = next_on or locked.review_on
    locked.given = {key: cell for key, cell in locked.given.items() if key != "review_on"}
    locked.save()
    told = {"risk": locked.title, "state": label_of(RiskState(state)), "note": locked.review_note}
    record(journal.RISK_REVIEWED, actor=actor, subject=subject, data={**told, "next": str(next_on or "")})
    owe_risk_reviews(plan=plan, actor=actor)
    return locked


def owe_risk_reviews(*, plan: Plan, actor: User | None) -> None:
    """Owners owe a look at each open risk of a plan in force by its day; what moved moves, what is gone is dropped."""
    if plan.status not in IN_FORCE:
        return
    risks = Risk.objects.filter(subject=plan.pk).exclude(state=RiskState.OVER).select_related("owner")
    wanted = {risk.key: risk for risk in risks if risk.owner and risk.review_on}
    known = set(Duty.objects.open().filter(subject=plan.pk, kind=RISK.key).values_list("key", flat=True))
    address = reverse("planning:plan_oversight", args=[plan.pk])
    new = [
        Owed(
            RISK.key,
            plan.subject,
            risk.owner,
            clock.moment(risk.review_on, DUE_HOUR),
            key=key,
            params={"risk": risk.title},
            address=f"{address}#risk-{risk.pk}",
        )
        for key, risk in wanted.items()
        if risk.owner and risk.review_on and key not in known
    ]
    record_all(change_duties(DutyChange(owed=new, cancelled=known - set(wanted)), actor=actor))


follow_risks(lambda plan, actor: owe_risk_reviews(plan=plan, actor=actor))


# -- every night ---------------------------------------------------------------------------------------------------------


def owe_looks() -> int:
    """Plans in force that nobody owes a look at any more get one again; repeating it changes nothing. Says how many."""
    count = 0
    today = clock.today()
    for plan in Plan.objects.filter(status__in=IN_FORCE, year__gte=today.year).select_related(
        "subject__unit", "owner"
    ):
        if plan.ends_on < today:
            continue
        count += owe_review(plan=plan, actor=None)
        count += owe_supervision(plan=plan, actor=None)
    return count


def owe_all(*, plan: Plan, actor: User) -> None:
    """What a plan makes people owe from its approval on, beside its items."""
    owe_review(plan=plan, actor=actor)
    owe_supervision(plan=plan, actor=actor)
    owe_risk_reviews(plan=plan, actor=actor)


def _locked(plan: Plan, actor: User, right: str) -> Plan:
    subject = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=plan.pk)
    require(actor, right, subject)
    found = Plan.objects.whole(plan.pk)
    if found.status not in IN_FORCE:
        raise WrongState(say(_("Only a plan in force is looked at again.")))
    return found


def _empty(**texts: str) -> dict[str, Text]:
    return {name: say(_("This must be filled in.")) for name, text in texts.items() if not text.strip()}


def _day_faults(plan: Plan, day: date | None, days: int) -> dict[str, Text]:
    """The next day lies ahead and within the interval; none is needed where the period ends before it."""
    today = clock.today()
    latest = today + timedelta(days=days)
    if day is None:
        return {} if latest > plan.ends_on else {"next_on": say(_("Say when it is looked at again."))}
    if day <= today:
        return {"next_on": say(_("The next day lies ahead."))}
    if day > latest:
        return {
            "next_on": say(
                _("At the latest on {day}, {days} days from now."), day=latest.isoformat(), days=days
            )
        }
    return {}


def _owed(plan: Plan, kind: str) -> bool:
    return Duty.objects.open().filter(subject=plan.pk, kind=kind).exists()


def _done(plan: Plan, kind: str, actor: User) -> None:
    fulfil(actor=actor, kind=kind, subject=plan.subject)
