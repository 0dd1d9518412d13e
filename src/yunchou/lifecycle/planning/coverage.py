"""Whether what stands below a plan adds up to it: money of its items, money and goals of the plans that break it down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from yunchou.capabilities.budgets.chart import BY_CODE
from yunchou.capabilities.budgets.chart import Kind as CostKind

from .documents import Kind
from .models import Allocation, Goal, Item, Plan, Status
from .sums import Coverage
from .trees import total, tree_of


@dataclass(frozen=True)
class Line:
    """One bar: what of the parent is covered by whom. `parts` are the children with their share."""

    label: str
    unit: str
    coverage: Coverage
    parts: tuple[tuple[Plan, Decimal | None], ...] = ()
    is_money: bool = False
    is_additive: bool = True


LENGTHS: Final = {"quarter": _("Budgets of the quarters"), "month": _("Budgets of the months")}


def length_of(plan: Plan) -> str:
    """How long the period of a budget is; empty for other plans, of which one kind has one length."""
    return (
        "" if plan.kind != Kind.BUDGET else "month" if plan.month else "quarter" if plan.quarter else "year"
    )


@dataclass(frozen=True)
class Cut:
    """The plans of one kind that break a plan down, with a bar for the money and for each goal that adds up."""

    kind: Kind
    children: tuple[Plan, ...]
    lines: tuple[Line, ...]
    length: str = ""

    @property
    def label(self) -> Any:
        return LENGTHS[self.length] if self.length else self.kind.label


def items_coverage(plans: Sequence[Plan]) -> dict[int, Coverage]:
    """The budget of each plan against its topmost items; one query."""
    from .sheets import items as store

    rows: dict[int, list[Any]] = {}
    for item in Item.objects.filter(subject__in=[plan.pk for plan in plans]).order_by("position", "pk"):
        rows.setdefault(item.subject_id, []).append(store.row(item))
    found: dict[int, Coverage] = {}
    for plan in plans:
        nodes = tree_of(rows.get(plan.pk, ()))
        computed = total(nodes) if any(node.amount is not None for node in nodes) else None
        found[plan.pk] = Coverage(plan.budget, computed, len(nodes))
    return found


def cuts_of(plan: Plan) -> list[Cut]:
    """The coverage of a plan by those that break it down, one cut for each kind and length; two queries, of a budget three."""
    children = list(
        plan.children.exclude(status=Status.CANCELLED)
        .select_related("subject__unit")
        .order_by("quarter", "month", "pk")
    )
    known = [plan.pk, *(child.pk for child in children)]
    goals = _goals(known)
    shares = _allocations(known) if plan.document.is_budget else {}
    found = []
    for kind in plan.document.children:
        own = [child for child in children if child.kind == kind]
        # The quarters of a year and months that belong to the year itself are two ways to cut it.
        for length in sorted({length_of(child) for child in own}, reverse=True):
            alike = [child for child in own if length_of(child) == length]
            found.append(_cut(plan, kind, alike, goals, shares, length))
    return found


def children_coverage(plans: Sequence[Plan]) -> dict[int, Coverage]:
    """The budget of each plan against those of the plans that first break it down; one query."""
    kinds = {plan.pk: plan.document.children[:1] for plan in plans}
    found: dict[int, list[Decimal]] = {}
    children = Plan.objects.filter(parent__in=kinds).exclude(status=Status.CANCELLED)
    for child in children:
        if child.parent_id and child.kind in kinds[child.parent_id] and child.budget is not None:
            found.setdefault(child.parent_id, []).append(child.budget)
    return {
        plan.pk: Coverage(
            plan.budget,
            sum(found[plan.pk], Decimal(0)) if plan.pk in found else None,
            len(found.get(plan.pk, ())),
        )
        for plan in plans
    }


def _cut(
    plan: Plan,
    kind: Kind,
    children: Sequence[Plan],
    goals: Mapping[int, list[Goal]],
    shares: Mapping[int, Mapping[str, Decimal]],
    length: str,
) -> Cut:
    budgets = tuple((child, child.budget) for child in children)
    lines = [
        Line(
            "", "", Coverage(plan.budget, _sum(b for _c, b in budgets), len(children)), budgets, is_money=True
        )
    ]
    for goal in goals.get(plan.pk, ()):
        parts = tuple((child, _target(goals.get(child.pk, ()), goal.metric, child)) for child in children)
        stated = _value(goal, plan)
        coverage = Coverage(stated, _sum(v for _c, v in parts) if goal.is_additive else None, len(children))
        lines.append(Line(goal.metric, goal.unit, coverage, parts, is_additive=bool(goal.is_additive)))
    for key, stated in shares.get(plan.pk, {}).items():
        given = tuple((child, shares.get(child.pk, {}).get(key)) for child in children)
        coverage = Coverage(stated, _sum(value for _child, value in given), len(children))
        label = str(CostKind(key).label)
        lines.append(Line(label, str(pgettext("money", "yuan")), coverage, given))
    return Cut(kind, tuple(children), tuple(lines), length)


def _allocations(plans: Iterable[int]) -> dict[int, dict[str, Decimal]]:
    """What each of these budgets gives to the kinds of expenses (002 9.1(2)); one query."""
    found: dict[int, dict[str, Decimal]] = {}
    for one in Allocation.objects.filter(subject__in=list(plans)):
        if (item := BY_CODE.get(one.item)) is not None and one.amount is not None:
            kinds = found.setdefault(one.subject_id, {})
            kinds[item.kind] = kinds.get(item.kind, Decimal(0)) + one.amount
    return found


def _goals(plans: Iterable[int]) -> dict[int, list[Goal]]:
    found: dict[int, list[Goal]] = {}
    for goal in Goal.objects.filter(subject__in=list(plans)).order_by("position", "pk"):
        found.setdefault(goal.subject_id, []).append(goal)
    return found


def _target(goals: Iterable[Goal], metric: str, plan: Plan) -> Decimal | None:
    return next((_value(goal, plan) for goal in goals if goal.metric == metric), None)


def _value(goal: Goal, plan: Plan) -> Decimal | None:
    """What the goal is for the plan's own period."""
    value: Decimal | None = getattr(goal, plan.period.column)
    return value if value is not None else goal.year_value


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    stated = [value for value in values if value is not None]
    return sum(stated, Decimal(0)) if stated else None
