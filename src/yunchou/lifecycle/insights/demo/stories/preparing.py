"""The gala is prepared: halls that can be booked, one held and one confirmed, supplies, stock, prints, trainings, publicity."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from yunchou.capabilities.preparation import actions
from yunchou.capabilities.preparation.models import (
    Agreement,
    Booking,
    Check,
    Layout,
    MoveKind,
    Print,
    Publicity,
    Supply,
    Surroundings,
    Topic,
    Trip,
    Venue,
)
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.editor import save_row
from yunchou.kernel.sheets.grid import find_table
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Campaign

from ..clockwork import Days, Story
from ..company import DemoCompany
from ..writing import agree_all, scan
from .concert import EVENT as CONCERT_DAY
from .gala import EVENT, NAME

IN, OUT = Surroundings.INDOOR, Surroundings.OUTDOOR
HALLS: Final = (
    ("湖畔社区文化中心剧场", "滨湖路 66 号", IN, {"theatre": 480, "standing": 700}, "28000", "5000", "一天"),
    ("云舟会议中心多功能厅", "云舟大厦 3 层", IN, {"theatre": 180, "banquet": 120}, "6000", "1000", "半天"),
    ("社区中心草坪", "翠湖社区", OUT, {"standing": 900, "banquet": 360}, "9000", "2000", "一天"),
)
CONCERT: Final = "湖畔邻里音乐会"
PARK: Final = (
    "湖畔公园露天舞台", "湖畔公园北门", OUT, {"standing": 600, "theatre": 320}, "3000", "500", "一天"
)  # fmt: skip
ROWS: Final = """
agreements | 湖畔饮品 | 合作方 | 现场热饮 500 份 | ^ | @li
agreements | 顺达巴士 | 供应商 | 接送三个社区往返 4 辆 | ^ | @wang
supplies | 生肖伴手礼 | 礼品 | 300 | 份 | 外盒无破损 | 锦程礼品 | -4 | @zhou
supplies | 会员权益手册 | 资料 | 420 | 册 | 胶装、覆膜 | | +14 | @zhou
supplies | 无线话筒 | 音响设备 | 8 | 支 | 备用电池两套 | | +20 | @wang
prints | 主视觉背景板 | 2 | 光合舞美 | +12 | @wang
prints | 节目单 | 500 | 锦绣印刷 | +15 | @wang
posts | 签到引导 | @wu | ^
posts | 舞台监督 | @wang | ^
posts | 物资发放 | @zhou | ^
publicity | 官网 | 岁月同舟邻里晚会：报名开启 | -5 | @wang | 8000
publicity | 社交媒体 | 节目征集短视频三条 | +4 | @wang | 30000
publicity | 短信 | 会员专席领取提醒 | +16 | @wu | 1200
speakers | 林悦 | 公司高管 | 集团客户会 | 会员权益新一年 | | +15 | @li
trips | 社区往返接驳 | ^ | 16:30 | 交通 | 180 | 顺达巴士 | +10 | @wang
trips | 工作人员午餐 | ^ | 12:00 | 餐饮 | 60 | 社区食堂 | +18 | @zhou
checks | 消防通道与疏散标识 | @wang | +6
checks | 两套备用电源通电测试 | @wang | +20
"""
"""Rows of the tables as people type them, see `_meant`."""


def preparing(company: DemoCompany, days: Days) -> Story:
    """What has been prepared for the gala up to now, and what is still missing."""
    zhang, li, wang, zhou, wu = (company[name] for name in ("zhang", "li", "wang", "zhou", "wu"))
    yield days.at(-9, "10:00")
    campaign = Campaign.objects.select_related("subject__unit").get(name=NAME)
    subject, south = campaign.subject, company.regions["south"]
    theatre, hall, lawn = (_hall(south, zhang, *told) for told in HALLS)
    research = actions.keep_research(unit=south, actor=li, gathered=_gathered(days))
    actions.attach_research(research=research, subject=subject, actor=li)
    times = (days.at(EVENT, "08:00"), days.at(EVENT, "22:00"), days.at(EVENT - 3, "18:00"))
    stage = _hold(theatre, subject, times, "主场演出", li)
    actions.confirm_booking(booking=stage, upload=scan("场地租赁协议.pdf"), actor=li)
    _rows(subject, days, company, li)

    yield days.at(-5, "11:00")
    drinks, bus = Agreement.objects.filter(subject=subject)[:2]
    actions.confirm_agreement(agreement=drinks, upload=scan("合作协议.pdf"), actor=li)
    assert bus.party
    gifts = actions.add_item(
        unit=south, name="生肖伴手礼", measure="份", place="华南仓库 A-03", minimum=Decimal(60), actor=zhang
    )
    supply = Supply.objects.filter(subject=subject).earliest("position")
    actions.accept_supply(
        supply=supply, quantity=Decimal(300), note="抽检 20 份，无破损", item=gifts, actor=zhang
    )
    for kind, count, person in (
        (MoveKind.HAND_OUT, 40, wu),
        (MoveKind.RETURN, 6, wu),
        (MoveKind.WRITE_OFF, 2, None),
    ):
        actions.move_stock(
            item=gifts, kind=kind, quantity=Decimal(count), person=person, activity=subject, actor=zhang,
            note="邀约拜访" if person else "外盒受潮",
        )  # fmt: skip
    banner, programme = Print.objects.filter(subject=subject)[:2]
    actions.hand_in(row=banner, upload=scan("主视觉.pdf"), actor=wang)
    actions.review_material(row=banner, passes=True, note="色值按标准稿", actor=li)
    actions.send_to_print(row=banner, promised_on=days.day(8), actor=wang)
    actions.hand_in(row=programme, upload=scan("节目单.pdf"), actor=wang)
    post, clips = Publicity.objects.filter(subject=subject).order_by("position")[:2]
    post = actions.send_publicity(row=post, upload=None, actor=wang)
    assert post.matter is not None
    agree_all(post.matter, "同意发布。")
    actions.publish(row=post, published_on=days.day(-5), address="https://www.example.com/gala", actor=wang)
    training = actions.put_training(
        subject=subject, title="晚会服务培训", topics=[str(t) for t in Topic], held_on=days.day(-5), trainer="客服中心 何雅",
        people=[wang, zhou, wu], place="三层培训室", actor=li,
    )  # fmt: skip
    actions.record_attendance(training=training, present=[wang.pk, zhou.pk], actor=li)

    yield days.at(-1, "15:00")
    times = (days.at(EVENT - 1, "13:00"), days.at(EVENT - 1, "18:00"), days.at(2, "18:00"))
    _hold(hall, subject, times, "彩排与走台", li)
    actions.note_reach(row=post, reach=8460, actor=wang)
    actions.confirm_trip(
        trip=Trip.objects.filter(subject=subject).earliest("position"), note="车队回执 3 辆", actor=li
    )
    check = Check.objects.filter(subject=subject).earliest("position")
    actions.check_item(check=check, is_fine=True, note="已与物业走线", actor=wang)
    actions.close_venue(
        venue=lawn, starts_at=days.at(3, "08:00"), ends_at=days.at(5, "18:00"), reason="草坪养护", actor=zhang
    )
    _hold(theatre, subject, (days.at(9, "18:00"), days.at(9, "21:00"), days.at(5, "18:00")), "第一次联排", li)
    times = (days.at(12, "08:00"), days.at(13, "18:00"), days.at(5, "18:00"))
    building = _hold(theatre, subject, times, "舞台搭建", li)
    actions.confirm_booking(booking=building, upload=scan("搭建期场地协议.pdf"), actor=li)
    _concert_stage(company, days)

    yield days.at(0, "09:30")
    actions.send_publicity(
        row=clips, upload=scan("短视频脚本.pdf"), note="三条均已取得出镜业主同意", actor=wang
    )


def _hall(unit: Any, keeper: User, *told: Any) -> Venue:
    name, address, surroundings, seatings, price, deposit, note = told
    details = actions.VenueDetails(
        name=name, address=address, surroundings=surroundings, seatings=seatings, price=Decimal(price),
        deposit=Decimal(deposit), price_note=note, equipment=["音响", "LED 屏", "追光"], contact="物业 梁主管",
        environment="靠近地铁口，停车 120 位",
    )  # fmt: skip
    return actions.add_venue(unit=unit, details=details, actor=keeper)


def _hold(
    venue: Venue,
    subject: Subject,
    day: tuple[datetime, datetime, datetime],
    purpose: str,
    actor: User,
) -> Booking:
    """Hold a venue for seated guests from one moment to another, at most until a third."""
    starts_at, ends_at, expires_at = day
    return actions.hold_venue(
        venue=venue, subject=subject, layout=Layout.THEATRE, starts_at=starts_at, ends_at=ends_at, purpose=purpose,
        expires_at=expires_at, actor=actor,
    ).booking  # fmt: skip


def _concert_stage(company: DemoCompany, days: Days) -> None:
    """The concert has its stage in the park, agreed in writing."""
    xie = company["xie"]
    concert = Campaign.objects.select_related("subject").get(name=CONCERT).subject
    stage = _hall(company.regions["central"], xie, *PARK)
    times = (days.at(CONCERT_DAY, "08:00"), days.at(CONCERT_DAY, "22:00"), days.at(5, "18:00"))
    booking = _hold(stage, concert, times, "音乐会", xie)
    actions.confirm_booking(booking=booking, upload=scan("公园场地使用协议.pdf"), actor=xie)


def _gathered(days: Days) -> actions.Gathered:
    return actions.Gathered(
        title="华南社区业主需求调研", sources=["crm", "survey", "interview"], audience="三个社区的业主与会员",
        from_on=days.day(-40), until_on=days.day(-31), people=236, every_months=6,
        findings={
            "interests": "亲子、邻里、传统文化", "topics": "生肖年俗、社区食堂", "form": "晚会与市集结合",
            "content": "本地戏曲、业主节目", "timing": "周六 19:00 前开场", "place": "步行可到的社区场馆",
        },
    )  # fmt: skip


def _rows(subject: Subject, days: Days, company: DemoCompany, actor: User) -> None:
    """The tables as people type them."""
    for line in ROWS.strip().splitlines():
        table, *texts = (part.strip() for part in line.split("|"))
        kept = find_table(subject, table)
        assert kept is not None
        cells = {
            key: _meant(text, days, company) for key, text in zip(kept.table.by_key, texts, strict=False)
        }
        save_row(subject=subject, kept=kept, pk=None, cells=cells, actor=actor)


def _meant(text: str, days: Days, company: DemoCompany) -> str:
    """`@li` is a person, `+14` a day from now, `^` the day of the event; all else is what it says."""
    if text.startswith("@"):
        return str(company[text[1:]].pk)
    if text == "^":
        return days.text(EVENT)
    return days.text(int(text)) if text[:1] in ("+", "-") and text[1:].isdecimal() else text
