"""The tables that are the campaign's own: its overview, its goals, its creative plan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from yunchou.kernel.core.text import Text as AnyText
from yunchou.kernel.core.text import say
from yunchou.kernel.sheets.cells import Cell, clean, shown
from yunchou.kernel.sheets.columns import Choice, DateText, DueText, Lines, Measures, Number, Person, Text
from yunchou.kernel.sheets.columns.base import NOWHERE, Column, Parsed
from yunchou.kernel.sheets.table import Row, Table
from yunchou.kernel.sheets.values import Context, DueRule, Figure
from yunchou.kernel.sheets.values import Person as Someone

from .categories import categories, key_of, name_of, word_of
from .models import Kind


@dataclass(frozen=True)
class Category(Column[str]):
    """The key of an audience category; written and offered by its words, read by those and by its names on pages."""

    widget: ClassVar[str] = "select"
    empty: ClassVar[str] = ""

    def write(self, value: str) -> Cell:
        return word_of(value) or None

    def display(self, value: str, ctx: Context = NOWHERE) -> AnyText:
        return name_of(value)

    def options(self) -> Sequence[str]:
        return tuple(one.word for one in categories().values() if one.is_used)

    def _read(self, cell: Cell, ctx: Context) -> Parsed[str]:
        text = clean(shown(cell))
        if key := key_of(text):
            return Parsed(key)
        words = tuple(one.word for one in categories().values())
        near = "".join(get_close_matches(text, words, n=1, cutoff=0.3))
        message = say(gettext_noop("“{given}” is none of: {words}."), given=text[:60], words="、".join(words))
        return self._refuse("unknown_word", message, suggestion=near, candidates=words)


@dataclass(frozen=True, kw_only=True)
class OverviewRow(Row):
    """What the campaign is: kind, audience, purpose, scene and period."""

    name: str = ""
    kind: Kind | None = None
    audience_category: str = ""
    forms: tuple[str, ...] = ()
    audience: str = ""
    purposes: tuple[str, ...] = ()
    scene: str = ""
    value: str = ""
    period: str = ""
    start_on: date | None = None
    warm_up_on: date | None = None
    end_on: date | None = None
    expected_people: Decimal | None = None
    is_cross_department: bool | None = None
    is_brand_related: bool | None = None
    is_strategic: bool | None = None
    plan_item: str = ""
    out_of_plan_reason: str = ""


YES_NO = {"是": True, "否": False}


def _period_of(rows: tuple[OverviewRow, ...], ctx: Context) -> Context:
    """The year and the period in which the dates of the other tables are read (`7.31` of which year?)."""
    if not rows:
        return ctx
    row = rows[0]
    stated = re.search(r"(20\d\d)", row.period)
    year = row.start_on.year if row.start_on else int(stated[1]) if stated else ctx.year
    return replace(ctx, year=year, start=row.start_on, end=row.end_on)


OVERVIEW = Table(
    key="overview",
    sheet="活动概况",
    title=_("Overview"),
    row=OverviewRow,
    layout="pairs",
    identity=("name",),
    is_required=True,
    informs=_period_of,
    columns=(
        Text("name", "名称", _("Name"), required=True, width=28, max_length=120),
        Choice(
            "kind",
            "类型",
            _("Kind"),
            required=True,
            words={
                "营销活动": Kind.MARKETING,
                "客户活动": Kind.CUSTOMER,
                "高端客户活动": Kind.HIGH_END,
                "公关活动": Kind.PR,
                "促销活动": Kind.PROMOTION,
                "定向活动": Kind.TARGETED,
            },
        ),
        Category("audience_category", "受众类别", _("Audience category")),
        Lines("forms", "形式", _("Forms")),
        Text("audience", "目标人群", _("Audience"), width=24, max_length=120),
        Lines("purposes", "战略关联可选项", _("Strategic purposes"), width=24),
        Text("scene", "场景", _("Scene"), width=20, max_length=60),
        Text("value", "量化价值", _("Value in numbers"), multiline=True, width=48),
        Text("period", "周期", _("Period"), width=12, max_length=30),
        DateText("start_on", "开始日期", _("Start"), required=True),
        DateText("warm_up_on", "预热开始日期", _("Warm-up starts")),
        DateText("end_on", "结束日期", _("End"), required=True),
        Number("expected_people", "预计人数", _("Expected attendance"), whole=True, least=Decimal(0)),
        Choice("is_cross_department", "公司级跨部门协调", _("Company-level coordination"), words=YES_NO),
        Choice("is_brand_related", "直接品牌相关", _("Directly brand-related"), words=YES_NO),
        Choice("is_strategic", "战略性活动", _("Strategic activity"), words=YES_NO),
        Text("plan_item", "计划事项", _("Plan item"), max_length=120),
        Text("out_of_plan_reason", "计划外理由", _("Why outside the plan"), multiline=True),
    ),
)


@dataclass(frozen=True, kw_only=True)
class GoalRow(Row):
    """A goal: what is to be reached, measured by which indicators, from which source, by whom and when (GOA-03)."""

    dimension: str = ""
    description: str = ""
    metrics: tuple[str, ...] = ()
    targets: tuple[Figure, ...] = ()
    data_sources: tuple[str, ...] = ()
    owner: Someone | None = None
    due: date | DueRule | None = None
    remark: str = ""

    @property
    def indicators(self) -> tuple[tuple[str, Figure], ...]:
        """Each indicator with its target, in order; a target without an indicator of its own goes by its label."""
        named = [*self.metrics, *([""] * (len(self.targets) - len(self.metrics)))]
        return tuple(
            (name or target.label, target) for name, target in zip(named, self.targets, strict=False)
        )

    def target_of(self, indicator: str) -> Decimal | None:
        """The target number of an indicator of this goal."""
        return next((target.value for name, target in self.indicators if name == indicator), None)


DIMENSIONS = ("品牌曝光", "线索获取", "销售转化", "用户满意", "参与度", "忠诚度")

GOALS = Table(
    key="goals",
    sheet="目标拆解表",
    title=_("Goals"),
    row=GoalRow,
    identity=("dimension",),
    columns=(
        Text(
            "dimension",
            "核心目标维度",
            _("Dimension"),
            required=True,
            max_length=60,
            suggestions=DIMENSIONS,
        ),
        Text("description", "具体目标描述", pgettext_lazy("goal", "Description"), multiline=True, width=32),
        Lines("metrics", "量化指标", pgettext_lazy("goal", "Indicators"), width=22),
        Measures(
            "targets",
            "目标值",
            _("Targets"),
            width=22,
            hint=_("One target per indicator and line, such as 2000+, ≥60% or 较2023年Q3增长30%"),
        ),
        Lines("data_sources", "数据来源", _("Data sources"), width=26),
        Person("owner", "负责人", _("Owner")),
        DueText(
            "due",
            "完成时间节点",
            pgettext_lazy("goal", "Due"),
            width=22,
            hint=_("A date, or 活动结束后3个工作日"),
        ),
        Text("remark", "备注", pgettext_lazy("goal", "Remark"), multiline=True, width=28),
    ),
)


@dataclass(frozen=True)
class Phase:
    """A stretch of the content plan: warm-up, burst, closing (CRE-06)."""

    name: str
    start_on: date
    end_on: date
    content: str


CONTENT_PLAN = "内容规划"
MODULES = ("活动主题", "活动形式", "渠道组合", CONTENT_PLAN)

PHASE = re.compile(
    r"^\s*(?P<name>[^((::]+?)\s*[((]\s*(?P<m1>\d{1,2})[.月/](?P<d1>\d{1,2})日?\s*[-—–~至到]+\s*"
    r"(?P<m2>\d{1,2})[.月/](?P<d2>\d{1,2})日?\s*[))]\s*[::]?\s*(?P<content>.*)$"
)


def phases_in(text: str, ctx: Context) -> tuple[Phase, ...]:
    """The phases that a content plan names, one a line: `预热期(7.20-7.25):海报、倒计时`."""
    found = []
    for line in text.splitlines():
        if match := PHASE.match(line):
            start = ctx.date_of(int(match["m1"]), int(match["d1"]))
            end = ctx.date_of(int(match["m2"]), int(match["d2"]))
            if start and end:
                found.append(Phase(match["name"], start, end, match["content"]))
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class ModuleRow(Row):
    """A module of the creative plan with its alternative (CRE-02, CRE-03)."""

    module: str = ""
    design_point: str = ""
    content: str = ""
    alternative: str = ""
    owner: Someone | None = None
    due_on: date | None = None


CREATIVE = Table(
    key="creative",
    sheet="方案创意表",
    title=_("Creative plan"),
    row=ModuleRow,
    identity=("module",),
    columns=(
        Text(
            "module",
            "模块",
            pgettext_lazy("creative", "Module"),
            required=True,
            max_length=30,
            suggestions=MODULES,
        ),
        Text("design_point", "设计要点", _("Design point"), multiline=True, width=28),
        Text(
            "content",
            "具体内容",
            pgettext_lazy("module", "Content"),
            multiline=True,
            width=48,
            hint=_("Phases one a line: 预热期(7.20-7.25):海报"),
        ),
        Text("alternative", "备选方案", _("Alternative"), multiline=True, width=32),
        Person("owner", "负责人", _("Owner")),
        DateText("due_on", "完成时间", pgettext_lazy("module", "Due")),
    ),
)
