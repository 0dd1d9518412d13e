"""The thirteen tables of the worked example, declared as rooms declare theirs, and a company to look people up in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import TextChoices

from ..columns import (
    Choice,
    Choices,
    DateText,
    Days,
    DueText,
    Lines,
    Measure,
    Measures,
    Money,
    Number,
    People,
    Person,
    TaskRefs,
    Text,
)
from ..table import Footer, Row, Table
from ..values import Context, DueRule, Figure, PersonMatch
from ..values import Person as Someone

STAFF = {name: Someone(name, n) for n, name in enumerate("张李王赵周吴孙刘", 1)}


def find_people(name: str) -> PersonMatch:
    """陈 is the name of two people, 外人 of nobody."""
    if name == "陈":
        return PersonMatch((Someone("陈一", 21), Someone("陈二", 22)))
    return PersonMatch((STAFF[name],) if name in STAFF else ())


CONTEXT = Context(year=2024, people=find_people, names=lambda pk: "张李王赵周吴孙刘"[pk - 1])


class Status(TextChoices):
    TODO = "todo", "Not started"
    DOING = "doing", "In progress"
    DONE = "done", "Done"


class Form(TextChoices):
    ONLINE = "online", "Online"
    OFFLINE = "offline", "Offline"


STATUS = {"未开始": Status.TODO, "进行中": Status.DOING, "已完成": Status.DONE}
DEGREE = {"高": 3, "中": 2, "低": 1}
COST = {word: word for word in ("人力成本", "物料成本", "渠道成本", "其他成本")}


@dataclass(frozen=True, kw_only=True)
class Overview(Row):
    name: str = ""
    kind: str = ""
    forms: tuple[Form, ...] = ()
    audience: str = ""
    links: tuple[str, ...] = ()
    scene: str = ""
    value: str = ""
    period: str = ""
    start: date | None = None
    warm_up: date | None = None
    end: date | None = None


def tell_period(rows: tuple[Overview, ...], ctx: Context) -> Context:
    return replace(ctx, start=rows[0].start, end=rows[0].end) if rows else ctx


OVERVIEW = Table(
    key="overview",
    sheet="活动概况",
    title="Overview",
    row=Overview,
    layout="pairs",
    is_required=True,
    informs=tell_period,
    columns=(
        Text("name", "名称", "Name", required=True, hint="What the campaign is called"),
        Text("kind", "类型", "Kind"),
        Choices("forms", "形式", "Forms", words={"线上": Form.ONLINE, "线下": Form.OFFLINE}),
        Text("audience", "目标人群", "Audience"),
        Lines("links", "战略关联可选项", "Strategy"),
        Text("scene", "场景", "Scene"),
        Text("value", "量化价值", "Value", multiline=True),
        Text("period", "周期", "Period"),
        DateText("start", "开始日期", "Start"),
        DateText("warm_up", "预热开始日期", "Warm-up"),
        DateText("end", "结束日期", "End"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Goal(Row):
    dimension: str = ""
    description: str = ""
    metrics: tuple[str, ...] = ()
    targets: tuple[Figure, ...] = ()
    sources: tuple[str, ...] = ()
    owner: Someone | None = None
    due: date | DueRule | None = None
    note: str = ""


GOALS = Table(
    key="goals",
    sheet="目标拆解表",
    title="Goals",
    row=Goal,
    identity=("dimension",),
    columns=(
        Text("dimension", "核心目标维度", "Dimension", suggestions=("品牌曝光", "线索获取", "销售转化")),
        Text("description", "具体目标描述", "Description"),
        Lines("metrics", "量化指标", "Metrics"),
        Measures("targets", "目标值", "Targets"),
        Lines("sources", "数据来源", "Sources"),
        Person("owner", "负责人", "Owner"),
        DueText("due", "完成时间节点", "Due"),
        Text("note", "备注", "Note"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Creative(Row):
    module: str = ""
    points: str = ""
    content: tuple[str, ...] = ()
    alternative: str = ""
    owner: Someone | None = None
    due: date | None = None


CREATIVES = Table(
    key="creatives",
    sheet="方案创意表",
    title="Creative plan",
    row=Creative,
    aliases=("创意方案表",),
    columns=(
        Text("module", "模块", "Module"),
        Text("points", "设计要点", "Points"),
        Lines("content", "具体内容", "Content"),
        Text("alternative", "备选方案", "Alternative"),
        Person("owner", "负责人", "Owner"),
        DateText("due", "完成时间", "Due"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Line(Row):
    category: str | None = None
    item: str = ""
    amount: Decimal | None = None
    spent: Decimal | None = None
    variance: str = ""
    owner: Someone | None = None
    approver: Someone | None = None


LINES = Table(
    key="lines",
    sheet="预算明细表",
    title="Budget",
    row=Line,
    footer=Footer(columns=("amount", "spent")),
    identity=("category", "item"),
    columns=(
        Choice("category", "成本类别", "Category", words=COST, required=True),
        Text("item", "明细项目", "Item"),
        Money("amount", "预算金额", "Amount", required=True),
        Money("spent", "实际支出", "Spent"),
        Text("variance", "差异说明", "Variance"),
        Person("owner", "负责人", "Owner"),
        Person("approver", "审批人", "Approver"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Division(Row):
    module: str = ""
    task: str = ""
    description: str = ""
    standard: str = ""
    owner: Someone | None = None
    assistants: tuple[Someone, ...] = ()
    start: date | None = None
    end: date | None = None
    status: Status | None = None


DIVISIONS = Table(
    key="divisions",
    sheet="执行分工表",
    title="Division",
    row=Division,
    columns=(
        Text("module", "任务模块", "Module"),
        Text("task", "具体任务", "Task"),
        Text("description", "任务描述", "Description"),
        Text("standard", "交付标准", "Standard"),
        Person("owner", "负责人", "Owner"),
        People("assistants", "协助人", "Assistants"),
        DateText("start", "开始时间", "Start"),
        DateText("end", "结束时间", "End"),
        Choice("status", "状态", "Status", words=STATUS, synonyms={"完成": Status.DONE}),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Task(Row):
    name: str = ""
    owner: Someone | None = None
    start: date | None = None
    end: date | None = None
    days: int | None = None
    after: tuple[str, ...] = ()
    status: Status | None = None
    milestone: str = ""


TASKS = Table(
    key="tasks",
    sheet="执行甘特图",
    title="Schedule",
    row=Task,
    identity=("name",),
    columns=(
        Text("name", "任务名称", "Task", required=True),
        Person("owner", "负责人", "Owner"),
        DateText("start", "开始时间", "Start"),
        DateText("end", "结束时间", "End"),
        Days("days", "持续时间", "Days"),
        TaskRefs("after", "前置任务", "After"),
        Choice("status", "状态", "Status", words=STATUS),
        Text("milestone", "关键节点说明", "Milestone"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Risk(Row):
    scene: str = ""
    likelihood: int | None = None
    impact: int | None = None
    measures: tuple[str, ...] = ()
    owner: Someone | None = None
    trigger: str = ""


RISKS = Table(
    key="risks",
    sheet="风险预案表",
    title="Risks",
    row=Risk,
    columns=(
        Text("scene", "风险场景", "Risk"),
        Choice("likelihood", "可能性", "Likelihood", words=DEGREE),
        Choice("impact", "影响程度", "Impact", words=DEGREE),
        Lines("measures", "应对措施", "Measures"),
        Person("owner", "责任人", "Owner"),
        Text("trigger", "启动条件", "Trigger"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Daily(Row):
    day: date | None = None
    done: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    problems: str = ""
    needs: str = ""
    owner: Someone | None = None


DAILIES = Table(
    key="dailies",
    sheet="进度日报",
    title="Daily reports",
    row=Daily,
    columns=(
        DateText("day", "日期", "Date"),
        Lines("done", "今日完成事项", "Done"),
        Lines("plan", "明日计划", "Plan"),
        Text("problems", "存在问题", "Problems"),
        Text("needs", "需协调资源", "Needs"),
        Person("owner", "负责人", "Owner"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Reading(Row):
    channel: str = ""
    metric: str = ""
    today: Figure | None = None
    total: Figure | None = None
    target: Figure | None = None
    attainment: Figure | None = None
    alert: str | None = None
    reason: str = ""
    owner: Someone | None = None


READINGS = Table(
    key="readings",
    sheet="数据监控看板",
    title="Dashboard",
    row=Reading,
    columns=(
        Text("channel", "渠道", "Channel"),
        Text("metric", "核心指标", "Metric"),
        Measure("today", "今日数据", "Today"),
        Measure("total", "累计数据", "Total"),
        Measure("target", "目标值", "Target"),
        Measure("attainment", "达成率", "Attainment"),
        Choice("alert", "预警状态", "Alert", words={"正常": "ok", "预警": "alert"}),
        Text("reason", "异常原因", "Reason"),
        Person("owner", "负责人", "Owner"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Issue(Row):
    problem: str = ""
    target: Figure | None = None
    actual: Figure | None = None
    analysis: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    cost: Decimal | None = None


ISSUES = Table(
    key="issues",
    sheet="问题响应",
    title="Issues",
    row=Issue,
    columns=(
        Text("problem", "问题", "Problem"),
        Measure("target", "目标", "Target"),
        Measure("actual", "实际", "Actual"),
        Lines("analysis", "分析", "Analysis"),
        Lines("changes", "调整", "Changes"),
        Money("cost", "追加费用", "Cost"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Evaluation(Row):
    dimension: str = ""
    metric: str = ""
    target: Figure | None = None
    actual: Figure | None = None
    attainment: Figure | None = None
    analysis: str = ""
    owner: Someone | None = None


EVALUATIONS = Table(
    key="evaluations",
    sheet="效果评估表",
    title="Evaluation",
    row=Evaluation,
    columns=(
        Text("dimension", "评估维度", "Dimension"),
        Text("metric", "核心指标", "Metric"),
        Measure("target", "目标值", "Target"),
        Measure("actual", "实际值", "Actual"),
        Measure("attainment", "达成率", "Attainment"),
        Text("analysis", "分析说明", "Analysis"),
        Person("owner", "负责人", "Owner"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Roi(Row):
    formula: str = ""
    cost: Decimal | None = None
    gain: Decimal | None = None
    result: Figure | None = None


ROI = Table(
    key="roi",
    sheet="ROI分析",
    title="ROI",
    row=Roi,
    layout="pairs",
    columns=(
        Text("formula", "公式", "Formula"),
        Money("cost", "活动成本", "Cost"),
        Money("gain", "增量销售额", "Gain"),
        Measure("result", "结果", "Result"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Review(Row):
    module: str = ""
    content: tuple[str, ...] = ()
    example: tuple[str, ...] = ()
    owner: Someone | None = None
    due: date | None = None
    effect: str = ""
    weight: Decimal | None = None


REVIEWS = Table(
    key="reviews",
    sheet="复盘报告",
    title="Retrospective",
    row=Review,
    columns=(
        Text("module", "模块", "Module"),
        Lines("content", "内容要点", "Content"),
        Lines("example", "示例", "Example"),
        Person("owner", "负责人", "Owner"),
        DateText("due", "完成时间", "Due"),
        Text("effect", "预期效果", "Effect"),
        Number("weight", "权重", "Weight", least=Decimal(0)),
    ),
)

TABLES = (
    OVERVIEW, GOALS, CREATIVES, LINES, DIVISIONS, TASKS, RISKS, DAILIES, READINGS, ISSUES, EVALUATIONS, ROI, REVIEWS,
)  # fmt: skip
