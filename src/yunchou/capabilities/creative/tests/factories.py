"""An activity with a creative plan, a schedule and a budget; campaigns are the activities that there are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.work.tables import TaskRow
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.editor import save_row
from yunchou.kernel.sheets.grid import find_table
from yunchou.kernel.sheets.values import Person
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Campaign, Kind
from yunchou.lifecycle.campaigns.tables import MODULES, ModuleRow
from yunchou.lifecycle.campaigns.tests.factories import make_proposal, save_rows

PLAN = "预热期(7.20-7.25):海报、倒计时\n爆发期(7.26-8.4):直播、快闪\n收尾期(8.5-8.9):名单、答谢"
CONTENT = dict(zip(MODULES, ("青春焕新", "线下快闪店", "抖音、社群", PLAN), strict=True))
SPARE = dict(
    zip(MODULES, ("青春不散场", "直播间", "公众号、校园社群", PLAN.replace("快闪", "短片")), strict=True)
)
TASKS = (
    ("海报预热", (7, 20), (7, 25), ()),
    ("场地搭建", (7, 26), (8, 1), ()),
    ("爆发日", (8, 1), (8, 4), ("场地搭建",)),
)


def make_plan(firm: Firm, **fields: Any) -> Subject:
    """Four modules with alternatives, three tasks of which the last waits for the second, 50,000 yuan and a contingency."""
    campaign: Campaign = make_proposal(
        firm,
        **{"kind": Kind.MARKETING, "audience_note": "学生群体", "value_statement": "新增会员 800 人"}
        | fields,
    )
    owner = Person(firm.colleague.name, firm.colleague.pk)
    modules = [
        ModuleRow(
            module=name, design_point="要点", content=CONTENT[name], alternative=SPARE[name], owner=owner,
            due_on=date(2024, 7, 18),
        )
        for name in MODULES
    ]  # fmt: skip
    save_rows(campaign, "creative", modules, actor=firm.owner)
    tasks = [
        TaskRow(
            name=name, owner=owner, start_on=date(2024, *start), end_on=date(2024, *end), predecessors=after
        )
        for name, start, end, after in TASKS
    ]
    save_rows(campaign, "schedule", tasks, actor=firm.owner)
    lines = [
        LineRow(category="物料成本", item="快闪展架", amount=Decimal(30_000)),
        LineRow(category="渠道成本", item="直播间搭建", amount=Decimal(20_000)),
        LineRow(category="其他成本", item="应急备用金", amount=Decimal(6_000)),
    ]
    save_rows(campaign, "budget", lines, actor=firm.owner)
    return campaign.subject


def put(subject: Subject, table: str, actor: User, row: int | None = None, **cells: str) -> Any:
    """Enter or change a row as somebody types it."""
    kept = find_table(subject, table)
    assert kept is not None
    return save_row(subject=subject, kept=kept, pk=row, cells=cells, actor=actor)
