"""A targeted campaign of 华东 for existing customers, running as planned: one alert was answered and has recovered."""

from __future__ import annotations

from yunchou.capabilities.metrics.actions import Terms, answer_alert, set_terms
from yunchou.capabilities.metrics.models import Alert, Comparison, Series
from yunchou.capabilities.operations.actions import hand_in_data_report, hand_in_report
from yunchou.lifecycle.campaigns.actions import create_campaign, start_campaign, start_preparation
from yunchou.lifecycle.campaigns.models import Audience, Campaign, Kind

from ..clockwork import Days, Story
from ..company import DemoCompany
from ..figures import Count, Rate, read
from ..writing import again, agree, divide, fill, gather, plan, send, spend, work_on

NAME = "老客户感恩定向礼遇"
START, END = -12, 9
LENGTH = END - START + 1

DELIVERED = (92, 95, 97, 99, 96, 93, 90, 91, 94, 96, 97, 98, 98)
CALLS = (90, 88, 86, 84, 82, 74, 71, 76, 83, 88, 90, 92, 93)
SATISFIED = (
    ("95", "95"), ("96", "95.5"), ("94", "95"), ("97", "95.5"), ("96", "95.6"), ("93", "95.2"), ("92", "94.7"),
    ("94", "94.6"), ("96", "94.8"), ("95", "94.8"), ("97", "95"), ("96", "95.1"), ("96", "95.2"),
)  # fmt: skip
FIGURES = (
    Count("快递到家", "礼品签收量", 1_200, START, LENGTH, DELIVERED),
    Count("电话回访", "回访完成量", 900, START, LENGTH, CALLS),
    Rate("电话回访", "客户满意率", START, SATISFIED),
)


def gifts(company: DemoCompany, days: Days) -> Story:
    """From the list of customers to today's deliveries."""
    ma, zhu, hu, guo = (company[name] for name in ("ma", "zhu", "hu", "guo"))
    yield days.at(-31, "10:00")
    campaign = create_campaign(
        name=NAME,
        kind=Kind.TARGETED,
        audience=Audience.CUSTOMER,
        unit=ma.appointments.get().unit,
        owner=ma,
        actor=zhu,
        start_on=days.day(START),
        end_on=days.day(END),
        forms=["线上", "上门"],
        audience_note="入住满三年的存量客户",
        purposes=["老客复购"],
        scene="客户维系",
        value_statement="覆盖1200户老客户，带动转介绍登记60组",
        plan_item="华东年度计划 1.4 老客户维系",
    )
    gather(campaign, (zhu, "策划"), (hu, "上门送礼"), (guo, "电话回访"), (company["cao"], "礼品登记与发放"))
    yield days.at(-29, "15:20")
    _write(campaign, company, days)
    yield days.at(-27, "09:40")
    send(campaign, "名单已与客服系统核对，剔除近 30 天投诉未结客户。", actor=ma)
    yield days.at(-26, "14:15")
    agree(campaign, company["qian"], "同意。礼品须有签收记录。")
    yield days.at(-25, "10:30")
    agree(campaign, company["lin"], "已备案，结束后请报转介绍数据。")
    yield days.at(-20, "09:10")
    start_preparation(campaign=again(campaign), actor=ma)
    yield days.at(-18, "16:00")
    work_on(campaign, 1, "in_progress")
    yield days.at(-14, "17:10")
    work_on(campaign, 1, "done")
    spend(campaign, 1, "33600", "按实际签约数量结算，单价下浮 4%", actor=ma)
    yield days.at(START, "08:45")
    start_campaign(campaign=again(campaign), actor=ma)
    work_on(campaign, 2, "in_progress")
    work_on(campaign, 3, "in_progress")
    yield from _days_of_delivery(campaign, company, days)


def _days_of_delivery(campaign: Campaign, company: DemoCompany, days: Days) -> Story:
    ma, guo = company["ma"], company["guo"]
    for number in range(START, 0):
        yield days.at(number, "16:40")
        delivered = next(FIGURES[0].points(number, days)).value
        hand_in_report(
            subject=campaign.subject,
            day=days.day(number),
            owner=ma,
            done=(f"礼品签收 {delivered} 份", f"回访小组完成第 {number - START + 1} 批名单"),
            tomorrow=("继续派送下一片区", "跟进未接通客户"),
            problems="部分客户工作日无人签收" if number in (-7, -6) else "",
            resources="请物业协助代收" if number == -7 else "",
            actor=ma,
        )
        yield days.at(number, "18:10")
        read(campaign, FIGURES, number, days, actor=guo)
        yield days.at(number, "18:27")
        for alert in Alert.objects.filter(subject=campaign.subject, state="open"):
            answer_alert(
                alert=alert,
                cause="工作日白天接通率低，回访人手集中在上午",
                adjustment="回访时段改为 17:30-20:00，增派 2 名客服",
                actor=guo,
            )
        yield days.at(number + 1, "08:30")
        hand_in_data_report(
            subject=campaign.subject,
            day=days.day(number),
            figures={"快递到家": {"exposure": delivered}, "电话回访": {"leads": 3 + number % 4}},
            actor=guo,
        )


