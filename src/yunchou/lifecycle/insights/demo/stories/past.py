"""Two campaigns that are over: a promotion of 华东 that was evaluated, and a sports day of 华中 that was archived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile

from yunchou.capabilities.metrics.actions import Terms, set_terms
from yunchou.capabilities.metrics.models import Comparison, Series
from yunchou.capabilities.operations.actions import hand_in_data_report, hand_in_report
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.values import Figure
from yunchou.lifecycle.archive.actions import archive_campaign, file_item, write_summary
from yunchou.lifecycle.archive.models import Stage
from yunchou.lifecycle.campaigns.actions import (
    close_campaign,
    complete_evaluation,
    create_campaign,
    start_campaign,
    start_preparation,
)
from yunchou.lifecycle.campaigns.models import Campaign, Kind
from yunchou.lifecycle.reviews.actions import (
    finish_action,
    open_evaluation,
    record_actual,
    record_meeting,
    state_gain,
    submit_retrospective,
    verify_action,
)
from yunchou.lifecycle.reviews.models import EvaluationLine, RetroItem

from ..clockwork import Days, Story
from ..company import DemoCompany
from ..figures import Count, read
from ..writing import again, agree, divide, fill, gather, plan, send, spend, work_on

PLANNED, SENT, PREPARED = 30, 26, 20  # days before the start


@dataclass(frozen=True)
class Past:
    """A campaign with a lead, two colleagues and what became of it. Rows are as they are typed into its tables."""

    name: str
    kind: Kind
    lead: str
    planner: str
    doer: str
    leader: str
    start: int
    end: int
    fields: dict[str, Any]
    goals: Sequence[Sequence[str]]
    lines: Sequence[Sequence[str]]
    costs: Sequence[tuple[str, str]]
    risks: Sequence[Sequence[str]]
    count: Count
    actuals: dict[str, tuple[str, str, str]]
    sales: tuple[str, str, str]
    retro: Sequence[Sequence[str]]
    diary: Sequence[str]
    modules: Sequence[Sequence[str]] = field(default=())
    phases: Sequence[tuple[str, int, int, str]] = field(default=())


def past(told: Past, company: DemoCompany, days: Days) -> Story:
    """From the draft to the last line of its evaluation."""
    lead, planner, doer = company[told.lead], company[told.planner], company[told.doer]
    yield days.at(told.start - PLANNED, "10:30")
    campaign = create_campaign(
        name=told.name,
        kind=told.kind,
        unit=lead.appointments.get().unit,
        owner=lead,
        actor=planner,
        start_on=days.day(told.start),
        end_on=days.day(told.end),
        **told.fields,
    )
    gather(campaign, (planner, "策划与数据"), (doer, "现场执行"))
    yield days.at(told.start - PLANNED + 1, "15:10")
    _write(campaign, told, days, lead, planner, doer)
    yield days.at(told.start - SENT, "09:30")
    send(campaign, "", actor=lead)
    yield days.at(told.start - SENT + 1, "10:40")
    agree(campaign, company[told.leader], "同意。")
    yield days.at(told.start - SENT + 2, "14:00")
    agree(campaign, company["lin"], "已备案。")
    yield days.at(told.start - PREPARED, "09:00")
    start_preparation(campaign=again(campaign), actor=lead)
    work_on(campaign, 1, "in_progress")
    yield days.at(told.start - 1, "17:30")
    work_on(campaign, 1, "done")
    yield days.at(told.start, "08:40")
    start_campaign(campaign=again(campaign), actor=lead)
    work_on(campaign, 2, "in_progress")
    yield from _run(campaign, told, days, lead, planner)
    yield from _look_back(campaign, told, company, days)


def _write(campaign: Campaign, told: Past, days: Days, lead: User, planner: User, doer: User) -> None:
    goal_keys = "dimension description metrics targets data_sources owner due"
    fill(campaign, "goals", goal_keys, told.goals, actor=planner)
    _write_creative_plan(campaign, told, days, planner)
    fill(campaign, "budget", "category item amount owner approver", told.lines, actor=lead)
    fill(campaign, "risks", "scenario likelihood impact responses owner trigger", told.risks, actor=lead)
    first, last = told.start - PREPARED, told.end
    division = [
        ("策划统筹", "方案与进度", "方案、排期、协调", "每日17:00前提交进度表", lead, [planner], first, last),
        (
            "设计执行",
            "物料与页面设计",
            "海报、页面、现场视觉",
            "设计稿审核通过",
            planner,
            [],
            first,
            told.start,
        ),
        (
            "线下执行",
            "门店与现场执行",
            "布置、引导、礼品发放",
            "现场照片当天上传",
            doer,
            [],
            told.start,
            last,
        ),
        (
            "数据跟踪",
            "数据统计",
            "每日统计各渠道数据",
            "每日9:00前提交数据日报",
            planner,
            [],
            told.start,
            last,
        ),
        ("后勤保障", "物资与场地", "采购、验收、场地", "提前一天到位", doer, [], first, told.start),
    ]
    divide(campaign, division, days, actor=lead)
    schedule = [
        ("物料与场地准备", doer, first, told.start - 1, "", "提前一天验收"),
        ("现场执行", doer, told.start, told.end - 1, "1", ""),
        ("费用核算与总结", lead, told.end - 1, told.end, "2", ""),
    ]
    plan(campaign, schedule, days, actor=lead)
    count = told.count
    row = (count.channel, count.indicator, str(count.target), doer.name)
    fill(campaign, "dashboard", "channel indicator target owner", [row], actor=lead)
    series = Series.objects.get(subject=campaign.subject)
    terms = Terms(days.day(told.start), days.day(told.end), comparison=Comparison.PACE)
    set_terms(series=series, terms=terms, actor=lead)


def _write_creative_plan(campaign: Campaign, told: Past, days: Days, planner: User) -> None:
    if not told.modules:
        return
    content = "\n".join(
        f"{name}({days.span(first, last)}):{words}" for name, first, last, words in told.phases
    )
    due = days.text(told.start - PREPARED)
    rows: list[Sequence[str | User]] = [
        (*cells, planner, due)
        for cells in (*told.modules, ("内容规划", "分阶段触达", content, "取消预热直接上线"))
    ]
    keys = "module design_point content alternative owner due_on"
    fill(campaign, "creative", keys, rows, actor=planner)


def _run(campaign: Campaign, told: Past, days: Days, lead: User, planner: User) -> Story:
    """The days of execution, with their reports, figures and bills."""
    for place, number in enumerate(range(told.start, told.end + 1)):
        yield days.at(number, "16:30")
        hand_in_report(
            subject=campaign.subject,
            day=days.day(number),
            owner=lead,
            done=(told.diary[place % len(told.diary)],),
            tomorrow=("按排期继续执行",),
            actor=lead,
        )
        if place < len(told.costs):
            spend(campaign, place + 1, *told.costs[place], actor=lead)
        if number == told.end - 1:
            work_on(campaign, 2, "done")
            work_on(campaign, 3, "in_progress")
        yield days.at(number, "18:15")
        read(campaign, [told.count], number, days, actor=planner)
        yield days.at(number + 1, "08:40")
        leads = next(told.count.points(number, days)).value
        figures = {told.count.channel: {"leads": leads}}
        hand_in_data_report(subject=campaign.subject, day=days.day(number), figures=figures, actor=planner)
    work_on(campaign, 3, "done")
    close_campaign(campaign=again(campaign), actor=lead)


def _look_back(campaign: Campaign, told: Past, company: DemoCompany, days: Days) -> Story:
    """Evaluation and retrospective in the three days after the end."""
    lead, planner, doer = company[told.lead], company[told.planner], company[told.doer]
    yield days.at(told.end + 1, "14:30")
    open_evaluation(subject=campaign.subject, actor=planner)
    for line in EvaluationLine.objects.filter(subject=campaign.subject):
        value, unit, words = told.actuals[line.indicator]
        record_actual(line=line, actual=Figure(Decimal(value), unit), explanation=words, actor=planner)
    gross, baseline, attributed = map(Decimal, told.sales)
    state_gain(
        subject=campaign.subject,
        actor=planner,
        gross_sales=gross,
        baseline=baseline,
        attributed_gain=attributed,
        assumptions="基线取前三年同期均值，归因按登记线索对应订单统计。",
    )
    yield days.at(told.end + 2, "10:00")
    keys = "module points example owner due_on effect"
    rows = [[*row[:4], days.text(told.end + int(row[4])) if row[4] else "", row[5]] for row in told.retro]
    fill(campaign, "retrospective", keys, rows, actor=planner)
    people = [lead, planner, doer]
    record_meeting(
        subject=campaign.subject, actor=lead, held_on=days.day(told.end + 2), invited=people, present=people,
        notes="执行团队复盘，销售与客服书面反馈。",
    )  # fmt: skip
    submit_retrospective(subject=campaign.subject, actor=lead)
    yield days.at(told.end + 3, "09:40")
    complete_evaluation(campaign=again(campaign), actor=lead)
    yield days.at(told.end + 20, "15:20")
    item = RetroItem.objects.actions().filter(subject=campaign.subject).earliest("position")
    finish_action(item=item, actor=planner, result="手册已更新到 2.1 版并组织学习。")
    yield days.at(told.end + 23, "11:05")
    verify_action(item=item, actor=lead, verification="抽查两场活动，均按新流程执行。")


PROMOTION = Past(
    name="会员焕新促销周",
    kind=Kind.PROMOTION,
    lead="ma",
    planner="zhu",
    doer="guo",
    leader="qian",
    start=-49,
    end=-40,
    fields={
        "forms": ["线上", "门店"],
        "audience_note": "华东会员",
        "purposes": ["老客复购"],
        "scene": "会员日",
        "value_statement": "会员复购订单增长20%",
        "plan_item": "华东年度计划 2.1 会员促销",
    },
    goals=(
        (
            "销售转化",
            "拉动会员复购",
            "会员复购订单\n促销期销售额",
            "≥600单\n80万元",
            "订单系统\nCRM系统",
            "马晓琳",
            "活动结束后5个工作日",
        ),
        ("线索获取", "登记新会员", "新会员登记量", "≥300条", "会员系统", "郭婷", "活动结束后3个工作日"),
    ),
    lines=(
        ("渠道成本", "短信与小程序推广", "9600", "马晓琳", "钱文博"),
        ("物料成本", "会员礼券(800份×20元/份)", "16000", "郭婷", "钱文博"),
        ("人力成本", "门店加班费(6人×5天×200元/天)", "6000", "郭婷", "钱文博"),
        ("其他成本", "应急备用金", "4400", "马晓琳", "钱文博"),
    ),
    costs=(("9280", "短信按实际到达结算"), ("15340", "未核销 33 份退回"), ("6000", ""), ("0", "未动用")),
    risks=(("库存不足", "中", "高", "跨店调货\n改为预约自提", "郭婷", "单品库存<20件"),),
    count=Count("门店", "新会员登记量", 300, -49, 10, (96, 102, 107, 104, 101, 99, 103, 108, 110, 114)),
    actuals={
        "会员复购订单": ("688", "单", "会员专享价与礼券叠加效果好"),
        "促销期销售额": ("912000", "元", "客单价提升 6%"),
        "新会员登记量": ("342", "条", "门店扫码登记占八成"),
    },
    sales=("912000", "655000", "231000"),
    retro=(
        ("成功经验", "会员专享价提前两天私域预告，首日订单占比 31%", "其他会员活动", "", "", ""),
        ("问题与不足", "礼券核销规则门店理解不一，首日误核销 12 单", "规则只发了文字版", "", "", ""),
        (
            "改进行动项",
            "更新《会员促销执行手册》,增加核销演示视频",
            "",
            "朱颖",
            "14",
            "误核销率降到 0.5% 以内",
        ),
        ("改进行动项", "建立会员分层标签并接入小程序", "", "马晓琳", "60", "下次活动定向触达率≥90%"),
    ),
    modules=(
        ("活动主题", "突出会员专享", "“会员焕新周：老朋友，新礼遇”", "“会员日·满额立减”"),
        ("活动形式", "线上领券、门店核销", "小程序领券，到店核销并登记新会员", "纯线上满减"),
        ("渠道组合", "私域为主", "短信、小程序、门店海报", "增加社区团长转发"),
    ),
    phases=(
        ("预告期", -49, -48, "私域预告会员专享价"),
        ("促销期", -47, -42, "礼券核销、限时加赠"),
        ("收官期", -41, -40, "未核销提醒、满意度回访"),
    ),
    diary=(
        "会员专享价上线，门店物料布置完成",
        "礼券核销培训与首日复盘",
        "短信第二批发送，退订率 0.4%",
        "热销单品补货到店",
    ),
)

SPORTS_DAY = Past(
    name="社区家庭运动日",
    kind=Kind.CUSTOMER,
    lead="xie",
    planner="song",
    doer="pei",
    leader="deng",
    start=-124,
    end=-118,
    fields={
        "forms": ["线下"],
        "audience_note": "华中社区业主家庭",
        "purposes": ["提升项目品牌", "品牌渗透"],
        "scene": "社区",
        "value_statement": "150个家庭到场，满意度90分",
        "expected_people": 260,
        "plan_item": "华中年度计划 3.1 社区文化活动",
    },
    goals=(
        (
            "参与度",
            "业主家庭到场",
            "到场家庭数\n活动满意度",
            "≥150户\n≥90分",
            "签到系统\n现场问卷",
            "宋佳",
            "活动结束后3个工作日",
        ),
    ),
    lines=(
        ("其他成本", "场地与器材", "14000", "裴然", "邓卫东"),
        ("物料成本", "参赛服与奖牌(300套×35元/套)", "10500", "宋佳", "邓卫东"),
        ("人力成本", "裁判与医护(8人×2天×300元/天)", "4800", "裴然", "邓卫东"),
        ("其他成本", "应急备用金", "4000", "谢琳", "邓卫东"),
    ),
    costs=(("14000", ""), ("10150", "退回 10 套"), ("4800", ""), ("1200", "临时加租遮阳棚 4 顶")),
    risks=(("高温中暑", "中", "高", "比赛改到 16:00 后\n医护与饮水点加倍", "裴然", "当日气温≥35℃"),),
    count=Count("社区", "报名家庭数", 150, -124, 7, (88, 95, 99, 104, 108, 110, 112)),
    actuals={
        "到场家庭数": ("163", "户", "社区群接龙带动邻里组队"),
        "活动满意度": ("93", "分", "亲子项目评分最高"),
    },
    sales=("186000", "120000", "48000"),
    retro=(
        ("成功经验", "按楼栋组队报名，到场率 94%", "其他社区活动", "", "", ""),
        ("问题与不足", "签到高峰排队 12 分钟", "只设了一个签到台", "", "", ""),
        ("改进行动项", "签到改为分楼栋二维码，提前一天发放", "", "宋佳", "15", "高峰排队不超过 3 分钟"),
    ),
    diary=("场地布置与器材进场", "裁判培训，报名家庭分组", "预赛开展，医护到位", "决赛与颁奖"),
)


def promotion(company: DemoCompany, days: Days) -> Story:
    """The promotion of 华东, evaluated; one of its two actions is still open."""
    yield from past(PROMOTION, company, days)


def sports_day(company: DemoCompany, days: Days) -> Story:
    """The sports day of 华中, put away with a sealed package."""
    xie, song, pei = company["xie"], company["song"], company["pei"]
    yield from past(SPORTS_DAY, company, days)
    campaign = Campaign.objects.select_related("subject__unit").get(name=SPORTS_DAY.name)
    subject = campaign.subject
    yield days.at(SPORTS_DAY.end + 24, "10:10")
    paper = ContentFile(
        "场地使用协议(扫描件文字版)\n甲方：华中区域公司\n乙方：滨湖社区居委会\n".encode(), "场地使用协议.txt"
    )
    file_item(
        subject=subject, actor=song, stage=Stage.PREPARATION, title="场地使用协议", date=days.day(SPORTS_DAY.start - 18),
        source="滨湖社区居委会", abstract="场地、时间、安全责任与保洁约定。", upload=paper,
    )  # fmt: skip
    file_item(
        subject=subject, actor=pei, stage=Stage.EXECUTION, title="现场照片集", date=days.day(SPORTS_DAY.end),
        source="活动执行组", abstract="开幕、比赛、颁奖与志愿者合影，共 46 张。", place="档案室 B 柜 3 层",
    )  # fmt: skip
    yield days.at(SPORTS_DAY.end + 25, "16:30")
    write_summary(
        subject=subject,
        actor=xie,
        conclusion="到场 163 户，满意度 93 分，均超过目标；费用较预算节约 3,150 元。",
        suggestions="按楼栋组队的做法可在其他社区推广；签到须分台。",
    )
    yield days.at(SPORTS_DAY.end + 26, "09:20")
    archive_campaign(campaign=campaign, actor=xie)
