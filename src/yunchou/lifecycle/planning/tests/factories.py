"""Plans for tests: bare drafts, and plans that could be sent at once.

draft = make_plan(firm)                          # the regional plan of 华东区域 for 2025, by firm.owner
ready = make_ready(firm)                         # every part filled in, one goal, two items
approved = approve_plan(ready)
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.approvals.actions import approve, install_definition
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.values import Person
from yunchou.lifecycle.planning import actions
from yunchou.lifecycle.planning.documents import Kind, Principle
from yunchou.lifecycle.planning.models import PartText, Plan
from yunchou.lifecycle.planning.periods import QUARTERS, Period
from yunchou.lifecycle.planning.tables import (
    PRESETS,
    WORKBOOK,
    AllocationRow,
    EffectRow,
    GoalRow,
    ItemRow,
    ProjectRow,
    RiskRow,
)

YEAR = 2025
ROUTES = ("group_plan", "regional_plan", "marketing_plan", "period_budget")


def make_plan(firm: Firm, kind: str = Kind.REGION, **fields: Any) -> Plan:
    """A bare draft of 华东区域, or of the group where the kind belongs there."""
    if kind == Kind.GROUP:
        club = firm.people["group_customer_club"]
        values: dict[str, Any] = {"unit": firm.group, "owner": club, "actor": club}
    else:
        values = {"unit": firm.east, "owner": firm.owner, "actor": firm.owner}
    values |= {"kind": kind, "name": f"{kind} plan", "year": YEAR, "budget": Decimal(100_000)}
    return actions.create_plan(**values | fields)


def save_rows(plan: Plan, table: str, rows: Iterable[Any], *, actor: User) -> None:
    """Make these the rows of one table."""
    kept = workbook(WORKBOOK).find(table)
    assert kept is not None
    kept.save(plan.subject, list(rows), actor=actor)


def goal_row(firm: Firm, metric: str = "销售额", **values: Any) -> GoalRow:
    """A complete goal: 1,200 in the year, 300 in every quarter."""
    quarters = {f"q{n}": Decimal(300) for n in range(1, 5)}
    whole: dict[str, Any] = {
        "metric": metric,
        "is_additive": True,
        "unit": "万元",
        "year_value": Decimal(1200),
        "source": "销售系统",
        "owner": Person(firm.colleague.name, firm.colleague.pk),
        "due_on": date(YEAR, 12, 31),
        "confirmed": ("specific", "attainable", "relevant"),
        **quarters,
    }
    return GoalRow(**whole | values)


def usual_goals(firm: Firm, period: Period) -> list[GoalRow]:
    """Sales, market share and brand awareness with a value for the period and everything below it."""
    columns = [period.column, *(f"m{n}" for n in period.months)]
    columns += [] if period.quarter else [f"q{n}" for n in QUARTERS]
    found = []
    for preset in PRESETS:
        number = Decimal(100) if preset.is_additive else Decimal(12)
        values: dict[str, Any] = dict.fromkeys((*GOAL_VALUES, *columns), None)
        for column in columns:
            months = {"y": len(period.months), "q": 3, "m": 1}[column[0]]
            values[column] = number * months if preset.is_additive else number
        found.append(
            goal_row(
                firm,
                preset.metric,
                dimension=preset.dimension,
                is_additive=preset.is_additive,
                unit=preset.unit,
                due_on=period.last,
                **values,
            )
        )
    return found


GOAL_VALUES = ("year_value", "q1", "q2", "q3", "q4")


def item_row(firm: Firm, code: str, month: int, amount: int = 25_000, **values: Any) -> ItemRow:
    """A complete item of one month."""
    whole: dict[str, Any] = {
        "code": code,
        "level": "事项",
        "title": f"邻里活动 {code}",
        "kind": "客户活动",
        "theme": "邻里",
        "start_on": date(YEAR, month, 5),
        "end_on": date(YEAR, month, 20),
        "goal": "到访 500 组",
        "budget": Decimal(amount),
        "owner": Person(firm.colleague.name, firm.colleague.pk),
        "resources": "社区广场",
        "due_on": date(YEAR, month, 1),
        "place": "社区广场",
        "participants": "业主 300 人",
        "effect": "到访 500 组",
        "likelihood": Decimal(80),
    }
    return ItemRow(**whole | values)


def fill(plan: Plan, firm: Firm) -> Plan:
    """Write everything that the kind demands; four items of 25,000, one a quarter."""
    PartText.objects.filter(subject=plan.subject).update(text="已写明。")
    actor = plan.owner
    measured = plan.kind in (Kind.MARKETING, Kind.BUDGET)
    goals = usual_goals(firm, plan.period) if measured else [goal_row(firm)]
    save_rows(plan, "plan_goals", goals, actor=actor)
    months = plan.period.months if plan.document.is_budget else range(2, 13, 3)
    save_rows(plan, "plan_items", [item_row(firm, str(n), m) for n, m in enumerate(months, 1)], actor=actor)
    if plan.document.is_budget:
        budget = plan.budget or Decimal(0)
        rows = [
            AllocationRow(item="advertising", amount=budget / 2),
            AllocationRow(item="venue", amount=budget / 2),
        ]
        save_rows(plan, "plan_allocation", rows, actor=actor)
        effect = EffectRow(indicator="费用率", target=Decimal(3), unit="%", source="财务")
        save_rows(plan, "plan_effects", [effect], actor=actor)
        save_rows(plan, "plan_risks", [risk_row(firm)], actor=actor)
    if plan.kind == Kind.REGION:
        row = ProjectRow(project="云谷", sales_plan="云谷销售总体方案 V2", progress="主体封顶")
        save_rows(plan, "plan_projects", [row], actor=actor)
    return plan


def risk_row(firm: Firm, title: str = "竞品降价", **values: Any) -> RiskRow:
    """A complete risk to the budget: 30 % of 40,000, with an alternative that saves 15,000."""
    whole: dict[str, Any] = {
        "kind": "competition",
        "title": title,
        "likelihood": Decimal(30),
        "effect": Decimal(40_000),
        "response": "按周监测竞品价格,预留 5% 机动。",
        "alternative": "以社群裂变代替部分信息流投放。",
        "saving": Decimal(15_000),
        "owner": Person(firm.colleague.name, firm.colleague.pk),
        "review_on": date(YEAR, 3, 1),
    }
    return RiskRow(**whole | values)


def make_ready(firm: Firm, kind: str = Kind.REGION, **fields: Any) -> Plan:
    """A plan that could be sent at once; a regional one is linked to a draft of the group."""
    if kind != Kind.GROUP and "parent" not in fields:
        above = Plan.objects.filter(kind=Kind.GROUP, year=fields.get("year", YEAR)).first()
        fields["parent"] = above or make_plan(firm, Kind.GROUP, year=fields.get("year", YEAR))
    return fill(make_plan(firm, kind, **fields), firm)


def send(plan: Plan, **more: Any) -> Plan:
    """Send it by its owner, with the routes of a new company laid down."""
    for key in ROUTES:
        install_definition(key=key)
    more.setdefault("principles", Principle.values)
    return actions.submit_plan(plan=again(plan), actor=plan.owner, **more)


def decide(plan: Plan) -> list[str]:
    """Everybody asked agrees, one after the other; the positions in the order in which they decided."""
    decided = []
    while task := waiting(plan):
        assert task.step.position is not None
        decided.append(task.step.position.code)
        approve(task=task, actor=task.assignee)
    return decided


def waiting(plan: Plan) -> Task | None:
    """The task that waits first."""
    cases = Case.objects.filter(subject=plan.subject, state=Case.State.RUNNING)
    found = Task.objects.filter(step__case__in=cases, state=Task.State.WAITING, step__state="open")
    return (
        found.select_related("step__position", "step__case", "assignee").order_by("step__order", "pk").first()
    )


def approve_plan(plan: Plan) -> Plan:
    """Sent and agreed to by everybody."""
    send(plan)
    decide(plan)
    return again(plan)


def again(plan: Plan) -> Plan:
    """The plan as it stands in the database."""
    return Plan.objects.whole(plan.pk)
