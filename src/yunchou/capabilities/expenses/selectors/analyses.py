"""Analyses of execution: what a department's budget came to in a period, and which budgets may cite it."""

from __future__ import annotations

import re
from typing import Final

from django.db.models import QuerySet

from yunchou.capabilities.ledger.actions import unit_key
from yunchou.capabilities.ledger.selectors import NOTHING, Money, account_of, money_of
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject

from ..models import ExecutionAnalysis

PERIOD: Final = re.compile(r"^20\d\d(Q[1-4]|-(0[1-9]|1[0-2]))$")
CITING: Final = ("plan", "campaign")
"""Kinds of subjects that carry a budget."""


def executed(unit: Unit, period: str) -> Money:
    """What the unit's budget of the period's year came to so far; nothing where it has no account."""
    account = account_of(unit_key(unit.pk, int(period[:4])))
    return money_of(account) if account else NOTHING


def analyses_seen(user: User) -> ScopedQuerySet:
    """Analyses that the person may read, newest first."""
    found: ScopedQuerySet = ExecutionAnalysis.objects.visible_to(user)
    return found.select_related("subject", "unit", "reported_by").order_by("-pk")


def citable(analysis: ExecutionAnalysis, user: User) -> QuerySet[Subject]:
    """Budgets the person sees, made later than the analysis and in its company, that do not cite it yet."""
    found = visible_subjects(user).filter(kind__in=CITING, created_at__gte=analysis.reported_at)
    return found.exclude(pk__in=analysis.citations.values("budget")).order_by("-pk")
