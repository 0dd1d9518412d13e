"""Breaking an approved regional plan down into quarter plans and project plans (PLN-03, R-PLN-05)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.calendar.selectors import add_working_days
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import params_on

from .. import journal
from ..documents import Kind
from ..duties import BREAKDOWN, DUE_HOUR
from ..models import IN_FORCE, Goal, Item, Plan, Status
from ..periods import QUARTERS, Period, months_of
from ..permissions import Perm
from ..rules import plan_is_broken_down
from ..selectors import breakdown_of, projects_of
from ..trees import Node, leaves, total, tree_of
from .drafting import create_plan


@transaction.atomic
def break_down(*, plan: Plan, actor: User) -> list[Plan]:
    """Lay out what is missing of the breakdown: a plan for each quarter, with the items that begin in it, and one for each
    project, with the items that name it. Records `planning.broken_down`.

    Each takes over the items as they stand, to be made complete; its budget is what they add up to. Refuses without
    `planning.run`, and a plan that is not a regional plan in force.
    """
    require(actor, Perm.RUN, plan)
    plan = Plan.objects.whole(plan.pk)
    if plan.kind != Kind.REGION or not plan.is_in_force:
        raise WrongState(say(_("Only a regional plan in force is broken down.")))
    from ..sheets import items

    nodes = leaves(tree_of(items.load(plan.subject)))
    made = [*_quarters(plan, nodes, actor), *_projects(plan, nodes, actor)]
    if made:
        record(journal.BROKEN_DOWN, actor=actor, subject=plan.subject, data={"count": len(made)})
    follow_breakdown(plan=plan, actor=actor)
    return made


def _quarters(plan: Plan, nodes: list[Node], actor: User) -> list[Plan]:
    there = _there(plan, Kind.QUARTER).values_list("quarter", flat=True)
    made = []
    for quarter in sorted({*QUARTERS} - {*there}):
        period = Period(plan.year, quarter)
        inside = [
            node for node in nodes if node.row.start_on and period.first <= node.row.start_on <= period.last
        ]
        made.append(_lay_out(plan, Kind.QUARTER, plan.subject.unit, inside, actor, quarter=quarter))
    return made


def _projects(plan: Plan, nodes: list[Node], actor: User) -> list[Plan]:
    there = set(_there(plan, Kind.PROJECT).values_list("subject__unit", flat=True))
    made = []
    for unit in projects_of(plan):
        if unit.pk not in there:
            named = [
                node
                for node in nodes
                if unit.name in f"{node.row.title} {node.row.theme} {node.row.resources}"
            ]
            made.append(_lay_out(plan, Kind.PROJECT, unit, named, actor))
    return made


def _there(plan: Plan, kind: Kind) -> Any:
    return plan.children.filter(kind=kind).exclude(status=Status.CANCELLED)


def _lay_out(
    plan: Plan, kind: Kind, unit: Unit, nodes: list[Node], actor: User, quarter: int | None = None
) -> Plan:
    words = _("{unit}, activity plan {year} Q{quarter}") if quarter else _("{unit}, project plan {year}")
    name = str(say(words, unit=unit.name, year=str(plan.year), quarter=quarter or 0))
    child = create_plan(
        kind=kind,
        name=name,
        unit=unit,
        year=plan.year,
        quarter=quarter,
        parent=plan,
        owner=plan.owner,
        budget=total(nodes) or None,
        actor=actor,
    )
    found = Item.objects.in_bulk([node.row.pk for node in nodes if node.row.pk])
    Item.objects.bulk_create(
        _copy(found[node.row.pk], child, position)
        for position, node in enumerate(nodes, 1)
        if node.row.pk in found
    )
    if quarter is not None:
        _take_goals(plan, child, quarter)
    return child


def _take_goals(plan: Plan, child: Plan, quarter: int) -> None:
    """The goals of the year with what they set for the quarter and its months."""
    values = (f"q{quarter}", *(f"m{month}" for month in months_of(quarter)))
    goals = Goal.objects.filter(subject=plan.pk, **{f"{values[0]}__isnull": False}).order_by("position", "pk")
    Goal.objects.bulk_create(
        Goal(
            subject=child.subject,
            position=position,
            due_on=child.ends_on,
            **{name: getattr(goal, name) for name in (*GOAL_COPIED, *values)},
        )
        for position, goal in enumerate(goals, 1)
    )


GOAL_COPIED = (
    "dimension", "metric", "description", "is_additive", "comparator", "unit", "is_growth", "source", "strategy",
    "owner", "owner_name", "confirmed",
)  # fmt: skip


COPIED = (
    "code", "level", "title", "kind", "theme", "start_on", "end_on", "goal", "budget", "owner", "owner_name",
    "resources", "due_on", "place", "participants", "effect", "likelihood", "dedicated",
)  # fmt: skip


def _copy(item: Item, plan: Plan, position: int) -> Item:
    values = {name: getattr(item, name) for name in COPIED}
    return Item(subject=plan.subject, position=position, **values)


def owe_breakdown(*, plan: Plan, actor: User) -> None:
    """The owner of an approved regional plan owes its breakdown (R-PLN-05)."""
    if plan.kind != Kind.REGION or breakdown_of(plan).is_whole:
        return
    days = params_on([plan_is_broken_down])[plan_is_broken_down.id].working_days
    owe(
        kind=BREAKDOWN.key,
        subject=plan.subject,
        owner=plan.owner,
        due_at=clock.moment(add_working_days(clock.today(), days), DUE_HOUR),
        address=reverse("planning:plan_breakdown", args=[plan.pk]),
        actor=actor,
    )


def follow_breakdown(*, plan: Plan, actor: User | None) -> None:
    """Fulfil the duty once every quarter and project has its plan with complete items."""
    if plan.kind == Kind.REGION and plan.status in IN_FORCE and breakdown_of(plan).is_whole:
        fulfil(actor=actor, key=f"{BREAKDOWN.key}:{plan.pk}")
