"""The marketing expense targets: budgets of the year, the present quarter and the coming month, and who looks after them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from yunchou.capabilities.budgets.chart import BY_CODE
from yunchou.kernel.identity.models import User
from yunchou.lifecycle.planning import actions
from yunchou.lifecycle.planning.documents import Kind, Principle
from yunchou.lifecycle.planning.models import Plan, Promotion, RiskKind, RuleKind, Supervision
from yunchou.lifecycle.planning.occasions.actions import keep_occasion
from yunchou.lifecycle.planning.occasions.rules import Rule
from yunchou.lifecycle.planning.periods import Period
from yunchou.lifecycle.planning.selectors import to_cite
from yunchou.lifecycle.planning.tables import COST_WORDS, PURPOSE_WORDS, RISK_WORDS, word_of

from ..clockwork import Days, Story
from ..company import DemoCompany
from .plans import GOAL, SMART, _again, _agree, _fill, _write

ACTIVITY = "code title kind theme start_on end_on place participants goal effect likelihood budget owner due_on dedicated"
RISK = "kind title likelihood effect response alternative saving owner review_on"
TEXTS = {
    "findings": "改善型需求占比升至 58%，两家主要对手增投社群；信息流单价同比上涨 12%。",
    "lessons": "上期备用金未动用，礼券印制偏多；本期按核销率测算，短信改为框架价。",
    "goal_reason": "以去年成交与品牌调研为基线，增幅与行业预测一致。",
    "strategy_ways": "自有渠道为主，节点集中投放；公关以社区公益带动口碑。",
    "activity_reason": "活动按单客获取成本排序，低于均值两成者不列入。",
    "cost_basis": "按上年决算与框架合同单价测算。",
    "split": "广告约四成，活动约四成，其余为公关与备用金。",
    "cost_control": "按月核对，超过 80% 预警；专项经费不得挪用。",
    "effect_how": "销售系统与季度品牌调研，季度末考核。",
}


def targets(company: DemoCompany, days: Days) -> Story:
    """From the budget of the year to the month that is being drafted."""
    tang, gao, chen = (company[name] for name in ("tang", "gao", "chen"))
    today = days.day(0)
    period = Period(today.year, (today.month + 2) // 3)
    yield days.at(-211, "14:00")
    _keep_occasions(company, today.year)
    year = _budget(company, Period(today.year), tang, 1_800_000, None)
    yield days.at(-210, "09:20")
    _send(year, "年度营销费用目标，报公司管理层审定。")
    yield days.at(-209, "10:40")
    _agree(year, gao, "同意。按季度细化后执行。")
    begins = max(-205, min((period.first - today).days - 6, -9))
    yield days.at(begins, "10:00")
    quarter = _budget(company, period, tang, 520_000, year)
    yield days.at(begins + 1, "15:10")
    _send(quarter, "本季度费用目标与活动安排。")
    yield days.at(begins + 3, "11:30")
    _agree(quarter, gao, "同意。")
    yield days.at(max(begins + 4, -5), "16:00")
    soon = today + timedelta(days=20)
    actions.review_plan(
        plan=_again(quarter),
        findings="投放进度略快于计划，公关活动按期；两项事项尚未开始。",
        measures="信息流日限额下调 10%；公益活动物料本周内定稿。",
        next_on=min(soon, period.last) if soon <= period.last else None,
        actor=tang,
    )
    yield days.at(-3, "10:30")
    actions.supervise(
        plan=_again(quarter),
        verdict=Supervision.Verdict.IN_ORDER,
        note="抽查投放与公关支出，均在专项用途内，票据齐全。",
        next_on=min(soon, period.last) if soon <= period.last else None,
        actor=chen,
    )
    yield days.at(-1, "17:20")
    month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    coming = Period(month.year, (month.month + 2) // 3, month.month)
    _budget(
        company, coming, tang, 160_000, quarter if coming.quarter == period.quarter else None, is_draft=True
    )


def _budget(
    company: DemoCompany,
    period: Period,
    owner: User,
    amount: int,
    parent: Plan | None,
    *,
    is_draft: bool = False,
) -> Plan:
    """A budget with everything it needs; a draft still lacks its strategies and a citation."""
    plan = actions.create_plan(
        kind=Kind.BUDGET,
        name=f"{company.group.name}{_named(period)}营销费用预算",
        unit=company.group,
        year=period.year,
        quarter=period.quarter,
        month=period.month,
        owner=owner,
        parent=_again(parent) if parent else None,
        budget=Decimal(amount),
        actor=owner,
    )
    _write(plan, {k: v for k, v in TEXTS.items() if not (is_draft and k == "strategy_ways")}, actor=owner)
    _goals(plan, period, owner, company["liu"])
    _activities(plan, period, company, Decimal(amount))
    _money(plan, Decimal(amount), owner)
    if not is_draft:
        for one in to_cite(_again(plan)):
            actions.cite_last_execution(plan=plan, analysis=one.analysis.pk, actor=owner)
    return plan


def _named(period: Period) -> str:
    if period.month:
        return f"{period.year}年{period.month}月"
    return f"{period.year}年{'一二三四'[period.quarter - 1]}季度" if period.quarter else f"{period.year}年度"


def _goals(plan: Plan, period: Period, owner: User, seller: User) -> None:
    """The goals of the period with its quarters and months; sales go on to a team and a person."""
    months, whole = len(period.months), period.quarter is None
    keys = f"{GOAL} {' '.join(f'm{n}' for n in period.months)}"
    if period.month:
        keys = f"dimension metric is_additive comparator unit source strategy owner due_on confirmed m{period.month}"
    elif not whole:
        keys = keys.replace("year_value q1 q2 q3 q4", period.column)
    for dimension, metric, adds, unit, number in (
        ("销售", "销售额", "是", "万元", 1_000),
        ("市场份额", "市场占有率", "否", "%", 12),
        ("品牌认知", "品牌知名度", "否", "%", 46),
    ):

        def of(count: int, number: int = number, adds: str = adds) -> str:
            return str(number * count if adds == "是" else number)

        values = [of(12), *[of(3)] * 4] if whole else [] if period.month else [of(3)]
        head = [dimension, metric, adds, "≥", unit]
        tail = ["销售系统" if adds == "是" else "季度调研", "S2", owner, period.last.isoformat(), SMART]
        _fill(plan, "plan_goals", keys, [(*head, *values, *tail, *[of(1)] * months)], actor=owner)
    share = str(1_000 * months)
    rows: list[tuple[str | User, ...]] = [
        ("销售额", "销售部", "", share),
        ("销售额", "销售部", seller, share),
    ]
    _fill(plan, "plan_shares", "metric team owner value", rows, actor=owner)


def _activities(plan: Plan, period: Period, company: DemoCompany, amount: Decimal) -> None:
    li, wu, tang = company["li"], company["wu"], company["tang"]
    first, last = period.first, period.last
    middle = first + (last - first) / 2
    # Money is dedicated where it is used: in the budget of the quarter.
    ad, pr = (word_of(PURPOSE_WORDS, one) if period.quarter else "" for one in ("advertising", "pr"))
    rows = (
        ("1", "信息流与搜索投放", "行动", "品牌焕新", first, last, "线上", "改善型意向客户 20 万人次", "线索 1,200 组",
         "单条线索不高于 180 元", "75", "0.40", li, ad),
        ("2", "社区公益日", "公关活动", "邻里同行", middle, middle + timedelta(days=2), "各项目中心广场",
         "业主与媒体 600 人", "到场媒体 20 家", "正面报道 40 篇", "80", "0.20", wu, pr),
        ("3", "节点促销联动", "促销活动", "限时礼遇", middle, last, "售楼处与小程序", "在访客户 3,000 组", "成交 260 套",
         "转化率提高 1 个百分点", "60", "0.40", tang, ""),
    )  # fmt: skip
    typed = [
        (code, title, kind, theme, begin.isoformat(), end.isoformat(), place, people, goal, effect, chance,
         str(amount * Decimal(share)), owner, end.isoformat(), purpose)
        for code, title, kind, theme, begin, end, place, people, goal, effect, chance, share, owner, purpose in rows
    ]  # fmt: skip
    _fill(plan, "plan_items", ACTIVITY, typed, actor=plan.owner)


def _money(plan: Plan, amount: Decimal, owner: User) -> None:
    """What the budget is for, by what it is judged, and what threatens it."""
    shares = {"advertising": "0.30", "online_assets": "0.10", "venue": "0.15", "catering": "0.10", "gifts": "0.15",
              "speakers": "0.05", "research": "0.05", "contingency": "0.10"}  # fmt: skip
    lines = [
        (word_of(COST_WORDS, code), str(amount * Decimal(share)), "按框架价与上期决算")
        for code, share in shares.items()
        if code in BY_CODE
    ]
    _fill(plan, "plan_allocation", "item amount basis", lines, actor=owner)
    effects = [
        ("费用率", "营销费用÷签约额", "1.9", "1.7", "%", "财务", plan.ends_on.isoformat()),
        ("单客获取成本", "投放费用÷有效线索", "210", "180", "元", "销售系统", plan.ends_on.isoformat()),
    ]
    _fill(
        plan, "plan_effects", "indicator definition base target unit source measured_on", effects, actor=owner
    )
    review = plan.ends_on.isoformat()
    risks = [
        (word_of(RISK_WORDS, RiskKind.ECONOMY), "利率上行，改善需求推迟", "30", str(amount / 10),
         "按月复盘转化率，预算后置两成", "线下大型活动改为社群团访", str(amount / 20), owner, review),
        (word_of(RISK_WORDS, RiskKind.COMPETITION), "对手加大投放，流量单价上涨", "50", str(amount / 8),
         "锁定季度框架价，日限额动态调整", "以老客户推荐替代三成信息流", str(amount / 25), owner, review),
    ]  # fmt: skip
    _fill(plan, "plan_risks", RISK, risks, actor=owner)


def _send(plan: Plan, note: str) -> None:
    actions.submit_plan(plan=_again(plan), actor=plan.owner, note=note, principles=Principle.values)


def _keep_occasions(company: DemoCompany, year: int) -> None:
    """A trade fair, an anniversary and a launch that the group keeps in its calendar."""
    tang, zhang = company["tang"], company["zhang"]
    fair = Rule(RuleKind.DATES, start_on=date(year, 9, 17), end_on=date(year, 9, 20))
    keep_occasion(
        name="秋季房交会", rule=fair, unit=company.group, actor=tang, promotion=Promotion.FAIR, before=7
    )
    launch = Rule(RuleKind.DATES, start_on=date(year, 11, 28), end_on=date(year, 11, 29))
    keep_occasion(
        name="新户型上市",
        rule=launch,
        unit=company.group,
        actor=tang,
        promotion=Promotion.LAUNCH,
        before=10,
        after=7,
    )
    anniversary = Rule(RuleKind.FIXED, month=6, day=8)
    south = company.regions["south"]
    keep_occasion(
        name="华南会员周年礼遇",
        rule=anniversary,
        unit=south,
        actor=zhang,
        promotion=Promotion.MEMBER,
        after=6,
    )
