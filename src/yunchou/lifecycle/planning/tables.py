"""The tables of a plan: its head, its parts, its goals and their shares, its projects, its items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.sheets.columns import Choice, Choices, DateText, Money, Number, Person, Text
from yunchou.kernel.sheets.table import Row, Table
from yunchou.kernel.sheets.values import Context
from yunchou.kernel.sheets.values import Person as Someone

from .choices import Purpose, RiskKind
from .columns import Strategic
from .documents import ASPECT_WORDS, PART_WORDS, Aspect, Part
from .periods import MONTHS, QUARTERS

WORKBOOK: Final = "plan"
"""The workbook of a plan; the kind of its subject, so that its pages find the tables."""

YES_NO: Final[Mapping[str, bool]] = MappingProxyType({"是": True, "否": False})
COMPARATORS: Final[Mapping[str, str]] = MappingProxyType({"≥": ">=", "≤": "<=", "=": "="})
SMART: Final[Mapping[str, str]] = MappingProxyType(
    {"具体": "specific", "可实现": "attainable", "相关": "relevant"}
)
"""The SMART criteria that only a person can confirm; measurable and time-bound follow from the row (GOA-02)."""

ACTIVITY_KINDS: Final = (
    "客户活动",
    "营销活动",
    "高端客户活动",
    "公关活动",
    "促销活动",
    "定向活动",
    "会员活动",
    "行动",
)


def word_of(words: Mapping[str, object], value: object) -> str:
    """The word that workbooks write for a value."""
    return next((word for word, known in words.items() if known == value), "")


@dataclass(frozen=True)
class Preset:
    """A goal that plans usually set: its dimension, metric and unit as workbooks write them, and how it adds up."""

    key: str
    label: Say
    dimension: str
    metric: str
    is_additive: bool
    unit: str
    source: str


PRESETS: Final = (
    Preset("sales", say(gettext_noop("sales")), "销售", "销售额", True, "万元", "销售系统"),
    Preset("share", say(gettext_noop("market share")), "市场份额", "市场占有率", False, "%", "市场调研"),
    Preset(
        "awareness", say(gettext_noop("brand awareness")), "品牌认知", "品牌知名度", False, "%", "品牌调研"
    ),
)
"""The goals that 002 9.1(2) names; market share and awareness do not add up."""
SHARED_DIMENSION: Final = PRESETS[0].dimension
LEVELS: Final = ("季度", "月度", "项目", "事项")
PURPOSE_WORDS: Final[Mapping[str, str]] = MappingProxyType({"广告": Purpose.ADVERTISING, "公关": Purpose.PR})
RISK_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "经济环境": RiskKind.ECONOMY,
        "市场竞争": RiskKind.COMPETITION,
        "价格上涨": RiskKind.PRICE,
        "政策变化": RiskKind.POLICY,
        "需求不足": RiskKind.DEMAND,
        "供应商": RiskKind.SUPPLY,
        "其他": RiskKind.OTHER,
    }
)
# The items of the chart of costs (`expenses.chart`) as workbooks name them.
COST_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "员工加班": "overtime",
        "奖金补贴": "bonus",
        "临时人员": "temps",
        "讲师与主持": "speakers",
        "销售佣金": "commission",
        "培训": "training",
        "印刷与展架": "print",
        "礼品": "gifts",
        "样品试用": "samples",
        "线上素材": "online_assets",
        "广告投放": "advertising",
        "软文与公众号": "posts",
        "平台服务费": "platform",
        "渠道分成": "partners",
        "场地": "venue",
        "餐饮招待": "catering",
        "交通物流": "transport",
        "差旅住宿": "travel",
        "市场调研": "research",
        "软件与数据": "software",
        "应急备用金": "contingency",
        "其他费用": "other",
    }
)


@dataclass(frozen=True, kw_only=True)
class HeadRow(Row):
    """What the plan is: its name, its period and its money."""

    name: str = ""
    year: Decimal | None = None
    quarter: Decimal | None = None
    month: Decimal | None = None
    budget: Decimal | None = None


def _year_of(rows: tuple[HeadRow, ...], ctx: Context) -> Context:
    """The year in which dates without one are read."""
    year = rows[0].year if rows else None
    return replace(ctx, year=int(year)) if year else ctx


HEAD: Final = Table(
    key="plan_head",
    sheet="计划概况",
    title=_("Plan"),
    row=HeadRow,
    layout="pairs",
    identity=("name",),
    is_required=True,
    informs=_year_of,
    columns=(
        Text("name", "计划名称", _("Name"), required=True, width=36, max_length=120),
        Number("year", "年度", _("Year"), whole=True, least=Decimal(2000), most=Decimal(2100)),
        Number("quarter", "季度", _("Quarter"), whole=True, least=Decimal(1), most=Decimal(4)),
        Number("month", "月份", _("Month"), whole=True, least=Decimal(1), most=Decimal(12)),
        Money("budget", "预算总额", _("Budget of the whole plan")),
    ),
)


@dataclass(frozen=True, kw_only=True)
class PartRow(Row):
    """What the plan says on one aspect of one part."""

    part: Part | None = None
    aspect: Aspect | None = None
    text: str = ""


PARTS: Final = Table(
    key="plan_parts",
    sheet="计划正文",
    title=_("Parts"),
    row=PartRow,
    identity=("part", "aspect"),
    columns=(
        Choice("part", "部分", pgettext_lazy("plan", "Part"), words=PART_WORDS, required=True, width=24),
        Choice("aspect", "要点", _("Aspect"), words=ASPECT_WORDS, required=True, width=20),
        Text("text", "内容", pgettext_lazy("plan", "Content"), multiline=True, width=80),
    ),
)


@dataclass(frozen=True, kw_only=True)
class GoalRow(Row):
    """A goal with its values for the year, the quarters and the months."""

    dimension: str = ""
    metric: str = ""
    description: str = ""
    is_additive: bool | None = None
    comparator: str | None = None
    unit: str = ""
    is_growth: bool | None = None
    year_value: Decimal | None = None
    q1: Decimal | None = None
    q2: Decimal | None = None
    q3: Decimal | None = None
    q4: Decimal | None = None
    m1: Decimal | None = None
    m2: Decimal | None = None
    m3: Decimal | None = None
    m4: Decimal | None = None
    m5: Decimal | None = None
    m6: Decimal | None = None
    m7: Decimal | None = None
    m8: Decimal | None = None
    m9: Decimal | None = None
    m10: Decimal | None = None
    m11: Decimal | None = None
    m12: Decimal | None = None
    source: str = ""
    strategy: str = ""
    owner: Someone | None = None
    due_on: date | None = None
    confirmed: tuple[str, ...] = ()

    def quarter(self, number: int) -> Decimal | None:
        value: Decimal | None = getattr(self, f"q{number}")
        return value

    def month(self, number: int) -> Decimal | None:
        value: Decimal | None = getattr(self, f"m{number}")
        return value

    @property
    def target(self) -> Decimal | None:
        """What is to be reached in the whole period: the year's value, else the only quarter's, else the only month's."""
        if self.year_value is not None:
            return self.year_value
        for stated in (map(self.quarter, QUARTERS), map(self.month, MONTHS)):
            values = [value for value in stated if value is not None]
            if values:
                return values[0] if len(values) == 1 else None
        return None

    @property
    def is_whole(self) -> bool:
        """Measurable and bound in time: metric, number, source, owner and a day (GOA-02)."""
        return all((self.metric, self.target is not None, self.source, self.owner, self.due_on))


