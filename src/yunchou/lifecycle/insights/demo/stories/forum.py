"""A high-end forum of the group for 186,000 yuan: large, half approved, with a question in the opinions."""

from __future__ import annotations

from yunchou.capabilities.budgets.actions import say_no_cost
from yunchou.capabilities.metrics.actions import Terms, set_terms
from yunchou.capabilities.metrics.models import Series
from yunchou.kernel.approvals.actions import remark
from yunchou.lifecycle.campaigns.actions import confirm_principles, create_campaign
from yunchou.lifecycle.campaigns.models import PRINCIPLES, Campaign, Kind

from ..clockwork import Days, Story
from ..company import DemoCompany
from ..writing import again, agree, case_of, divide, fill, gather, plan, send

START, FORUM = 12, 34


def forum(company: DemoCompany, days: Days) -> Story:
    """From the plan to the question that the vice president asks before deciding."""
    tang, zhou, li, song = (company[name] for name in ("tang", "zhou", "li", "song"))
    yield days.at(-16, "10:00")
    campaign = create_campaign(
        name="云舟产业人居高端论坛",
        kind=Kind.HIGH_END,
        unit=tang.appointments.get().unit,
        owner=tang,
        actor=tang,
        start_on=days.day(START),
        end_on=days.day(FORUM + 2),
        forms=["高端论坛", "线下"],
        audience_note="重点客户、合作机构负责人、行业媒体",
        purposes=["品牌渗透"],
        scene="论坛",
        value_statement="邀请180位重点客户与合作伙伴，达成意向合作12项",
        expected_people=180,
        is_cross_department=True,
        is_brand_related=True,
        plan_item="集团年度计划 4.1 高端客户活动",
    )
    gather(campaign, (li, "策划支持"), (zhou, "产品内容"), (song, "嘉宾邀约"))
    yield days.at(-13, "14:30")
    _write(campaign, company, days)
    yield days.at(-8, "09:50")
    send(campaign, "预算较上届下降 8%，主讲嘉宾已口头确认 3 位。", actor=tang)
    yield days.at(-7, "11:20")
    agree(campaign, company["lin"], "同意。会员名单由客户会提供，邀约口径请统一。")
    yield days.at(-5, "15:45")
    agree(campaign, company["he"], "同意。场地合同请法务过一遍再付定金。")
    yield days.at(-2, "10:30")
    remark(
        case=case_of(campaign),
        actor=company["xu"],
        text="嘉宾酬劳 52,000 元的依据是什么？与上届相比多了一位主讲，请补充三家报价或往年标准。",
    )
    yield days.at(-2, "16:10")
    remark(
        case=case_of(campaign),
        actor=tang,
        text="往年标准为每位 13,000 元，本届 4 位；报价单已请采购整理，明天上传到档案。",
    )


def _write(campaign: Campaign, company: DemoCompany, days: Days) -> None:
    tang, zhou, li, song, chen = (company[name] for name in ("tang", "zhou", "li", "song", "chen"))
    fill(
        campaign,
        "goals",
        "dimension description metrics targets data_sources owner due remark",
        [
            ("参与度", "重点客户与合作方到场", "到场嘉宾数", "≥180人", "签到系统", song, "活动结束后3个工作日", ""),
            ("品牌曝光", "行业媒体报道", "媒体报道篇数", "≥25篇", "舆情监测", li, "活动结束后3个工作日", "头部媒体不少于 5 家"),
            ("销售转化", "促成合作意向", "合作意向数", "≥12项", "CRM系统", tang, "活动结束后5个工作日", ""),
        ],
        actor=tang,
    )  # fmt: skip
    fill(
        campaign,
        "creative",
        "module design_point content alternative",
        [
            ("活动主题", "产业与人居", "产业向新，人居向好", "城市更新中的客户经营"),
            ("活动内容", "主旨演讲与圆桌", "4 场主旨演讲、1 场圆桌、成果发布", "线上直播论坛"),
            ("活动流程", "一天", "签到、开幕、主旨演讲、午宴、圆桌、签约", "半天精简议程"),
        ],
        actor=tang,
    )
    confirm_principles(campaign=again(campaign), actor=tang, principles=PRINCIPLES)
    fill(
        campaign,
        "budget",
        "category item amount owner approver",
        [
            ("其他成本", "会场与搭建", "58000", tang, chen),
            ("人力成本", "主讲嘉宾酬劳(4人×13000元/人)", "52000", tang, chen),
            ("渠道成本", "媒体邀约与直播", "26000", li, chen),
            ("物料成本", "会议物料与伴手礼(200份×130元/份)", "26000", zhou, chen),
            ("其他成本", "应急备用金", "24000", tang, chen),
        ],
        actor=tang,
    )
    for heading, why in (
        ("catering", "午宴由合作酒店承担"),
        ("transport", "嘉宾自行到场，市内用车由行政部调配"),
        ("staff", "均为本部门人员，不计加班"),
    ):
        say_no_cost(subject=campaign.subject, heading=heading, reason=why, actor=tang)
    divide(
        campaign,
        [
            (
                "策划统筹",
                "议程与主讲嘉宾",
                "议程、主题、嘉宾对接",
                "议程提前两周定稿",
                tang,
                [li],
                START,
                FORUM,
            ),
            ("设计执行", "主视觉与会议手册", "主视觉、手册、背景屏", "设计稿审核通过", li, [], START, 26),
            ("线下执行", "会场与接待", "会场、动线、接待", "提前一天彩排", song, [], 20, FORUM),
            ("数据跟踪", "邀约与到场数据", "邀约进度、签到、问卷", "每周更新邀约表", song, [], START, FORUM),
            ("后勤保障", "物料与伴手礼", "采购、验收、配送", "提前三天到场", zhou, [], 18, FORUM),
        ],
        days,
        actor=tang,
    )
    plan(
        campaign,
        [
            ("议程与主讲嘉宾确认", tang, START, 18, "", "4 位主讲书面确认"),
            ("主视觉设计定稿", li, 18, 24, "1", ""),
            ("会场签约与搭建准备", song, 18, 32, "1", "法务审核合同"),
            ("嘉宾邀约开展", song, 18, 31, "1", "分三批发函"),
            ("会议物料采购", zhou, 24, 31, "2", ""),
            ("论坛现场执行", tang, FORUM, FORUM, "3 4 5", "9:00-17:30"),
            ("成果总结与回访", song, FORUM + 1, FORUM + 2, "6", ""),
        ],
        days,
        actor=tang,
    )
    risks = [
        (
            "主讲嘉宾临时缺席",
            "中",
            "高",
            "备选嘉宾名单 2 位\n改为圆桌对话",
            tang,
            "会前三天仍有嘉宾未确认行程",
        ),
        ("嘉宾到场率不足", "中", "中", "会前三天逐一确认\n补邀第二批名单", song, "会前三天确认人数<150人"),
        ("直播中断", "低", "高", "双线路备份\n技术人员现场值守", li, "直播推流中断超过30秒"),
    ]
    fill(campaign, "risks", "scenario likelihood impact responses owner trigger", risks, actor=tang)
    rows = [("邀约", "嘉宾确认数", "180人", song), ("媒体", "媒体报道篇数", "25篇", li)]
    fill(campaign, "dashboard", "channel indicator target owner", rows, actor=tang)
    for series in Series.objects.filter(subject=campaign.subject):
        first = 18 if series.channel == "邀约" else FORUM
        set_terms(series=series, terms=Terms(days.day(first), days.day(FORUM)), actor=tang)
