"""The campaign of the mockups: day 19 of a campus campaign in 华南, led by 张伟, with all that is going on in it.

Plan, people and figures are those of the worked example, put right where it contradicts itself and moved so that the
second of August 2024 is today: warm-up began two weeks ago, two tasks are late, one alert waits for an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yunchou.capabilities.metrics.actions import Terms, answer_alert, set_terms
from yunchou.capabilities.metrics.models import Alert, Comparison, Series
from yunchou.capabilities.operations.actions import (
    adjust_issue,
    close_issue,
    decide_issue,
    finish_remedy,
    hand_in_data_report,
    hand_in_report,
    log_response,
    report_issue,
    set_trigger,
    trigger_risk,
    verify_issue,
)
from yunchou.capabilities.operations.models import Issue, Risk
from yunchou.capabilities.work.actions import set_progress
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.editor import rule_on_finding
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.subjects.kinds import findings_of
from yunchou.lifecycle.campaigns.actions import start_campaign, start_preparation
from yunchou.lifecycle.campaigns.models import Campaign, Kind
from yunchou.lifecycle.campaigns.planning import create_from_plan
from yunchou.lifecycle.planning.models import IN_FORCE, Item

from ..clockwork import Days, Story
from ..company import DemoCompany
from ..figures import Count, Rate, read
from ..writing import again, agree, divide, fill, gather, plan, send, spend, task_of, work_on

NAME = "青春焕新·校园行动"
START, WARM_UP, BURST, CLOSING, END = -18, -13, -6, 4, 8
WINDOW = END - WARM_UP + 1

# One share of what is due for each day from the warm-up to today; the leads fall behind today, the reposts last week.
EXPOSURE = (128, 122, 118, 121, 119, 116, 112, 115, 117, 114, 113, 112, 111, 110)
LEADS = (112, 108, 104, 101, 99, 97, 96, 94, 93, 91, 89, 86, 83, 77)
REPOSTS = (105, 103, 101, 98, 96, 93, 91, 88, 86, 84, 81, 74, 73, 74)
ON_SITE = (118, 121, 115, 112, 110, 113, 109, 108, 111, 107, 106, 108, 105, 104)
CONVERSION = (
    ("14.0", "14.0"), ("13.2", "13.6"), ("13.8", "13.7"), ("12.9", "13.4"), ("13.5", "13.4"), ("12.6", "13.2"),
    ("13.1", "13.2"), ("12.8", "13.1"), ("12.4", "13.0"), ("12.9", "13.0"), ("12.2", "12.9"), ("12.0", "12.8"),
    ("11.6", "12.6"), ("11.0", "12.5"),
)  # fmt: skip
FIGURES = (
    Count("抖音", "曝光量", 5_000_000, WARM_UP, WINDOW, EXPOSURE),
    Count("抖音", "线索留资量", 1_500, WARM_UP, WINDOW, LEADS),
    Count("社群", "转发量", 3_000, WARM_UP, WINDOW, REPOSTS),
    Count("线下快闪店", "现场线索留资量", 500, WARM_UP, WINDOW, ON_SITE),
    Rate("整体", "线索转化率", WARM_UP, CONVERSION),
)


@dataclass(frozen=True)
class Diary:
    """What the lead reported on one day."""

    done: tuple[str, ...]
    tomorrow: tuple[str, ...]
    problems: str = ""
    resources: str = ""


DIARY = (
    Diary(("召开启动会，明确五个模块的分工与交付标准", "提交方案终稿"), ("逐条过方案评审意见",)),
    Diary(("按评审意见修订活动主题与渠道组合", "与 5 所高校学生会建立对接群"), ("确认场地联系人名单",)),
    Diary(("确认 5 所高校场地联系人", "抖音同城投放账户完成实名"), ("补齐投放素材需求单",)),
    Diary(("素材需求单交设计", "礼品样品到样 3 款"), ("礼品选样并询价",), "充电宝款交期 12 天，来不及", "后勤另找现货供应商"),
    Diary(("礼品定款：帆布袋 + 便携风扇", "方案最终确认"), ("启动物料设计，上线预热倒计时",)),
    Diary(("“福利预告”海报首发", "社群倒计时上线，覆盖 42 个班群"), ("跟进首日曝光数据",)),
    Diary(("预热海报曝光达标", "客服话术培训 1 场"), ("继续对接高校场地",)),
    Diary(("签订 3 所高校场地使用协议", "公众号推文排期确认"), ("签订其余 2 所协议",),
        "一所高校要求提供安全预案", "请行政部协助出具"),
    Diary(("安全预案获校方认可", "5 所高校协议全部签订"), ("高校场地对接收尾",)),
    Diary((), ()),
    Diary(("物料设计需求冻结", "数据看板口径统一"), ("物料设计定稿送审",)),
    Diary(("物料设计定稿进入二审", "推文阅读合计 1.8 万"), ("准备线上渠道素材",), "二审意见较多，定稿可能顺延半天"),
    Diary(("“现场体验 vlog”拍摄完成 2 条", "社群新增 600 人"), ("物料设计定稿",)),
    Diary(("物料设计定稿通过审核", "印刷与礼品采购下单"), ("跟进印刷进度",), "部分学生反映礼品吸引力不足",
        "市场部确认是否可升级礼品"),
    Diary(("礼品 600 份到仓并验收", "直播间完成首次彩排"), ("补拍竖屏素材",), "竖屏素材缺 2 条，渠道素材准备顺延"),
    Diary(("抖音预热视频上线，播放量 5 万+", "社群转发启动 200+ 人"), ("公众号推文发布", "视曝光情况追加投放")),
    Diary(("活动预热全面启动", "现场人员培训完成"), ("快闪店场地复核", "设备调试"), "雨棚仅够 2 个摊位",
        "行政部紧急采购 3 个雨棚"),
    Diary(("线上线索量累计过半", "印刷品到货 8 成"), ("重点跟进高意向线索", "优化直播话术"),
        "直播间互动率偏低(<10%)", "增加 1 名主播助理"),
)  # fmt: skip
# What the owners say of their tasks, by day: T6 should have been done three days ago, T4 yesterday.
MOVES = {
    START: ((1, "in_progress"),),
    -13: ((1, "done"), (2, "in_progress")),
    -11: ((5, "in_progress"),),
    -8: ((2, "done"), (3, "in_progress")),
    -7: ((5, "done"), (6, "in_progress")),
    -5: ((3, "done"), (4, "in_progress")),
}
# Budget line, what it did cost, and why it differs.
COSTS = {
    -12: (2, "5000", ""),
    -9: (6, "8000", ""),
    -6: (3, "1080", "展架加急制作 80 元"),
    -4: (4, "14250", "批量折扣 5%"),
    -3: (7, "2000", ""),
    -1: (5, "12600", "已投放 63%，余额按日消耗"),
}
MISSING_DAY, LATE_DAY, LATE_FIGURES = -9, -5, -4


def campus(company: DemoCompany, days: Days) -> Story:
    """From the first draft to this afternoon."""
    zhang, li, wang, zhao = (company[name] for name in ("zhang", "li", "wang", "zhao"))
    zhou, wu, sun = (company[name] for name in ("zhou", "wu", "sun"))

    yield days.at(-38, "10:20")
    campaign = create_from_plan(
        name=NAME,
        kind=Kind.MARKETING,
        unit=zhang.appointments.get().unit,
        owner=zhang,
        actor=li,
        start_on=days.day(START),
        warm_up_on=days.day(WARM_UP),
        end_on=days.day(END),
        forms=["线上", "线下"],
        audience_note="学生群体",
        purposes=["新客获取", "老客复购", "品牌渗透"],
        scene="校园",
        value_statement="通过校园活动，区域内高校新生用户渗透率提升15%，带动产品销量增长20%",
        plan_item="华南年度计划 5 开学季·青春焕新",
        plan_item_ref=Item.objects.filter(
            subject__plan__kind="quarter", subject__plan__status__in=IN_FORCE, title="开学季·青春焕新"
        ).first(),
        expected_people=280,
    )
    gather(
        campaign,
        (li, "策划与设计"), (wang, "线下执行"), (zhao, "数据"), (zhou, "后勤"),
        (wu, "客服与礼品"), (sun, "数据采集"), (company["liu"], "销售跟进"),
    )  # fmt: skip
    yield days.at(-37, "14:05")
    _write_goals(campaign, company, days)
    yield days.at(-36, "09:40")
    _write_creative_plan(campaign, company, days)
    yield days.at(-35, "15:30")
    _write_budget(campaign, company)
    yield days.at(-34, "10:10")
    _lay_out_work(campaign, company, days)
    yield days.at(-33, "16:20")
    _foresee_risks(campaign, company)
    _choose_indicators(campaign, company, days)

    yield days.at(-32, "09:15")
    reason = "校园渠道价格由框架协议锁定，两处可变支出另有供应商垫付条款；应急金按 7% 计提，不足部分从部门年度预算调剂。"
    for judged in findings_of(campaign.subject):
        if judged.stops and judged.verdict.rule_id == "R-BUD-03":
            rule_on_finding(subject=campaign.subject, verdict=judged.verdict, reason=reason, actor=zhang)
    send(campaign, "应急金比例申请例外，理由见预算页。", actor=zhang)
    yield days.at(-31, "11:30")
    agree(campaign, company["huang"], "同意。校园渠道价格已锁定，注意雨天备用场地。")
    yield days.at(-30, "10:45")
    agree(campaign, company["chen"], "例外理由成立，追加支出须逐笔登记差异说明。")
    yield days.at(-28, "16:05")
    agree(campaign, company["zheng"], "同意。线索转化是重点，每周看一次数据。")
    yield days.at(-27, "09:20")
    agree(campaign, company["lin"], "已备案。")
    yield days.at(-26, "09:05")
    start_preparation(campaign=again(campaign), actor=zhang)
    yield days.at(START, "08:50")
    start_campaign(campaign=again(campaign), actor=zhang)
    yield from _eighteen_days(campaign, company, days)
    yield from _this_day(campaign, company, days)


def _eighteen_days(campaign: Campaign, company: DemoCompany, days: Days) -> Story:
    """Every day's figures in the morning, work during the day, the lead's report before five, readings after."""
    zhang, zhao, li = company["zhang"], company["zhao"], company["li"]
    for number, page in enumerate(DIARY, START):
        if number > START:
            yield days.at(number, "09:26" if number - 1 == LATE_FIGURES else "08:35")
            _report_figures(campaign, company, days, number - 1)
        yield days.at(number, "11:10")
        _go_on(campaign, company, days, number)
        if number != MISSING_DAY:
            yield days.at(number, "17:48" if number == LATE_DAY else "16:35")
            hand_in_report(
                subject=campaign.subject,
                day=days.day(number),
                owner=zhang,
                done=page.done,
                tomorrow=page.tomorrow,
                problems=page.problems,
                resources=page.resources,
                actor=zhang,
            )
        yield days.at(number, "18:20")
        read(campaign, FIGURES, number, days, actor=zhao)
        yield days.at(number, "18:38")
        _answer(
            campaign,
            "社群",
            "班级群管理员积极性低，转发任务没有分配到人",
            "按班级分配转发任务，转发满 50 人送小礼品",
            li,
        )
    yield days.at(0, "08:35")
    _report_figures(campaign, company, days, -1)


def _this_day(campaign: Campaign, company: DemoCompany, days: Days) -> Story:
    """Today: a response to the rain forecast, a large issue, and leads that are too few."""
    zhang, wang, li = company["zhang"], company["wang"], company["li"]
    yield days.at(0, "09:20")
    rain = Risk.objects.get(subject=campaign.subject, scenario="线下遇雨")
    trigger_risk(risk=rain, note="气象预报：首场快闪当日降雨概率 70%", actor=wang)
    yield days.ago(70)
    log_response(
        risk=rain, action="已联系两所学校确认室内备用场地，另三所待回复", actor=wang, agreed_by=zhang
    )
    yield days.ago(45)
    read(campaign, FIGURES, 0, days, actor=company["zhao"])
    yield days.ago(38)
    report_issue(
        subject=campaign.subject,
        problem="抖音直播观看人数不足预期",
        actor=li,
        size=Issue.Size.LARGE,
        target=Figure(Decimal(5000), "人"),
        actual=Figure(Decimal(2000), "人"),
        causes=("预热短视频引流不足", "直播时段与学生上课时间冲突"),
    )


def _report_figures(campaign: Campaign, company: DemoCompany, days: Days, number: int) -> None:
    """The data report about a day, from its readings; the missing one is missing."""
    if number == MISSING_DAY:
        return
    counted = {point.channel: point for one in FIGURES[1:4] for point in one.points(number, days)}
    exposed = next((point.value for point in FIGURES[0].points(number, days)), Decimal(0))
    figures = {channel: {"leads": point.value} for channel, point in counted.items()} or {
        "抖音": {"leads": Decimal(0)}
    }
    figures.setdefault("抖音", {})["exposure"] = exposed
    hand_in_data_report(
        subject=campaign.subject, day=days.day(number), figures=figures, actor=company["zhao"]
    )


def _go_on(campaign: Campaign, company: DemoCompany, days: Days, number: int) -> None:
    """What moved on that day: tasks, costs, issues."""
    zhang, li, wang = company["zhang"], company["li"], company["wang"]
    for code, state in MOVES.get(number, ()):
        work_on(campaign, code, state)
    if number == -2:
        reason = "竖屏素材缺 2 条不影响预热，先用横屏素材上线"
        work_on(campaign, 7, "in_progress", actor=zhang, reason=reason)
        set_progress(task=task_of(campaign, 6), actor=zhang, percent=70)
    if number == -1:
        set_progress(task=task_of(campaign, 4), actor=company["zhou"], percent=80)
        set_progress(task=task_of(campaign, 7), actor=zhang, percent=35)
    if cost := COSTS.get(number):
        spend(campaign, *cost, actor=zhang)
    if number == -10:
        small = report_issue(subject=campaign.subject, problem="客服群欢迎语缺少领取入口", actor=li, owner=li)
        decide_issue(issue=small, decision="欢迎语增加领取链接，当场更新", actor=li)
        verify_issue(issue=small, verification="抽查 10 个班群，入口可用", actor=li)
        close_issue(issue=small, actor=li)
    if number == -5:
        report_issue(
            subject=campaign.subject,
            problem="礼品吸引力不足，扫码后放弃率 40%",
            actor=wang,
            size=Issue.Size.LARGE,
        )
    if number == -4:
        issue = Issue.objects.get(subject=campaign.subject, problem__startswith="礼品吸引力")
        decide_issue(
            issue=issue,
            decision="前 200 名升级为便携风扇",
            causes=("同期同类活动赠品价值更高",),
            adjustments=("前 200 名升级为便携风扇", "海报突出限量"),
            extra_cost=Decimal(1000),
            actor=zhang,
        )
        adjust_issue(issue=issue, actor=zhang)
    if number == -2:
        issue = Issue.objects.get(subject=campaign.subject, problem__startswith="礼品吸引力")
        for remedy, result in zip(issue.remedies.all(), ("风扇到货 240 份", "新海报已更换"), strict=True):
            finish_remedy(remedy=remedy, result=result, actor=zhang, right="")
        verify_issue(issue=issue, verification="放弃率由 40% 降到 18%", actor=zhang)


def _answer(campaign: Campaign, channel: str, cause: str, adjustment: str, actor: User) -> None:
    """Answer the open alert of a channel, if there is one."""
    found = Alert.objects.filter(subject=campaign.subject, series__channel=channel, state="open").first()
    if found:
        answer_alert(alert=found, cause=cause, adjustment=adjustment, actor=actor)


def _write_goals(campaign: Campaign, company: DemoCompany, days: Days) -> None:
    keys = "dimension description metrics targets data_sources owner due remark"
    goals = [
        ("品牌曝光", "提升目标用户对产品核心功能的认知", "曝光量\n品牌搜索量", "500万次\n增长30%",
         "第三方数据平台(如百度指数)\n后台数据", "张伟", "活动结束后3个工作日", "重点覆盖高校社群"),
        ("线索获取", "获取潜在客户联系方式", "线索留资量\n有效线索率", "≥2000条\n≥60%", "表单系统\nCRM系统", "李娜",
         "活动结束后1个工作日", "有效线索定义：联系方式完整+需求明确"),
        ("销售转化", "促进线索转化为实际购买", "线索转化率\n活动期销售额", "≥15%\n50万元", "订单系统\nCRM系统", "王强",
         "活动结束后5个工作日", "转化周期≤30天"),
    ]  # fmt: skip
    fill(campaign, "goals", keys, goals, actor=company["li"])


def _write_creative_plan(campaign: Campaign, company: DemoCompany, days: Days) -> None:
    phases = (
        f"预热期({days.span(WARM_UP, -7)}):“福利预告”海报、倒计时\n"
        f"爆发期({days.span(BURST, CLOSING - 1)}):“现场体验vlog”、“限时秒杀”直播\n"
        f"收尾期({days.span(CLOSING, END)}):“中奖名单公布”、“用户反馈征集”"
    )
    modules = [
        ("活动主题", "突出核心价值，易于传播", "“青春焕新计划——你的大学装备，我们承包”",
         "“新生专享·第一件半价”", "张伟", days.text(-20)),
        ("活动形式", "线上+线下结合，增强互动性", "线下：高校快闪店(体验+扫码领福利)\n线上：抖音直播(产品讲解+抽奖)",
         "纯线上社群裂变(邀请3人领礼品)", "李娜", days.text(-19)),
        ("渠道组合", "目标用户触达效率最大化", "线下:5所目标高校食堂门口摆点\n线上：高校公众号推文、抖音同城投放、学生社群转发",
         "增加B站UP主合作推广", "王强", days.text(-19)),
        ("内容规划", "分阶段触达，引导用户行动", phases, "增加“学长学姐经验分享”短视频", "赵敏", days.text(-18)),
    ]  # fmt: skip
    fill(
        campaign,
        "creative",
        "module design_point content alternative owner due_on",
        modules,
        actor=company["li"],
    )


def _write_budget(campaign: Campaign, company: DemoCompany) -> None:
    lines = [
        ("人力成本", "内部团队加班费(3人×5天×800元/天)", "12000", "张伟"),
        ("人力成本", "外部讲师费用", "5000", "李娜"),
        ("物料成本", "线下展架(5个×200元/个)", "1000", "王强"),
        ("物料成本", "定制礼品(1000份×15元/份)", "15000", "周涛"),
        ("渠道成本", "抖音同城投放", "20000", "张伟"),
        ("渠道成本", "高校公众号推文合作", "8000", "李娜"),
        ("其他成本", "场地租赁(2天×1000元/天)", "2000", "王强"),
        ("其他成本", "应急备用金", "5000", "张伟"),
    ]
    rows = [(*line, "黄志成") for line in lines]
    fill(campaign, "budget", "category item amount owner approver", rows, actor=company["zhang"])


def _lay_out_work(campaign: Campaign, company: DemoCompany, days: Days) -> None:
    zhang, li, wang, zhao = (company[name] for name in ("zhang", "li", "wang", "zhao"))
    zhou, wu, sun, liu = (company[name] for name in ("zhou", "wu", "sun", "liu"))
    division = [
        (
            "策划统筹",
            "活动整体进度把控",
            "每日同步执行进度，协调跨部门问题",
            "每日17:00前提交进度表",
            zhang,
            [li],
            START,
            END,
        ),
        (
            "设计执行",
            "线上线下物料设计",
            "完成海报、展架、H5邀请函设计",
            "设计稿通过审核",
            li,
            [zhou],
            WARM_UP,
            -5,
        ),
        (
            "线下执行",
            "高校快闪店落地",
            "场地对接、物料运输、现场人员安排",
            "场地合同签订，现场人员到位",
            wang,
            [liu],
            -11,
            END,
        ),
        (
            "数据跟踪",
            "数据采集与监控",
            "每日统计各渠道线索量、曝光量",
            "每日9:00前提交数据日报",
            zhao,
            [sun],
            START,
            END,
        ),
        (
            "后勤保障",
            "定制礼品采购与物流",
            "按预算定制礼品，保证活动前到位",
            "礼品质量验收，库存清单更新",
            zhou,
            [wu],
            -5,
            -1,
        ),
    ]
    divide(campaign, division, days, actor=zhang)
    schedule = [
        ("方案最终确认", zhang, START, WARM_UP, "", "总经理审批后全员交底"),
        ("物料设计启动", li, WARM_UP, -8, "1", "设计需求明确"),
        ("物料设计定稿", li, -8, -5, "2", "设计稿通过审核"),
        ("物料印刷与采购", zhou, -5, -1, "3", "首场快闪前全部到位"),
        ("高校场地对接", wang, -11, -7, "1", "签订场地使用协议"),
        ("线上渠道素材准备", zhang, -7, -3, "2", "抖音/公众号素材"),
        ("爆发期推广上线", zhang, -2, 3, "6", "社群转发、广告投放"),
        ("线下快闪执行", wang, CLOSING, END, "4 5", "高校现场活动"),
    ]
    plan(campaign, schedule, days, actor=zhang)


def _foresee_risks(campaign: Campaign, company: DemoCompany) -> None:
    risks = [
        (
            "线下遇雨",
            "中",
            "高",
            "1天前联系学校确认备用室内场地\n准备雨棚、防滑垫",
            "王强",
            "气象预报显示降雨概率≥60%",
        ),
        (
            "物料延迟到货",
            "低",
            "高",
            "启动备用供应商(同城印刷厂)\n调整活动顺序(先线上后线下)",
            "周涛",
            "物料未在首场快闪前到位",
        ),
        (
            "线上流量不足",
            "中",
            "中",
            "增加社群转发任务(每人邀请5人)\n追加3000元抖音投放预算",
            "张伟",
            "单日曝光量<5万",
        ),
        (
            "现场设备故障",
            "低",
            "高",
            "准备备用笔记本电脑、音响设备\n联系技术支持人员30分钟内到场",
            "孙磊",
            "活动开始前1小时设备测试异常",
        ),
    ]
    zhang = company["zhang"]
    fill(campaign, "risks", "scenario likelihood impact responses owner trigger", risks, actor=zhang)
    for scenario, minutes in (("线下遇雨", 8 * 60), ("现场设备故障", 30)):
        risk = Risk.objects.get(subject=campaign.subject, scenario=scenario)
        set_trigger(risk=risk, actor=zhang, limit_minutes=minutes)


def _choose_indicators(campaign: Campaign, company: DemoCompany, days: Days) -> None:
    rows = [
        ("抖音", "曝光量", "500万次", "张伟"),
        ("抖音", "线索留资量", "1500条", "赵敏"),
        ("社群", "转发量", "3000次", "李娜"),
        ("线下快闪店", "现场线索留资量", "500条", "王强"),
        ("整体", "线索转化率", "≥15%", "刘洋"),
    ]
    zhang = company["zhang"]
    fill(campaign, "dashboard", "channel indicator target owner", rows, actor=zhang)
    for series in Series.objects.filter(subject=campaign.subject):
        judged = Comparison.PACE if series.indicator in ("曝光量", "转发量") else ""
        terms = Terms(start_on=days.day(WARM_UP), end_on=days.day(END), comparison=judged)
        set_terms(series=series, terms=terms, actor=zhang)
