"""The list of plans, the year of the group with its regions, and what is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet

from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.rules.verdicts import Verdict

from .coverage import children_coverage, items_coverage
from .documents import Kind
from .facts import DeadlineFacts
from .models import IN_FORCE, Plan, Status
from .monitor import Monitor, monitors_of
from .periods import Period
from .permissions import Perm
from .rules import DEADLINES, IN_TIME, due_on, periods_owed
from .selectors import expected_from
from .sums import Coverage


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to."""

    year: int | None = None
    kind: str = ""
    status: str = ""
    unit: Unit | None = None
    words: str = ""

    def of(self, user: User) -> QuerySet[Plan]:
        """The plans that the person sees and that fit."""
        found = Plan.objects.visible_to(user).select_related("subject__unit", "owner", "parent")
        if self.year:
            found = found.filter(year=self.year)
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.status:
            found = found.filter(status=self.status)
        if self.unit:
            found = found.filter(subject__unit__path__startswith=self.unit.path)
        if self.words:
            found = found.filter(subject__search__icontains=self.words.strip().lower())
        return found

    def query(self, **without: Any) -> str:
        parts = {
            "year": self.year or "",
            "kind": self.kind,
            "status": self.status,
            "unit": self.unit.pk if self.unit else "",
            "q": self.words,
        } | without
        return urlencode({name: value for name, value in parts.items() if value})


@dataclass(frozen=True)
class Row:
    """One plan of the list."""

    plan: Plan
    monitor: Monitor
    items: Coverage
    children: Coverage


def rows_of(plans: Sequence[Plan]) -> list[Row]:
    """The plans of one page with signals and coverage; a fixed number of queries."""
    monitors, items, children = monitors_of(plans), items_coverage(plans), children_coverage(plans)
    return [Row(plan, monitors[plan.pk], items[plan.pk], children[plan.pk]) for plan in plans]


@dataclass(frozen=True)
class Due:
    """A plan that a unit owes for a year, and how it stands."""

    unit: Unit
    kind: Kind
    year: int
    due_on: date
    plan: Plan | None
    verdict: Verdict | None
    quarter: int | None = None

    @property
    def period(self) -> Period:
        return Period(self.year, self.quarter)

    @property
    def is_done(self) -> bool:
        return self.plan is not None and self.plan.status in {*IN_FORCE, Status.CLOSED}

    @property
    def is_late(self) -> bool:
        return self.verdict is not None and not self.verdict.passed

    @property
    def days_late(self) -> int:
        return (clock.today() - self.due_on).days if self.is_late else 0


def dues(year: int, user: User | None = None) -> list[Due]:
    """What every unit owes for a year, as far as the person sees the unit; a fixed number of queries (PLN-15)."""
    today = clock.today()
    params = params_on(IN_TIME)
    seen = None if user is None else set(units_with(user, Perm.VIEW).values_list("pk", flat=True))
    plans = _plans_of(year)
    found = []
    for kind, rule in DEADLINES.items():
        for unit in expected_from(kind):
            if seen is not None and unit.pk not in seen:
                continue
            for quarter in periods_owed(kind):
                plan = plans.get((unit.pk, kind, quarter))
                done = plan is not None and plan.status in {*IN_FORCE, Status.CLOSED}
                facts = DeadlineFacts(kind, year, unit.name, done, today, quarter)
                [verdict] = rule.check(facts, params[rule.id])
                day = due_on(kind, year, params[rule.id], quarter)
                found.append(Due(unit, kind, year, day, plan, verdict, quarter))
    return found


def overdue(user: User | None = None) -> list[Due]:
    """Plans of this year and the next that are due and not approved, longest late first."""
    year = clock.today().year
    late = [due for each in (year, year + 1) for due in dues(each, user) if due.is_late]
    return sorted(late, key=lambda due: (due.due_on, due.unit.path))


def _plans_of(year: int) -> dict[tuple[int, str, int | None], Plan]:
    found = Plan.objects.filter(year=year, kind__in=DEADLINES, month=None).exclude(status=Status.CANCELLED)
    return {
        (plan.subject.unit_id, plan.kind, plan.quarter if plan.kind == Kind.BUDGET else None): plan
        for plan in found.select_related("subject__unit", "owner")
    }


@dataclass(frozen=True)
class UnitYear:
    """One unit in the overview of a year: what it owes and what it has made."""

    unit: Unit
    depth: int
    due: tuple[Due, ...]
    rows: tuple[Row, ...]
    quarters: tuple[tuple[int, Row | None], ...] = field(default=())

    def of(self, kind: str) -> Row | None:
        """Its plan of a kind; of budgets that of the year, before those of parts of it."""
        rows = (row for row in self.rows if row.plan.kind == kind)
        return min(rows, key=lambda row: (row.plan.month or 0, row.plan.quarter or 0), default=None)


def year_of(year: int, user: User) -> list[UnitYear]:
    """The group and its regions with their plans of a year; a fixed number of queries."""
    seen = Plan.objects.visible_to(user).filter(year=year).exclude(status=Status.CANCELLED)
    plans = list(seen.select_related("subject__unit", "owner").order_by("kind", "quarter", "pk"))
    rows = rows_of(plans)
    units = Unit.objects.filter(kind__in=[Unit.Kind.GROUP, Unit.Kind.REGION], is_active=True).order_by("path")
    allowed = set(units_with(user, Perm.VIEW).values_list("pk", flat=True))
    owed = dues(year, user)
    found = []
    for unit in units:
        inside = [row for row in rows if _home(row.plan, unit)]
        if unit.pk not in allowed and not inside:
            continue
        quarters = {row.plan.quarter: row for row in inside if row.plan.kind == Kind.QUARTER}
        found.append(
            UnitYear(
                unit,
                0 if unit.kind == Unit.Kind.GROUP else 1,
                tuple(due for due in owed if due.unit.pk == unit.pk),
                tuple(inside),
                tuple((quarter, quarters.get(quarter)) for quarter in (1, 2, 3, 4)),
            )
        )
    return found


def _home(plan: Plan, unit: Unit) -> bool:
    """A region holds what is made anywhere in it; the group what is made in none."""
    inside = plan.subject.unit.path.startswith(unit.path)
    return inside if unit.kind == Unit.Kind.REGION else plan.subject.unit_id == unit.pk


def years(user: User) -> list[int]:
    """The years of which the person sees plans, and this and the next one, newest first."""
    found = Plan.objects.visible_to(user).order_by().values_list("year", flat=True).distinct()
    today = clock.today().year
    return sorted({*found, today, today + 1}, reverse=True)
