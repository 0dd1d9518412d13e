"""A toy kind of subject that has a budget: the lines of the worked example."""

from __future__ import annotations

from typing import Any

from yunchou.capabilities.budgets.permissions import Perm
from yunchou.capabilities.budgets.rules import amount_is_product, contingency_in_range, total_is_sum
from yunchou.capabilities.budgets.selectors import facts_of
from yunchou.capabilities.budgets.stores import LINES, save_totals
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.kernel.core.money import yuan
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.rules.selectors import Judged, evaluate, with_rulings
from yunchou.kernel.sheets.values import Person
from yunchou.kernel.subjects.actions import add_member, open_subject
from yunchou.kernel.subjects.kinds import SubjectKind, declare
from yunchou.kernel.subjects.models import Role, Subject

#: Why tables are locked, by table key; "*" locks everything.
locks: dict[str, Say] = {}


def _findings(subject: Subject) -> list[Judged]:
    rules = [amount_is_product, total_is_sum, contingency_in_range]
    return with_rulings(evaluate(rules, facts_of(subject, needs_contingency=True)), subject)


declare(
    SubjectKind(
        "budgettoy",
        "Toy",
        Perm.VIEW,
        findings=_findings,
        locked=lambda subject, table: locks.get(table) or locks.get("*"),
    )
)

EXAMPLE = (
    ("人力成本", "内部团队加班费(3人×5天×800元/天)", 12000),
    ("人力成本", "外部讲师费用", 5000),
    ("物料成本", "线下展架(5个×200元/个)", 1000),
    ("物料成本", "定制礼品(1000份×15元/份)", 15000),
    ("渠道成本", "抖音同城投放", 20000),
    ("渠道成本", "高校公众号推文合作", 8000),
    ("其他成本", "场地租赁(高校2天×1000元/天)", 2000),
    ("其他成本", "应急备用金", 5000),
)


def make_budget(unit: Unit, owner: User | None = None, **more: Any) -> Subject:
    """A subject of `owner` with the eight lines and, as its source, a stated total of 77,000."""
    subject = open_subject(
        kind="budgettoy", unit=unit, title="开学季·青春焕新计划", address="/toys/", actor=owner
    )
    if owner:
        add_member(subject=subject, user=owner, role=Role.OWNER)
    person = Person("张", owner.pk) if owner else None
    rows = [LineRow(category=c, item=i, amount=yuan(a), owner=person) for c, i, a in EXAMPLE]
    LINES.save(subject, rows)
    save_totals(subject, LineRow(amount=yuan(more.get("stated", 77000))), actor=owner)
    return subject
