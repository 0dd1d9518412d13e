"""Reading audits: plans and their turn, cases, samples, and who may not audit what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from yunchou.directory.organisation.positions import AUDITOR
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.access.selectors import holders_of, holds
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Appointment, Unit, User
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.rules.selectors import params_on

from ..models import SETTLED, AuditCase, AuditPlan, CaseStatus, Finding, FindingStatus, SampleItem
from ..permissions import Perm
from ..rules import TurnFacts, audit_is_opened_in_turn
from ..sampling import digest_of, draw
from .populations import POPULATIONS, candidates_of


def turn_of(plan: AuditPlan, today: date | None = None) -> TurnFacts:
    """What R-BUD-14 judges of a plan."""
    return TurnFacts(plan.subject.title, plan.next_from, plan.months, today or clock.today())


def rule_params() -> Params:
    """Interval and share of R-BUD-14 as they are today."""
    return params_on([audit_is_opened_in_turn])[audit_is_opened_in_turn.id]


def works_under(user: User, unit: Unit) -> bool:
    """Whether the person works in a unit or below it, otherwise than as its auditor: nobody audits the own work."""
    posts = Appointment.objects.valid().filter(user=user, unit__path__startswith=unit.path)
    return posts.exclude(position__code=AUDITOR).exists()


def auditors_of(unit: Unit) -> list[User]:
    """Who may audit a unit: the holders of the right who do not work there."""
    return [user for user in holders_of(Perm.AUDIT, unit).order_by("pk") if not works_under(user, unit)]


def may_examine(item: SampleItem, user: User) -> bool:
    """Whether the person had no part in what was drawn."""
    return user.pk not in item.concerned


# ---------------------------------------------------------------- lists


def plans_for(user: User) -> QuerySet[AuditPlan]:
    """The plans a person may see that are not ended, the next one first."""
    seen = AuditPlan.objects.visible_to(user).filter(ended_at=None)
    return seen.select_related("subject__unit", "auditor").order_by("next_from", "pk")


@dataclass(frozen=True)
class PlannedAudit:
    """A plan with the day on which its next case opens, the period of it, and the cases it had."""

    plan: AuditPlan
    last_day: date
    opens_on: date
    cases: tuple[AuditCase, ...]

    @property
    def is_due(self) -> bool:
        return self.opens_on <= clock.today()


def planned_audits(user: User) -> list[PlannedAudit]:
    """The plans with their next turn and last cases; four queries."""
    plans = list(plans_for(user).prefetch_related("cases__subject"))
    params = rule_params()
    found = []
    for plan in plans:
        last = turn_of(plan).last_day(params)
        cases = sorted(plan.cases.all(), key=lambda case: case.starts_on, reverse=True)
        found.append(PlannedAudit(plan, last, date.fromordinal(last.toordinal() + 1), tuple(cases[:4])))
    return found


@dataclass(frozen=True)
class AuditFilters:
    """What the list of audits is narrowed by; empty means not at all."""

    view: str = "open"
    kind: str = ""
    status: str = ""
    unit: Unit | None = None
    words: str = ""

    def apply(self, user: User) -> ScopedQuerySet:
        """The cases the person may see, narrowed, with how far each has come."""
        found = AuditCase.objects.visible_to(user)
        if self.view == "open":
            found = found.exclude(status=CaseStatus.CLOSED)
        elif self.view == "mine":
            found = found.filter(auditor=user)
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.status:
            found = found.filter(status=self.status)
        if self.unit:
            found = found.filter(subject__unit__path__startswith=self.unit.path)
        if words := self.words.strip():
            found = found.filter(
                Q(subject__search__contains=words.lower()) | Q(auditor__name__icontains=words)
            )
        return _counted(found.select_related("subject__unit", "auditor"))


def _counted(cases: ScopedQuerySet) -> ScopedQuerySet:
    """With `drawn`, `examined`, `found` and `unsettled`, each counted by one subquery."""
    items = SampleItem.objects.filter(case=OuterRef("pk")).order_by().values("case")
    findings = Finding.objects.filter(source=OuterRef("pk")).exclude(status=FindingStatus.WITHDRAWN)
    counted: ScopedQuerySet = cases.annotate(
        drawn=_count(items),
        examined=_count(items.exclude(result=SampleItem.Result.OPEN)),
        found=_count(findings.order_by().values("source")),
        unsettled=_count(findings.exclude(status__in=SETTLED).order_by().values("source")),
    )
    return counted


def _count(rows: QuerySet[Any, Any]) -> Coalesce:
    counted = rows.annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def case_for(user: User, pk: int) -> AuditCase | None:
    """One case with how far it has come, for a person who may see it."""
    seen = _counted(AuditCase.objects.visible_to(user).select_related("subject__unit", "auditor", "plan"))
    found: AuditCase | None = seen.select_related("reported_by").filter(pk=pk).first()
    return found


def items_of(case: AuditCase) -> QuerySet[SampleItem]:
    """The sample in its order, with people, documents and findings."""
    found = case.items.select_related("person", "document", "examined_by")
    return found.prefetch_related("findings__subject")


def may_open_items(case: AuditCase, user: User) -> bool:
    """Whether the person may open what was drawn: claims, books or entries of the journal."""
    return holds(user, POPULATIONS[case.kind].view_perm, case.subject.unit)  # type: ignore[index]


# ---------------------------------------------------------------- the draw again


@dataclass(frozen=True)
class Redrawn:
    """The draw of a case, made once more.

    `same_population` is false where something was booked or paid later with a day of the period: then the draw cannot be
    compared, and the population is told to have changed.
    """

    same_population: bool
    same_sample: bool


def redraw(case: AuditCase) -> Redrawn:
    """Draw a case's sample again from what there is now."""
    population = candidates_of(case.kind, case.subject.unit, case.starts_on, case.ends_on)
    keys = [one.candidate.key for one in draw(population, case.share, case.seed)]
    kept = list(case.items.order_by("position").values_list("key", flat=True))
    return Redrawn(digest_of(population) == case.population_digest, keys == kept)
