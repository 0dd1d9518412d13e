"""A customer event of 华中 in preparation: 240 people expected, one task a day late, one risk set off."""

from __future__ import annotations

from yunchou.capabilities.metrics.actions import Terms, set_terms
from yunchou.capabilities.metrics.models import Series
from yunchou.capabilities.operations.actions import log_response, report_issue, set_trigger, trigger_risk
from yunchou.capabilities.operations.models import Issue, Risk
from yunchou.capabilities.work.actions import set_progress
from yunchou.lifecycle.campaigns.actions import create_campaign, start_preparation
from yunchou.lifecycle.campaigns.models import Campaign, Kind

from ..clockwork import Days, Story
from ..company import DemoCompany
from ..writing import again, agree, divide, fill, gather, plan, send, spend, task_of, work_on

START, EVENT = -14, 8


def concert(company: DemoCompany, days: Days) -> Story:
    """From the first plan to the day on which the band's date is in doubt."""
    xie, song, han, pei = (company[name] for name in ("xie", "song", "han", "pei"))
    yield days.at(-33, "09:30")
    campaign = create_campaign(
        name="湖畔邻里音乐会",
        kind=Kind.CUSTOMER,
        unit=xie.appointments.get().unit,
        owner=xie,
        actor=song,
        start_on=days.day(START),
        end_on=days.day(EVENT + 2),
        forms=["线下"],
        audience_note="华中三个社区的业主家庭",
        purposes=["提升项目品牌", "老客复购"],
        scene="社区",
        value_statement="邀请240人到场，满意度90分，转介绍登记20组",
        expected_people=240,
        plan_item="华中年度计划 3.2 社区文化活动",
    )
    gather(campaign, (song, "策划与邀约"), (han, "客户邀约"), (pei, "现场执行"))
    yield days.at(-31, "15:00")
    _write(campaign, company, days)
    yield days.at(-28, "10:20")
    send(campaign, "户外场地，已与社区签意向。", actor=xie)
    yield days.at(-27, "11:10")
    agree(campaign, company["deng"], "同意。雨天方案要有签字的备用场地。")
    yield days.at(-26, "09:35")
    agree(campaign, company["lin"], "已备案。")
    yield days.at(START, "09:00")
    start_preparation(campaign=again(campaign), actor=xie)
    work_on(campaign, 1, "in_progress")
    yield days.at(-9, "17:20")
    work_on(campaign, 1, "done")
    spend(campaign, 1, "12000", "", actor=xie)
    yield days.at(-8, "09:15")
    work_on(campaign, 2, "in_progress")
    work_on(campaign, 4, "in_progress")
    yield days.at(-4, "16:45")
    work_on(campaign, 2, "done")
    spend(campaign, 2, "6800", "增加儿童手环 200 个", actor=xie)
    yield days.at(-3, "10:00")
    work_on(campaign, 3, "in_progress")
    set_progress(task=task_of(campaign, 4), actor=pei, percent=75)
    report_issue(
        subject=campaign.subject, problem="社区广场电源只有两路，音响与餐车不能同时用", actor=pei,
        size=Issue.Size.SMALL, owner=pei,
    )  # fmt: skip
    yield days.at(-1, "15:40")
    risk = Risk.objects.get(subject=campaign.subject, scenario="演出嘉宾档期冲突")
    trigger_risk(risk=risk, note="乐队经纪人来电：当晚另有商演，需在两天内确认", actor=song)
    yield days.at(-1, "17:05")
    log_response(
        risk=risk, action="已联系备选弦乐四重奏，报价 9,500 元，留档期到后天中午", actor=song, agreed_by=xie
    )


