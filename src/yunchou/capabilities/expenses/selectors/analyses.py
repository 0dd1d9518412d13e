"""Analyses of execution: what a department's budget came to in a period, and which budgets may cite it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import QuerySet

from yunchou.capabilities.ledger.actions import unit_key
from yunchou.capabilities.ledger.books import planned_of
from yunchou.capabilities.ledger.models import Account, Balance
from yunchou.capabilities.ledger.selectors import account_of, money_of
from yunchou.capabilities.ledger.states import Dimension
from yunchou.capabilities.ledger.states import days_of as period_days
from yunchou.directory.organisation.positions import DEPT_HEAD, MARKETING_MANAGER, REGIONAL_LEADERSHIP
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.access.selectors import holders_of, valid_appointments, visible_subjects
from yunchou.kernel.core.money import ZERO, yuan
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject

from ..models import AnalysisDue, ExecutionAnalysis
from ..permissions import Perm
from .reports import books_of, spending

PERIOD: Final = re.compile(r"^20\d\d(Q[1-4]|-(0[1-9]|1[0-2]))$")
CITING: Final = ("plan", "campaign")
"""Kinds of subjects that carry a budget."""


@dataclass(frozen=True)
class Executed:
    """What a unit was given for a period and what it spent in it, in yuan."""

    approved: Decimal
    spent: Decimal


def executed(unit: Unit, period: str) -> Executed:
    """What the unit's budget of a period came to: what was planned for its months, else the year's in even parts."""
    first, after = period_days(period)
    spent = sum(
        (one.amount for one in spending(books_of(unit, first.year), first, after - timedelta(days=1))), ZERO
    )
    account = account_of(unit_key(unit.pk, first.year))
    return Executed(_given(account, first, after) if account else ZERO, spent)


def _given(account: Account, first: date, after: date) -> Decimal:
    months = {
        f"{first.year}-{number:02d}" for number in range(first.month, first.month + _length(first, after))
    }
    if planned := planned_of(account):
        return sum((amount for month, amount in planned.items() if month in months), ZERO)
    return yuan(money_of(account).approved * len(months) / 12)


def _length(first: date, after: date) -> int:
    """Of a period in months."""
    return (after.year - first.year) * 12 + after.month - first.month


def analyses_seen(user: User) -> ScopedQuerySet:
    """Analyses that the person may read, newest first."""
    found: ScopedQuerySet = ExecutionAnalysis.objects.visible_to(user)
    return found.select_related("subject", "unit__parent", "reported_by").order_by("-pk")


def citable(analysis: ExecutionAnalysis, user: User) -> QuerySet[Subject]:
    """Budgets the person sees, made later than the analysis and in its company, that do not cite it yet."""
    found = visible_subjects(user).filter(kind__in=CITING, created_at__gte=analysis.reported_at)
    return found.exclude(pk__in=analysis.citations.values("budget")).order_by("-pk")


DEPARTMENTS: Final = (Unit.Kind.REGION, Unit.Kind.DEPARTMENT)
REPORTERS: Final = (DEPT_HEAD, MARKETING_MANAGER, REGIONAL_LEADERSHIP)
"""Who reports for a unit, in this order."""


def expected_from(year: int) -> list[Unit]:
    """The regions and departments that were given money in a year; one query."""
    accounts = Account.objects.filter(
        kind=Account.Kind.UNIT, year=year, unit__kind__in=DEPARTMENTS, unit__is_active=True
    )
    rows = Balance.objects.filter(account__in=accounts, dimension=Dimension.ALL).select_related(
        "account__unit"
    )
    given = [row.account.unit for row in rows if row.available or row.reserved or row.committed or row.spent]
    return sorted(given, key=lambda unit: unit.path)


def reporter_of(unit: Unit) -> User | None:
    """Who reports for a unit: its head, its marketing manager, its leadership; else whoever may, nearest first."""
    seats = {
        seat.position.code: seat.user
        for seat in valid_appointments().filter(unit=unit, position__code__in=REPORTERS).order_by("-pk")
    }
    own = next((seats[code] for code in REPORTERS if code in seats), None)
    return own or holders_of(Perm.ANALYSE, unit).order_by("pk").first()


def dues_seen(user: User, period: str) -> list[AnalysisDue]:
    """What was owed for a period, as far as the person may see, by unit; one query and what rights need."""
    found = AnalysisDue.objects.visible_to(user).filter(period=period)
    return list(found.select_related("unit__parent", "owner", "analysis__reported_by").order_by("unit__path"))


def periods_owed() -> list[str]:
    """The periods that analyses were owed for, the newest first; one query."""
    found = AnalysisDue.objects.order_by("-period").values_list("period", flat=True)
    return list(dict.fromkeys(found.distinct()))
