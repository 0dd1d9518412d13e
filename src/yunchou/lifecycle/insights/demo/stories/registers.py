"""What the marketing centre keeps beside its campaigns: early warnings, department reports, lessons, opinions, the week."""

from __future__ import annotations

from datetime import timedelta

from yunchou.capabilities.operations import actions
from yunchou.capabilities.operations.actions.weekly import week_of
from yunchou.capabilities.operations.models import Risk
from yunchou.kernel.identity.models import Unit, User
from yunchou.lifecycle.campaigns.models import Campaign

from ..clockwork import Days, Story
from ..company import DemoCompany

CAMPUS, GALA = "青春焕新·校园行动", "岁月同舟邻里晚会"
OPINIONS = (
    (-4, "抖音", "social", "positive", "快闪店打卡墙很出片，想带同学再来", 46),
    (-4, "小红书", "social", "neutral", "问积分怎么兑换，客服回复有点慢", 12),
    (-3, "快闪店", "site", "positive", "现场讲解耐心，礼品比预期实用", 31),
    (-3, "抖音", "social", "negative", "直播间抽奖规则没看懂", 18),
    (-2, "抖音", "social", "positive", "主播讲得清楚，当场领了券", 52),
    (-2, "快闪店", "site", "negative", "中午排队四十分钟", 9),
    (-1, "小红书", "social", "positive", "宿舍一起报名，送的充电宝好用", 38),
    (-1, "社群", "social", "neutral", "希望周末也有场次", 15),
)
EMERGENCIES = (
    (
        "fire",
        "song",
        "断电并启用就近灭火器\n广播引导居民从东西两侧疏散\n清点人数并报告总负责人",
        "119；集合点：社区中心西广场",
    ),
    (
        "earthquake",
        "pei",
        "就地避险，远离吊装灯架\n晃动停止后沿疏散路线撤离\n确认无人滞留后封闭会场",
        "集合点：社区中心西广场",
    ),
    (
        "illness",
        "song",
        "现场医护先行处置\n拨打 120 并派人引导救护车\n通知家属与总负责人",
        "120；医疗点：签到台右侧",
    ),
)


def registers(company: DemoCompany, days: Days) -> Story:
    """From the first warning to what people said yesterday."""
    tang, zhao, zhang = company["tang"], company["zhao"], company["zhang"]
    south = zhao.appointments.get().unit
    yield days.at(-19, "10:10")
    rival = actions.raise_warning(
        unit=south, field="competition", title="竞品在高校周边推出首单立减", source="区域市场周报", level=2, owner=zhao,
        actor=zhao, detail="三所高校周边门店海报统一更换，力度约为我方 1.3 倍。",
    )  # fmt: skip
    yield days.at(-16, "09:20")
    centre = Unit.objects.get(code=f"{company.group.code}-marketing-centre")
    for name, kind, unit, author, every, day in (
        ("市场趋势月报", "trend", south, "zhao", "month", 5),
        ("数据分析周报", "analysis", south, "li", "week", 1),
        ("营销中心业绩与运营季报", "operation", centre, "tang", "quarter", 15),
    ):
        actions.set_recurring(
            unit=unit, name=name, kind=kind, author=company[author], every=every, day=day, actor=tang,
            recipients=[company["xu"], company["gao"]] if author == "tang" else [zhang, tang],
        )  # fmt: skip
    yield days.at(-12, "15:30")
    actions.follow_warning(
        warning=rival, state="responding", level=3, actor=zhao, note="已覆盖五所高校，校园行动到店受影响。",
        response="增加快闪店互动礼，突出会员权益，不跟价。",
    )  # fmt: skip
    actions.raise_warning(
        unit=south, field="market", title="高校开学延后一周", source="各校官网通知", level=2, owner=zhang, actor=zhao,
        response="校园行动第二阶段顺延，媒体排期同步调整。",
    )  # fmt: skip
    yield days.at(-5, "16:40")
    gala = Campaign.objects.filter(subject__title=GALA).select_related("subject", "owner").first()
    if gala:
        for scenario, owner, steps, help_at in EMERGENCIES:
            actions.plan_emergency(
                subject=gala.subject, scenario=scenario, owner=company[owner], steps=steps, help_at=help_at,
                actor=gala.owner,
            )  # fmt: skip
    campus = Campaign.objects.filter(subject__title=CAMPUS).select_related("subject", "owner").first()
    if campus is None:
        return
    for number, channel, place, tone, text, count in OPINIONS:
        yield days.at(number, "16:05")
        actions.note_feedback(
            subject=campus.subject, day=days.day(number), channel=channel, place=place, tone=tone, text=text,
            count=count, actor=campus.owner,
        )  # fmt: skip
    yield days.at(-1, "16:30")
    last = week_of(days.day(0)) - timedelta(days=7)
    report = actions.draft_weekly(subject=campus.subject, week_on=last, actor=campus.owner)
    parts = {part: getattr(report, part) for part in report.PARTS}
    parts["summary"] = parts["summary"] or "按计划推进线上投放与快闪店筹备。"
    actions.send_weekly(report=report, parts=parts, actor=campus.owner)
    _learn(campus, tang)


def _learn(campus: Campaign, director: User) -> None:
    """What rain at the pop-up taught goes into the library."""
    rain = Risk.objects.filter(subject=campus.subject, scenario="线下遇雨").first()
    if rain:
        actions.keep_in_library(
            actor=director, scenario="快闪店遇雨", category="weather", responses=list(rain.responses),
            likelihood=2, impact=2, trigger=rain.trigger, lesson="帐篷须提前一天到位，地面防滑垫同步备好。",
            origin=campus.subject,
        )  # fmt: skip
