"""What a planning round makes units owe (PLN-15, R-PLN-01, R-PLN-02), and the evaluation of what is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.selectors import holders_of
from yunchou.kernel.calendar.selectors import add_working_days
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.duties.kinds import Rung
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.identity.selectors import holders
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.actions import open_subject

from ..documents import Kind
from ..duties import BUDGET_PLAN, DUE_HOUR, EVALUATION, TARGETED_PLAN, YEAR_PLAN
from ..facts import label_of
from ..models import IN_FORCE, Deadline, Plan, Status
from ..periods import Period
from ..permissions import DEADLINE_KIND, Perm
from ..rules import DEADLINES, IN_TIME, due_on, periods_owed, reminded_on
from ..selectors import expected_from

OWED_FOR = timedelta(days=90)
"""So long after its day a plan is still laid down as owed; a company that begins later is only shown what it lacks (a)."""
EVALUATED_WITHIN = 10
"""So many working days after its period a plan is to be evaluated (a)."""
# Who drafts for the unit: the club of the group, the people who plan in a region.
DRAFTERS = {
    Unit.Kind.GROUP: (p.GROUP_CUSTOMER_CLUB, p.MARKETING_DIRECTOR),
    Unit.Kind.REGION: (p.MARKETING_MANAGER, p.CUSTOMER_SERVICE_MANAGER, p.MARKET_PLANNER),
}


OWED_AS = {Kind.TARGETED: TARGETED_PLAN, Kind.BUDGET: BUDGET_PLAN}
"""The kind of duty by kind of plan; year plans are the rest."""


@transaction.atomic
def owe_plans(*, today: date | None = None) -> int:
    """Lay down what units owe from the day of the first reminder; returns how many deadlines are new. Repeating it changes
    nothing.
    """
    today, made = today or clock.today(), 0
    params = params_on(IN_TIME)
    for kind, rule in DEADLINES.items():
        for period in (Period(y, q) for y in (today.year, today.year + 1) for q in periods_owed(kind)):
            due = due_on(kind, period.year, params[rule.id], period.quarter)
            first = reminded_on(kind, period.year, params[rule.id], period.quarter)
            if first <= today <= due + OWED_FOR:
                made += sum(_owe(unit, kind, period, due) for unit in expected_from(kind))
    return made


def _owe(unit: Unit, kind: Kind, period: Period, due: date) -> bool:
    year, quarter = period.year, period.quarter
    known = Deadline.objects.filter(unit=unit, kind=kind, year=year, quarter=quarter)
    if known.exists() or _approved(unit, kind, period):
        return False
    owner = drafter_of(unit)
    if owner is None:
        return False
    plan = f"{unit.name} {kind.label}"
    subject = open_subject(kind=DEADLINE_KIND, unit=unit, title=f"{plan} {period}", actor=None)
    deadline = Deadline.objects.create(subject=subject, kind=kind, year=year, quarter=quarter, due_on=due)
    subject.address, subject.code = deadline.get_absolute_url(), f"JHQX-{subject.pk}"
    subject.save()
    first = reminded_on(kind, year, params_on([DEADLINES[kind]])[DEADLINES[kind].id], quarter)
    address = f"{reverse('planning:plan_create')}?kind={kind}&unit={unit.pk}&year={year}"
    owed = OWED_AS.get(kind, YEAR_PLAN)
    owe(
        kind=owed.key,
        subject=subject,
        owner=owner,
        due_at=clock.moment(due, DUE_HOUR),
        key=deadline.key,
        params={"plan": say("{unit} {kind}", unit=unit.name, kind=label_of(kind)), "year": str(period)},
        address=address + (f"&quarter={quarter}" if quarter else ""),
        ladder=[Rung(minutes=-int((due - first) / timedelta(minutes=1))), *owed.ladder],
    )
    return True


def drafter_of(unit: Unit) -> User | None:
    """Who owes the plan of a unit: the first holder of a post that drafts there, else anybody who may."""
    below = Unit.objects.filter(path__startswith=unit.path)
    for post in DRAFTERS.get(Unit.Kind(unit.kind), ()):
        for place in below.order_by("path"):
            found = next(
                (seat for seat in holders(post, place) if seat.unit.path.startswith(unit.path)), None
            )
            if found is not None:
                return found.user
    return holders_of(Perm.SUBMIT, unit).order_by("pk").first()


def _approved(unit: Unit, kind: Kind, period: Period) -> bool:
    done = [*IN_FORCE, Status.CLOSED]
    same = Plan.objects.filter(subject__unit=unit, kind=kind, year=period.year, status__in=done)
    return same.filter(quarter=period.quarter, month=None).exists() if kind == Kind.BUDGET else same.exists()


def close_deadline(*, plan: Plan, actor: User | None) -> None:
    """The plan was approved: nobody owes it any more."""
    found = Deadline.objects.filter(unit=plan.subject.unit, kind=plan.kind, year=plan.year)
    deadline = found.filter(quarter=plan.quarter if plan.kind == Kind.BUDGET else None).first()
    if deadline is not None and plan.month is None:
        fulfil(actor=actor, key=deadline.key)


def owe_evaluations(*, today: date | None = None) -> int:
    """Owners owe the evaluation of plans whose period is over; returns how many. Repeating it changes nothing."""
    today = today or clock.today()
    count = 0
    for plan in _over(today):
        owe(
            kind=EVALUATION.key,
            subject=plan.subject,
            owner=plan.owner,
            due_at=clock.moment(add_working_days(today, EVALUATED_WITHIN), DUE_HOUR),
            address=reverse("planning:plan_evaluation", args=[plan.pk]),
        )
        count += 1
    return count


def _over(today: date) -> Iterator[Plan]:
    waiting = Plan.objects.filter(status__in=IN_FORCE, evaluation=None, year__lte=today.year)
    owed = waiting.exclude(subject__duties__kind=EVALUATION.key).select_related("subject__unit", "owner")
    yield from (plan for plan in owed.order_by("pk") if plan.ends_on < today)
