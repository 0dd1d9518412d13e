"""Whether what stands below a plan adds up to it: money of its items, money and goals of the plans that break it down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .documents import Kind
from .models import Goal, Item, Plan, Status
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


@dataclass(frozen=True)
class Cut:
    """The plans of one kind that break a plan down, with a bar for the money and for each goal that adds up."""

    kind: Kind
    children: tuple[Plan, ...]
    lines: tuple[Line, ...]

    @property
    def label(self) -> Any:
        return self.kind.label


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
    """The coverage of a plan by those that break it down, one cut for each kind; two queries."""
    children = list(
        plan.children.exclude(status=Status.CANCELLED)
        .select_related("subject__unit")
        .order_by("quarter", "pk")
    )
    goals = _goals([plan.pk, *(child.pk for child in children)])
    kinds = [kind for kind in plan.document.children if any(child.kind == kind for child in children)]
    return [_cut(plan, kind, [c for c in children if c.kind == kind], goals) for kind in kinds]


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


def _cut(plan: Plan, kind: Kind, children: Sequence[Plan], goals: Mapping[int, list[Goal]]) -> Cut:
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
    return Cut(kind, tuple(children), tuple(lines))


def _goals(plans: Iterable[int]) -> dict[int, list[Goal]]:
    found: dict[int, list[Goal]] = {}
    for goal in Goal.objects.filter(subject__in=list(plans)).order_by("position", "pk"):
        found.setdefault(goal.subject_id, []).append(goal)
    return found


def _target(goals: Iterable[Goal], metric: str, plan: Plan) -> Decimal | None:
    return next((_value(goal, plan) for goal in goals if goal.metric == metric), None)


def _value(goal: Goal, plan: Plan) -> Decimal | None:
    """What the goal is for the plan's own period."""
    value: Decimal | None = getattr(goal, f"q{plan.quarter}") if plan.quarter else None
    return value if value is not None else goal.year_value


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    stated = [value for value in values if value is not None]
    return sum(stated, Decimal(0)) if stated else None
