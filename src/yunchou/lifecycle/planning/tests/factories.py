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
from yunchou.lifecycle.planning.documents import Kind
from yunchou.lifecycle.planning.models import PartText, Plan
from yunchou.lifecycle.planning.tables import WORKBOOK, GoalRow, ItemRow, ProjectRow

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
    }
    return ItemRow(**whole | values)


def fill(plan: Plan, firm: Firm) -> Plan:
    """Write everything that the kind demands; four items of 25,000, one a quarter."""
    PartText.objects.filter(subject=plan.subject).update(text="已写明。")
    actor = plan.owner
    save_rows(plan, "plan_goals", [goal_row(firm)], actor=actor)
    save_rows(plan, "plan_items", [item_row(firm, str(n), n * 3 - 1) for n in range(1, 5)], actor=actor)
    if plan.kind == Kind.REGION:
        row = ProjectRow(project="云谷", sales_plan="云谷销售总体方案 V2", progress="主体封顶")
        save_rows(plan, "plan_projects", [row], actor=actor)
    return plan


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
