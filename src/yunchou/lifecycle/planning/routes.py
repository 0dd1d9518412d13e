"""Which approval decides on a plan (R-APR-01, 02, 11, 12)."""

from __future__ import annotations

from typing import Final

from yunchou.kernel.identity.models import Unit

from .documents import Kind
from .models import Plan

GROUP_PLAN: Final = "group_plan"
REGIONAL_PLAN: Final = "regional_plan"
MARKETING_PLAN: Final = "marketing_plan"
PERIOD_BUDGET: Final = "period_budget"

_BY_KIND: Final = {
    Kind.GROUP: GROUP_PLAN,
    Kind.REGION: REGIONAL_PLAN,
    Kind.MARKETING: MARKETING_PLAN,
    # The budget of a year or a quarter is reported to top management before anything is spent (R-APR-12).
    Kind.BUDGET: PERIOD_BUDGET,
    Kind.QUARTER: PERIOD_BUDGET,
}


def route_of(plan: Plan) -> str:
    """The approval definition of a plan.

    The source names none for project plans and targeted plans: they go the way of the year plan that they detail, by the
    level of their unit (a).
    """
    if (named := _BY_KIND.get(Kind(plan.kind))) is not None:
        return named
    unit = plan.subject.unit
    regional = Unit.objects.filter(pk__in=unit.ancestor_ids, kind=Unit.Kind.REGION).exists()
    return REGIONAL_PLAN if regional else GROUP_PLAN