def _write(campaign: Campaign, company: DemoCompany, days: Days) -> None:
    xie, song, han, pei = (company[name] for name in ("xie", "song", "han", "pei"))
    fill(
        campaign,
        "goals",
        "dimension description metrics targets data_sources owner due remark",
        [
            ("参与度", "让业主带家人到场", "到场人数\n活动满意度", "≥240人\n≥90分", "签到系统\n现场问卷",
             "宋佳", "活动结束后3个工作日", ""),
            ("线索获取", "登记转介绍", "转介绍登记量", "≥20组", "CRM系统", "韩磊", "活动结束后5个工作日", ""),
        ],
        actor=song,
    )  # fmt: skip
    fill(
        campaign,
        "budget",
        "category item amount owner approver",
        [
            ("其他成本", "场地与舞台", "12000", "谢琳", "邓卫东"),
            ("物料成本", "伴手礼(240份×25元/份)", "6000", "宋佳", "邓卫东"),
            ("渠道成本", "乐队演出费", "18000", "谢琳", "邓卫东"),
            ("人力成本", "现场安保与志愿者(12人×1天×300元/天)", "3600", "裴然", "邓卫东"),
            ("物料成本", "茶歇餐车", "7200", "裴然", "邓卫东"),
            ("其他成本", "应急备用金", "6000", "谢琳", "邓卫东"),
        ],
        actor=xie,
    )
    divide(
        campaign,
        [
            (
                "策划统筹",
                "流程与嘉宾",
                "流程、主持稿、嘉宾接待",
                "流程表提前三天定稿",
                xie,
                [song],
                START,
                EVENT,
            ),
            ("设计执行", "邀请函与现场视觉", "H5 邀请函、背景板、指引", "设计稿审核通过", song, [], -8, 2),
            ("线下执行", "舞台与现场", "舞台、音响、动线、安保", "提前一天彩排", pei, [han], -8, EVENT),
            ("数据跟踪", "报名与签到数据", "报名、签到、问卷", "每日更新报名数", song, [], -3, EVENT),
            ("后勤保障", "伴手礼与茶歇", "采购、验收、发放", "数量与到场人数相符", pei, [], -8, EVENT),
        ],
        days,
        actor=xie,
    )
    plan(
        campaign,
        [
            ("场地确认与签约", xie, START, -9, "", "含室内备用场地"),
            ("伴手礼采购", song, -9, -4, "1", "240 份加 10% 余量"),
            ("业主邀约开展", han, -4, 5, "2", "三个社区分批"),
            ("舞台音响方案定稿", pei, -9, -1, "1", "含用电方案"),
            ("现场彩排准备", pei, 6, 7, "3 4", ""),
            ("音乐会现场执行", xie, EVENT, EVENT, "5", "19:00 开场"),
            ("满意度回访与总结", song, EVENT + 1, EVENT + 2, "6", ""),
        ],
        days,
        actor=xie,
    )
    risks = [
        ("户外遇雨", "中", "高", "启用社区礼堂\n提前半天通知到场业主", "裴然", "前一日预报降雨概率≥50%"),
        ("演出嘉宾档期冲突", "中", "高", "启用备选弦乐四重奏\n调整节目顺序", "宋佳", "嘉宾方提出改期"),
        ("现场人数超出预计", "低", "中", "分区放行\n增加 4 名志愿者", "裴然", "报名人数>280人"),
    ]
    fill(campaign, "risks", "scenario likelihood impact responses owner trigger", risks, actor=xie)
    band = Risk.objects.get(subject=campaign.subject, scenario="演出嘉宾档期冲突")
    set_trigger(risk=band, actor=xie, limit_minutes=48 * 60)
    fill(
        campaign,
        "dashboard",
        "channel indicator target owner",
        [("社区邀约", "报名人数", "240人", "韩磊"), ("现场", "转介绍登记量", "20组", "韩磊")],
        actor=xie,
    )
    for series in Series.objects.filter(subject=campaign.subject):
        first = -4 if series.indicator == "报名人数" else EVENT
        terms = Terms(start_on=days.day(first), end_on=days.day(EVENT))
        set_terms(series=series, terms=terms, actor=xie)
