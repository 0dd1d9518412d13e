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
from ..duties import DUE_HOUR, EVALUATION, TARGETED_PLAN, YEAR_PLAN
from ..facts import label_of
from ..models import IN_FORCE, Deadline, Plan, Status
from ..permissions import DEADLINE_KIND, Perm
from ..rules import DEADLINES, IN_TIME, due_on, reminded_on
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


@transaction.atomic
def owe_plans(*, today: date | None = None) -> int:
    """Lay down what units owe from the day of the first reminder; returns how many deadlines are new. Repeating it changes
    nothing.
    """
    today, made = today or clock.today(), 0
    params = params_on(IN_TIME)
    for kind, rule in DEADLINES.items():
        for year in (today.year, today.year + 1):
            due = due_on(kind, year, params[rule.id])
            if not reminded_on(kind, year, params[rule.id]) <= today <= due + OWED_FOR:
                continue
            made += sum(_owe(unit, kind, year, due) for unit in expected_from(kind))
    return made


def _owe(unit: Unit, kind: Kind, year: int, due: date) -> bool:
    if Deadline.objects.filter(unit=unit, kind=kind, year=year).exists() or _approved(unit, kind, year):
        return False
    owner = drafter_of(unit)
    if owner is None:
        return False
    plan = f"{unit.name} {kind.label}"
    subject = open_subject(kind=DEADLINE_KIND, unit=unit, title=f"{plan} {year}", actor=None)
    deadline = Deadline.objects.create(subject=subject, kind=kind, year=year, due_on=due)
    subject.address, subject.code = deadline.get_absolute_url(), f"JHQX-{subject.pk}"
    subject.save()
    first = reminded_on(kind, year, params_on([DEADLINES[kind]])[DEADLINES[kind].id])
    owe(
        kind=(TARGETED_PLAN if kind == Kind.TARGETED else YEAR_PLAN).key,
        subject=subject,
        owner=owner,
        due_at=clock.moment(due, DUE_HOUR),
        key=deadline.key,
        params={"plan": say("{unit} {kind}", unit=unit.name, kind=label_of(kind)), "year": year},
        address=f"{reverse('planning:plan_create')}?kind={kind}&unit={unit.pk}&year={year}",
        ladder=[Rung(minutes=-int((due - first) / timedelta(minutes=1))), *YEAR_PLAN.ladder],
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


def _approved(unit: Unit, kind: Kind, year: int) -> bool:
    done = [*IN_FORCE, Status.CLOSED]
    return Plan.objects.filter(subject__unit=unit, kind=kind, year=year, status__in=done).exists()


def close_deadline(*, plan: Plan, actor: User | None) -> None:
    """The plan was approved: nobody owes it any more."""
    deadline = Deadline.objects.filter(unit=plan.subject.unit, kind=plan.kind, year=plan.year).first()
    if deadline is not None:
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