def _write(campaign: Campaign, company: DemoCompany, days: Days) -> None:
    ma, zhu, hu, guo = (company[name] for name in ("ma", "zhu", "hu", "guo"))
    fill(
        campaign,
        "goals",
        "dimension description metrics targets data_sources owner due remark",
        [
            ("忠诚度", "让老客户感到被记得", "礼品签收量\n客户满意率", "≥1200份\n≥95%",
             "快递签收记录\n电话回访", "郭婷", "活动结束后3个工作日", ""),
            ("线索获取", "登记老客户转介绍", "转介绍登记量", "≥60组", "CRM系统", "胡军",
             "活动结束后5个工作日", "登记须有被介绍人同意"),
        ],
        actor=zhu,
    )  # fmt: skip
    fill(
        campaign,
        "creative",
        "module design_point content alternative",
        [
            ("活动主题", "感谢而不推销", "三年同住，谢谢有您", "家有老友"),
            ("活动内容", "上门送礼与电话回访", "礼盒上门、贺卡手写、签收后三天内回访", "门店自提"),
            ("奖励办法", "转介绍有礼", "转介绍登记一组赠物业抵用券 200 元", "赠家政服务一次"),
        ],
        actor=zhu,
    )
    fill(
        campaign,
        "budget",
        "category item amount owner approver",
        [
            ("物料成本", "定制礼盒(1250份×28元/份)", "35000", "曹宇", "钱文博"),
            ("人力成本", "回访加班费(4人×12天×100元/天)", "4800", "郭婷", "钱文博"),
            ("渠道成本", "同城派送", "2200", "马晓琳", "钱文博"),
            ("其他成本", "应急备用金", "5200", "马晓琳", "钱文博"),
        ],
        actor=ma,
    )
    divide(
        campaign,
        [
            (
                "策划统筹",
                "名单与节奏",
                "核对名单，安排派送批次",
                "名单零重复，投诉客户已剔除",
                ma,
                [zhu],
                -20,
                END,
            ),
            ("设计执行", "礼盒与贺卡设计", "礼盒、贺卡、短信文案", "设计稿审核通过", zhu, [], -20, -14),
            ("线下执行", "礼品派送", "按片区派送并签收", "签收记录当天上传", hu, [], START, 6),
            (
                "数据跟踪",
                "回访与数据",
                "回访、登记转介绍、日报",
                "每日9:00前提交数据日报",
                guo,
                [],
                START,
                END,
            ),
            (
                "后勤保障",
                "礼品采购与库存",
                "采购、验收、出入库",
                "库存账实相符",
                company["cao"],
                [],
                -20,
                END,
            ),
        ],
        days,
        actor=ma,
    )
    plan(
        campaign,
        [
            ("礼盒采购与验收", company["cao"], -20, -14, "", "抽检 50 份"),
            ("分片区派送执行", hu, START, 6, "1", "每片区两天"),
            ("电话回访开展", guo, START, 8, "1", "签收后三天内回访"),
            ("转介绍评估与总结", ma, 8, END, "2 3", ""),
        ],
        days,
        actor=ma,
    )
    risks = [
        ("礼品破损投诉", "中", "中", "补寄一份并致歉\n破损批次退供应商", "曹宇", "单日破损投诉≥5起"),
        ("名单信息泄露", "低", "高", "名单只在系统内查看\n外发派送单隐藏手机号", "马晓琳", "发现名单外流"),
    ]
    fill(campaign, "risks", "scenario likelihood impact responses owner trigger", risks, actor=ma)
    rows = [
        ("快递到家", "礼品签收量", "1200份", "胡军"),
        ("电话回访", "回访完成量", "900户", "郭婷"),
        ("电话回访", "客户满意率", "≥95%", "郭婷"),
    ]
    fill(campaign, "dashboard", "channel indicator target owner", rows, actor=ma)
    for series in Series.objects.filter(subject=campaign.subject):
        judged = Comparison.PACE if series.kind == "volume" else Comparison.NONE
        set_terms(series=series, terms=Terms(days.day(START), days.day(END), comparison=judged), actor=ma)