def _number(key: str, header: str, label: object) -> Number:
    return Number(key, header, label, places=4, least=Decimal(0), width=11)  # type: ignore[arg-type]


def _percent(key: str, header: str, label: object) -> Number:
    return Number(key, header, label, whole=True, least=Decimal(0), most=Decimal(100), width=11)  # type: ignore[arg-type]


QUARTER_LABELS: Final = (_("Q1"), _("Q2"), _("Q3"), _("Q4"))
MONTH_LABELS: Final = (
    _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"), _("September"),
    _("October"), _("November"), _("December"),
)  # fmt: skip
QUARTER_WORDS: Final = ("一季度", "二季度", "三季度", "四季度")
QUARTER_COLUMNS: Final = tuple(f"q{n}" for n in QUARTERS)
MONTH_COLUMNS: Final = tuple(f"m{n}" for n in MONTHS)

GOALS: Final = Table(
    key="plan_goals",
    sheet="目标分解",
    title=_("Goals"),
    row=GoalRow,
    identity=("metric",),
    columns=(
        Text(
            "dimension",
            "目标维度",
            pgettext_lazy("plan goal", "Dimension"),
            max_length=60,
            suggestions=(
                "销售",
                "市场份额",
                "品牌认知",
                "品牌曝光",
                "线索获取",
                "销售转化",
                "用户满意",
                "参与度",
                "忠诚度",
            ),
        ),
        Text("metric", "指标", _("Metric"), required=True, max_length=80, width=20),
        Text("description", "目标描述", pgettext_lazy("plan goal", "Description"), multiline=True, width=32),
        Choice(
            "is_additive",
            "可累加",
            _("Adds up"),
            words=YES_NO,
            required=True,
            hint=_("Sales add up from month to year; market share and awareness do not."),
        ),
        Choice("comparator", "比较", _("Comparator"), words=COMPARATORS),
        Text("unit", "单位", pgettext_lazy("measure", "Unit"), max_length=12),
        Choice(
            "is_growth",
            "增长值",
            _("Growth"),
            words=YES_NO,
            hint=_("Growth against the year before, not the value."),
        ),
        _number("year_value", "全年", _("Whole year")),
        *(
            _number(f"q{n}", word, label)
            for n, word, label in zip(QUARTERS, QUARTER_WORDS, QUARTER_LABELS, strict=True)
        ),
        *(_number(f"m{n}", f"{n}月", label) for n, label in zip(MONTHS, MONTH_LABELS, strict=True)),
        Text("source", "数据来源", _("Data source"), max_length=120, width=18),
        Strategic(
            "strategy",
            "战略目标",
            _("Strategic goal"),
            width=24,
            hint=_("From the register of strategic goals."),
        ),
        Person("owner", "负责人", _("Owner")),
        DateText("due_on", "完成时间", pgettext_lazy("plan goal", "Due")),
        Choices(
            "confirmed",
            "SMART确认",
            _("SMART confirmed"),
            words=SMART,
            hint=_(
                "Tick what holds: specific, attainable, relevant. Measurable and time-bound follow from the row."
            ),
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class ShareRow(Row):
    """A share of a goal: of a team, or of a person in a team."""

    metric: str = ""
    team: str = ""
    owner: Someone | None = None
    value: Decimal | None = None
    q1: Decimal | None = None
    q2: Decimal | None = None
    q3: Decimal | None = None
    q4: Decimal | None = None


SHARES: Final = Table(
    key="plan_shares",
    sheet="目标到人",
    title=_("Goals by team and person"),
    row=ShareRow,
    identity=("metric", "team", "owner"),
    columns=(
        Text("metric", "指标", _("Metric"), required=True, max_length=80, width=20),
        Text(
            "team",
            "团队",
            _("Team"),
            max_length=60,
            hint=_("A line without a person is the team as a whole."),
        ),
        Person("owner", "责任人", _("Person")),
        _number("value", "全年", _("Whole year")),
        *(
            _number(f"q{n}", word, label)
            for n, word, label in zip(QUARTERS, QUARTER_WORDS, QUARTER_LABELS, strict=True)
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class ProjectRow(Row):
    """One project of the region with its sales plan and its progress."""

    project: str = ""
    sales_plan: str = ""
    progress: str = ""
    note: str = ""


PROJECTS: Final = Table(
    key="plan_projects",
    sheet="项目衔接",
    title=_("Sales plans and progress of the projects"),
    row=ProjectRow,
    identity=("project",),
    columns=(
        Text("project", "项目", _("Project"), required=True, max_length=60, width=18),
        Text(
            "sales_plan",
            "项目销售总体方案",
            _("Overall sales plan"),
            max_length=120,
            width=28,
            hint=_("Name and number of the document."),
        ),
        Text("progress", "项目进度", _("Progress"), max_length=120, width=20),
        Text("note", "对活动的要求", _("What follows for the activities"), multiline=True, width=36),
    ),
)


@dataclass(frozen=True, kw_only=True)
class ItemRow(Row):
    """A line of the plan; its number puts it below another one, `2.1` below `2`."""

    code: str = ""
    level: str | None = None
    title: str = ""
    kind: str = ""
    theme: str = ""
    start_on: date | None = None
    end_on: date | None = None
    goal: str = ""
    budget: Decimal | None = None
    owner: Someone | None = None
    resources: str = ""
    due_on: date | None = None
    place: str = ""
    participants: str = ""
    effect: str = ""
    likelihood: Decimal | None = None
    dedicated: str | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Columns that something to be done must fill and this line does not (PLN-03)."""
        return self.lacking(LEAF_COLUMNS)

    def lacking(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the columns that this line does not fill."""
        return tuple(key for key in columns if getattr(self, key) in (None, ""))


LEAF_COLUMNS: Final = ("kind", "theme", "start_on", "end_on", "goal", "budget", "owner")
ACTIVITY_COLUMNS: Final = ("start_on", "end_on", "place", "participants", "budget", "effect", "likelihood")
"""What a budget says of each activity, beside its name (002 9.1(2))."""

ITEMS: Final = Table(
    key="plan_items",
    sheet="计划事项",
    title=_("Items"),
    row=ItemRow,
    identity=("code",),
    columns=(
        Text(
            "code",
            "编号",
            pgettext_lazy("plan item", "Number"),
            required=True,
            max_length=20,
            hint=_("1, 1.2, 1.2.1: below which line it stands."),
        ),
        Choice("level", "层级", pgettext_lazy("plan item", "Level"), words={word: word for word in LEVELS}),
        Text("title", "事项", pgettext_lazy("plan item", "Item"), required=True, max_length=120, width=28),
        Text("kind", "类型", _("Type"), max_length=20, suggestions=ACTIVITY_KINDS),
        Text("theme", "主题", pgettext_lazy("plan item", "Theme"), max_length=120, width=24),
        DateText("start_on", "开始日期", pgettext_lazy("plan item", "Start")),
        DateText("end_on", "结束日期", pgettext_lazy("plan item", "End")),
        Text("goal", "目标", _("Goal"), max_length=160, width=24),
        Money("budget", "预算", _("Budget")),
        Person("owner", "负责人", _("Owner")),
        Text("resources", "所需资源", _("Resources"), multiline=True, width=24),
        DateText("due_on", "完成时间", pgettext_lazy("plan item", "Due")),
        Text("place", "地点", _("Place"), max_length=120, width=18),
        Text(
            "participants", "参与人员", pgettext_lazy("plan item", "Participants"), max_length=160, width=20
        ),
        Text("effect", "预期效果", _("Expected effect"), max_length=200, width=24),
        _percent("likelihood", "实现可能性(%)", _("Likelihood of reaching it (%)")),
        Choice(
            "dedicated",
            "专项",
            pgettext_lazy("plan item", "Dedicated to"),
            words=PURPOSE_WORDS,
            hint=_("Its money may be used for this purpose only, and is supervised separately."),
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class AllocationRow(Row):
    """What of a budget is for one item of cost."""

    item: str | None = None
    amount: Decimal | None = None
    basis: str = ""


ALLOCATION: Final = Table(
    key="plan_allocation",
    sheet="预算分配",
    title=_("Allocation by items of cost"),
    row=AllocationRow,
    identity=("item",),
    columns=(
        Choice(
            "item",
            "费用项目",
            _("Cost item"),
            words=COST_WORDS,
            required=True,
            width=18,
            hint=_("From the chart of cost items; expense kinds, groups and categories follow from it."),
        ),
        Money("amount", "金额", _("Amount"), required=True),
        Text("basis", "测算依据", _("Basis of the amount"), max_length=200, width=36),
    ),
)


@dataclass(frozen=True, kw_only=True)
class EffectRow(Row):
    """An indicator by which the effect of a budget is told."""

    indicator: str = ""
    definition: str = ""
    base: Decimal | None = None
    target: Decimal | None = None
    unit: str = ""
    source: str = ""
    measured_on: date | None = None


EFFECTS: Final = Table(
    key="plan_effects",
    sheet="效果指标",
    title=_("Effect indicators"),
    row=EffectRow,
    identity=("indicator",),
    columns=(
        Text(
            "indicator",
            "效果指标",
            pgettext_lazy("budget", "Indicator"),
            required=True,
            max_length=80,
            width=20,
            suggestions=("费用率", "单客获取成本", "投入产出比", "到访转化率", "曝光量", "新增会员数"),
        ),
        Text("definition", "口径", _("How it is counted"), max_length=200, width=30),
        _number("base", "基期值", _("Base")),
        _number("target", "目标值", _("Target")),
        Text("unit", "单位", pgettext_lazy("measure", "Unit"), max_length=12),
        Text("source", "数据来源", _("Data source"), max_length=120, width=18),
        DateText("measured_on", "考核时间", _("Measured on")),
    ),
)


@dataclass(frozen=True, kw_only=True)
class RiskRow(Row):
    """A risk to budget and cost, the answer to it, and what would be cheaper."""

    kind: str | None = None
    title: str = ""
    likelihood: Decimal | None = None
    effect: Decimal | None = None
    response: str = ""
    alternative: str = ""
    saving: Decimal | None = None
    owner: Someone | None = None
    review_on: date | None = None


RISK_COLUMNS: Final = ("likelihood", "effect", "response", "owner", "review_on")
"""What the register says of each risk, beside its kind and name (BUD-28)."""

RISKS: Final = Table(
    key="plan_risks",
    sheet="预算风险",
    title=_("Risks to budget and cost"),
    row=RiskRow,
    identity=("title",),
    columns=(
        Choice("kind", "类别", _("Kind"), words=RISK_WORDS, required=True),
        Text("title", "风险", _("Risk"), required=True, max_length=160, width=28),
        _percent("likelihood", "可能性(%)", _("Likelihood (%)")),
        Money("effect", "影响金额", _("Effect (yuan)")),
        Text("response", "应对措施", _("Response"), multiline=True, width=32),
        Text(
            "alternative",
            "低成本替代方案",
            _("Cheaper alternative"),
            multiline=True,
            width=28,
            hint=_("What would be done instead, and by how much it is cheaper."),
        ),
        Money("saving", "可节约金额", _("Saving (yuan)")),
        Person("owner", "责任人", _("Owner")),
        DateText("review_on", "复核日期", _("Review")),
    ),
)

TABLES: Final = (HEAD, PARTS, GOALS, SHARES, PROJECTS, ITEMS, ALLOCATION, EFFECTS, RISKS)
