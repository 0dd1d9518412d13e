"""What a plan of each kind consists of: its parts, what each part must say, and which tables it cannot do without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    """The plans of one planning round (X-01: separate due dates for each kind)."""

    GROUP = "group", _("Group year plan")
    REGION = "region", _("Regional year plan")
    QUARTER = "quarter", _("Quarter plan")
    PROJECT = "project", _("Project plan")
    TARGETED = "targeted", _("Targeted-activity plan")
    MARKETING = "marketing", _("Marketing plan")
    BUDGET = "budget", _("Period budget")


class Part(models.TextChoices):
    """A chapter of a plan."""

    RECRUITMENT = "recruitment", _("Member recruitment targets")
    MEMBERS = "members", _("Member management and publicity goals")
    THEME = "theme", _("Yearly theme with activity schedule")
    MERCHANTS = "merchants", _("Merchant management goals")
    ONLINE = "online", _("Online-marketing service plan")
    COST = "cost", _("Cost budget")
    REGION = "region", _("Goals of the region")
    SCHEDULE = "schedule", _("Activity schedule")
    PROJECTS = "projects", _("Sales plans and progress of the projects")
    FOCUS = "focus", _("Focus of the period")
    AUDIENCES = "audiences", _("Target audiences")
    QUARTERS = "quarters", _("Types, goals and budget of each quarter")
    ANALYSIS = "analysis", _("Market analysis")
    GOALS = "goals", _("Measurable goals")
    STRATEGY = "strategy", _("Product, price, channel and promotion strategy")
    TIMING = "timing", _("Time schedule")
    ALLOCATION = "allocation", _("Budget allocation")
    RESOURCES = "resources", _("Resource allocation")
    TASKS = "tasks", _("Breakdown of key tasks")
    RISKS = "risks", _("Risk assessment")
    CONTROL = "control", _("Monitoring and adjustment")
    LAST_ROUND = "last_round", _("Research and the last round")
    STRATEGIES = "strategies", _("Strategies")
    ACTIVITIES = "activities", _("Activities")
    EFFECTS = "effects", _("Effect indicators")
    BUDGET_RISKS = "budget_risks", _("Risks to budget and cost")


class Aspect(models.TextChoices):
    """One thing that a part has to say, as a text of its own."""

    RECRUIT_TARGET = "recruit_target", _("Targets and how they are counted")
    RECRUIT_WAYS = "recruit_ways", _("Channels and steps of recruitment")
    MEMBER_CARE = "member_care", _("Member management")
    MEMBER_PUBLICITY = "member_publicity", _("Publicity towards members")
    YEAR_THEME = "year_theme", _("Theme of the year")
    YEAR_SCHEDULE = "year_schedule", _("How the activities follow the theme")
    MERCHANT_TARGET = "merchant_target", _("Targets for merchants")
    MERCHANT_CARE = "merchant_care", _("Service and assessment of merchants")
    ONLINE_PLATFORM = "online_platform", _("Platforms and content")
    ONLINE_SERVICE = "online_service", _("Service promise online")
    COST_BASIS = "cost_basis", _("Basis of the amounts")
    COST_CONTROL = "cost_control", _("How costs are kept within them")
    REGION_STATE = "region_state", _("Where the region stands")
    REGION_GOALS = "region_goals", _("What it is to reach")
    PROJECT_NEEDS = "project_needs", _("What the projects need from the activities")
    PERIOD_FOCUS = "period_focus", _("What this period is about")
    AUDIENCE_WHO = "audience_who", _("Who is addressed, and why")
    AUDIENCE_HOW = "audience_how", _("How they are reached")
    TREND = "trend", _("Market trend")
    COMPETITORS = "competitors", _("Competitors")
    CUSTOMERS = "customers", _("Target customers")
    GOAL_REASON = "goal_reason", _("Why these goals")
    PRODUCT = "product", _("Product strategy")
    PRICE = "price", _("Price strategy")
    CHANNEL = "channel", _("Channel strategy")
    PROMOTION = "promotion", _("Promotion strategy")
    PHASES = "phases", _("Phases and milestones")
    SPLIT = "split", _("Split of the budget")
    PEOPLE = "people", _("People and teams")
    MATERIAL = "material", _("Material and outside resources")
    KEY_TASKS = "key_tasks", _("Key tasks with owner and date")
    RISK_LIST = "risk_list", _("Risks with likelihood and impact")
    RISK_ANSWER = "risk_answer", _("Answers to the risks")
    CONTROL_HOW = "control_how", _("How progress is watched, and when the plan is adjusted")
    FINDINGS = "findings", _("What research says of market, competitors and customers")
    LESSONS = "lessons", _("What the last evaluation and execution analysis teach")
    STRATEGY_WAYS = "strategy_ways", _("By which strategies the goals are reached")
    ACTIVITY_REASON = "activity_reason", _("Why these activities")
    EFFECT_HOW = "effect_how", _("How the effect is measured")


class Need(models.TextChoices):
    """What a part needs beside its texts."""

    GOALS = "goals", _("at least one goal in the table of goals")
    ITEMS = "items", _("at least one item in the table of items")
    BUDGET = "budget", _("an amount for the whole plan")
    PROJECTS = "projects", _("a line for each project of the region")
    QUARTERS = "quarters", _("type, goal and budget for each of the four quarters")
    ALLOCATION = "allocation", _("an amount for each item of cost")
    EFFECTS = "effects", _("at least one effect indicator with its target")
    RISKS = "risks", _("at least one risk to budget and cost")


class Research(models.TextChoices):
    """The three studies that a marketing plan rests on (002 3.1(1))."""

    TREND = "trend", _("Trend study")
    COMPETITOR = "competitor", _("Competitor study")
    CUSTOMER = "customer", _("Study of target customers")


@dataclass(frozen=True)
class PartSpec:
    """A part as a kind demands it; all of its texts and needs are mandatory."""

    part: Part
    aspects: tuple[Aspect, ...]
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True)
class Document:
    """What a plan of one kind is made of.

    `route` is the approval definition, `clause` where the kind comes from. `parents` are the kinds it may be linked to,
    `is_linked` says that it must be. `carries_money` is false for another cut through money that its parent holds.
    `is_budget` is true where it tells how money is allocated and what threatens it.
    """

    kind: Kind
    clause: str
    parts: tuple[PartSpec, ...]
    parents: tuple[Kind, ...] = ()
    is_linked: bool = False
    is_budget: bool = False
    research: tuple[Research, ...] = ()
    carries_money: bool = True
    leaves_complete: bool = False
    children: tuple[Kind, ...] = field(default=())

    @property
    def needs(self) -> frozenset[Need]:
        return frozenset(need for spec in self.parts for need in spec.needs)


A, N = Aspect, Need
COST: Final = PartSpec(Part.COST, (A.COST_BASIS, A.COST_CONTROL), (N.BUDGET,))

DOCUMENTS: Final[Mapping[Kind, Document]] = MappingProxyType(
    {
        Kind.GROUP: Document(
            Kind.GROUP,
            "001 §5 ¶1",
            (
                PartSpec(Part.RECRUITMENT, (A.RECRUIT_TARGET, A.RECRUIT_WAYS)),
                PartSpec(Part.MEMBERS, (A.MEMBER_CARE, A.MEMBER_PUBLICITY)),
                PartSpec(Part.THEME, (A.YEAR_THEME, A.YEAR_SCHEDULE), (N.ITEMS,)),
                PartSpec(Part.MERCHANTS, (A.MERCHANT_TARGET, A.MERCHANT_CARE)),
                PartSpec(Part.ONLINE, (A.ONLINE_PLATFORM, A.ONLINE_SERVICE)),
                COST,
            ),
            children=(Kind.REGION,),
        ),
        Kind.REGION: Document(
            Kind.REGION,
            "001 §5 ¶2",
            (
                PartSpec(Part.REGION, (A.REGION_STATE, A.REGION_GOALS), (N.GOALS,)),
                PartSpec(Part.PROJECTS, (A.PROJECT_NEEDS,), (N.PROJECTS,)),
                PartSpec(Part.SCHEDULE, (A.YEAR_SCHEDULE,), (N.ITEMS,)),
                COST,
            ),
            parents=(Kind.GROUP,),
            is_linked=True,
            leaves_complete=True,
            children=(Kind.QUARTER, Kind.PROJECT),
        ),
        Kind.QUARTER: Document(
            Kind.QUARTER,
            "001 §5 ¶3",
            (PartSpec(Part.FOCUS, (A.PERIOD_FOCUS,), (N.ITEMS, N.BUDGET)),),
            parents=(Kind.REGION, Kind.GROUP),
            is_linked=True,
            leaves_complete=True,
        ),
        Kind.PROJECT: Document(
            Kind.PROJECT,
            "001 §5 ¶3",
            (PartSpec(Part.FOCUS, (A.PERIOD_FOCUS, A.PROJECT_NEEDS), (N.ITEMS,)),),
            parents=(Kind.REGION,),
            is_linked=True,
            carries_money=False,
            leaves_complete=True,
        ),
        Kind.TARGETED: Document(
            Kind.TARGETED,
            "000 §4",
            (
                PartSpec(Part.AUDIENCES, (A.AUDIENCE_WHO, A.AUDIENCE_HOW)),
                PartSpec(Part.QUARTERS, (A.YEAR_SCHEDULE,), (N.QUARTERS, N.BUDGET)),
            ),
            parents=(Kind.GROUP, Kind.REGION),
            carries_money=False,
        ),
        Kind.MARKETING: Document(
            Kind.MARKETING,
            "002 3.1",
            (
                PartSpec(Part.ANALYSIS, (A.TREND, A.COMPETITORS, A.CUSTOMERS)),
                PartSpec(Part.GOALS, (A.GOAL_REASON,), (N.GOALS,)),
                PartSpec(Part.STRATEGY, (A.PRODUCT, A.PRICE, A.CHANNEL, A.PROMOTION)),
                PartSpec(Part.TIMING, (A.PHASES,)),
                PartSpec(Part.ALLOCATION, (A.SPLIT,), (N.BUDGET,)),
                PartSpec(Part.RESOURCES, (A.PEOPLE, A.MATERIAL)),
                PartSpec(Part.TASKS, (A.KEY_TASKS,), (N.ITEMS,)),
                PartSpec(Part.RISKS, (A.RISK_LIST, A.RISK_ANSWER)),
                PartSpec(Part.CONTROL, (A.CONTROL_HOW,)),
            ),
            parents=(Kind.GROUP, Kind.REGION),
            research=tuple(Research),
            leaves_complete=True,
        ),
        Kind.BUDGET: Document(
            Kind.BUDGET,
            "002 9.3(1)",
            (
                PartSpec(Part.LAST_ROUND, (A.FINDINGS, A.LESSONS)),
                PartSpec(Part.GOALS, (A.GOAL_REASON,), (N.GOALS,)),
                PartSpec(Part.STRATEGIES, (A.STRATEGY_WAYS,)),
                PartSpec(Part.ACTIVITIES, (A.ACTIVITY_REASON,), (N.ITEMS,)),
                PartSpec(Part.COST, (A.COST_BASIS, A.SPLIT, A.COST_CONTROL), (N.BUDGET, N.ALLOCATION)),
                PartSpec(Part.EFFECTS, (A.EFFECT_HOW,), (N.EFFECTS,)),
                PartSpec(Part.BUDGET_RISKS, (), (N.RISKS,)),
            ),
            # A month details its quarter, a quarter its year.
            parents=(Kind.GROUP, Kind.REGION, Kind.BUDGET),
            children=(Kind.BUDGET,),
            is_budget=True,
        ),
    }
)


class Principle(models.TextChoices):
    """What the author of a budget stands for when it is sent (002 9.1(1))."""

    FORWARD = "forward", _("Forward-looking")
    EVIDENCE = "evidence", _("Evidence-based")
    FEASIBLE = "feasible", _("Feasible")
    DYNAMIC = "dynamic", _("Dynamically adjustable")


MEANINGS: Final[Mapping[Principle, object]] = MappingProxyType(
    {
        Principle.FORWARD: _(
            "It looks ahead at market and business, and does not carry last year's amounts on."
        ),
        Principle.EVIDENCE: _("Every amount rests on research, figures or prices that can be shown."),
        Principle.FEASIBLE: _("The goals can be reached with this money, these people and this time."),
        Principle.DYNAMIC: _("It says when it is looked at again, and how it is adjusted to what happens."),
    }
)

YEARLY: Final = (Kind.GROUP, Kind.REGION)
"""The plans that every year-end owes (R-PLN-01)."""

SHORT: Final[Mapping[Kind, object]] = MappingProxyType(
    {
        Kind.GROUP: pgettext_lazy("short plan", "Group year"),
        Kind.REGION: pgettext_lazy("short plan", "Region year"),
        Kind.QUARTER: pgettext_lazy("short plan", "Quarter"),
        Kind.PROJECT: pgettext_lazy("short plan", "Project"),
        Kind.TARGETED: pgettext_lazy("short plan", "Targeted"),
        Kind.MARKETING: pgettext_lazy("short plan", "Marketing"),
        Kind.BUDGET: pgettext_lazy("short plan", "Budget"),
    }
)

# The words of the source for parts and aspects, as workbooks carry them; data, never translated.
PART_WORDS: Final[Mapping[str, Part]] = MappingProxyType(
    {
        "会员招募目标": Part.RECRUITMENT,
        "会员管理与宣传目标": Part.MEMBERS,
        "年度主题与活动安排": Part.THEME,
        "商家管理目标": Part.MERCHANTS,
        "网络营销服务方案": Part.ONLINE,
        "费用预算": Part.COST,
        "区域目标": Part.REGION,
        "活动安排": Part.SCHEDULE,
        "项目销售方案与进度": Part.PROJECTS,
        "本期重点": Part.FOCUS,
        "定向人群": Part.AUDIENCES,
        "各季度类型、目标与预算": Part.QUARTERS,
        "市场分析": Part.ANALYSIS,
        "可衡量目标": Part.GOALS,
        "产品、价格、渠道与促销策略": Part.STRATEGY,
        "时间安排": Part.TIMING,
        "预算分配": Part.ALLOCATION,
        "资源配置": Part.RESOURCES,
        "重点任务分解": Part.TASKS,
        "风险评估": Part.RISKS,
        "监控与调整": Part.CONTROL,
        "调研与上期回顾": Part.LAST_ROUND,
        "策略": Part.STRATEGIES,
        "活动计划": Part.ACTIVITIES,
        "效果指标": Part.EFFECTS,
        "预算风险": Part.BUDGET_RISKS,
    }
)
ASPECT_WORDS: Final[Mapping[str, Aspect]] = MappingProxyType(
    {
        "招募目标与口径": A.RECRUIT_TARGET,
        "招募渠道与步骤": A.RECRUIT_WAYS,
        "会员管理": A.MEMBER_CARE,
        "会员宣传": A.MEMBER_PUBLICITY,
        "年度主题": A.YEAR_THEME,
        "活动安排说明": A.YEAR_SCHEDULE,
        "商家目标": A.MERCHANT_TARGET,
        "商家服务与考核": A.MERCHANT_CARE,
        "平台与内容": A.ONLINE_PLATFORM,
        "线上服务承诺": A.ONLINE_SERVICE,
        "编制依据": A.COST_BASIS,
        "费用控制": A.COST_CONTROL,
        "区域现状": A.REGION_STATE,
        "区域目标说明": A.REGION_GOALS,
        "项目对活动的需求": A.PROJECT_NEEDS,
        "本期主题": A.PERIOD_FOCUS,
        "定向对象与理由": A.AUDIENCE_WHO,
        "触达方式": A.AUDIENCE_HOW,
        "市场趋势": A.TREND,
        "竞争对手": A.COMPETITORS,
        "目标客户": A.CUSTOMERS,
        "目标设定理由": A.GOAL_REASON,
        "产品策略": A.PRODUCT,
        "价格策略": A.PRICE,
        "渠道策略": A.CHANNEL,
        "促销策略": A.PROMOTION,
        "阶段与里程碑": A.PHASES,
        "预算构成": A.SPLIT,
        "人员与团队": A.PEOPLE,
        "物料与外部资源": A.MATERIAL,
        "重点任务、责任人与时间": A.KEY_TASKS,
        "风险清单": A.RISK_LIST,
        "应对措施": A.RISK_ANSWER,
        "监控方式与调整条件": A.CONTROL_HOW,
        "调研结论": A.FINDINGS,
        "上期启示": A.LESSONS,
        "实现目标的策略": A.STRATEGY_WAYS,
        "活动选择理由": A.ACTIVITY_REASON,
        "效果衡量方式": A.EFFECT_HOW,
    }
)
