"""Who comes to the thank-you evening of 华南: two waves, a full dinner, a waiting list, diets and a late telephone call."""

from __future__ import annotations

from typing import Final

from yunchou.directory.customers.models import Customer
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.events.actions.guests import add_guest, add_guests, note_sent
from yunchou.lifecycle.events.actions.opening import note_opened
from yunchou.lifecycle.events.actions.replies import Companion, reply
from yunchou.lifecycle.events.actions.sessions import (
    QuestionFacts,
    SessionFacts,
    keep_page,
    keep_question,
    keep_session,
    keep_wave,
)
from yunchou.lifecycle.events.models import Guest, Reply, Role

from ..clockwork import Days, Story
from ..company import DemoCompany
from .gala import EVENT, NAME

FIRST: Final = (
    "黎耀辉",
    "梁慧仪",
    "马德全",
    "何咏诗",
    "欧阳子健",
    "邝美娟",
    "冯嘉豪",
    "钟丽华",
    "Emily Carter",
    "朴英姬",
)
SECOND: Final = ("陈晓彤", "区文浩", "曾诗琪", "解语桐", "苏子墨", "罗可欣", "叶宛婷", "谭振宇")
BY_NAME: Final = (
    ("方启明", "华南理工大学", "教授", Role.SPEAKER), ("卢婉仪", "广州交响乐团", "首席大提琴", Role.SPEAKER),
    ("潘志强", "南方财经", "摄影记者", Role.MEDIA), ("程佩珊", "天河社区居委会", "主任", Role.PARTNER),
    ("关少华", "业主委员会", "委员", Role.GUEST), ("容嘉慧", "业主委员会", "委员", Role.GUEST),
)  # fmt: skip
PAGE: Final = {
    "host_name": "华南区域客户会",
    "title": "岁月同舟感恩晚宴",
    "title_en": "An Evening of Thanks",
    "text": "想请您和家人来湖边，一起过个晚上。\n座位已为您留好。",
    "text_en": "We would like to spend an evening by the lake with you and your family.\n"
    "A table is kept for you.",
    "requirements": "商务休闲着装；请凭本页的入场码签到。",
    "place": "云栖湖畔宴会厅",
    "address": "广州市天河区云栖路 8 号",
    "route": "云栖路南门进，P2 停车场；地铁 5 号线云栖站 B 口步行 6 分钟。",
    "map_url": "https://uri.amap.com/search?keyword=%E4%BA%91%E6%A0%96%E8%B7%AF8%E5%8F%B7",
    "agenda": "18:00 入场，领取名牌\n18:30 晚宴开始\n19:20 大提琴独奏\n20:10 邻里故事\n20:45 点灯，合影",
    "contact": "李小姐 020-8888-0000（每天 9:00 — 18:00）",
    "asks_transport": True,
    "is_open": True,
}


def guests(company: DemoCompany, days: Days) -> Story:
    """From the sessions to the morning on which somebody calls after the deadline would have passed."""
    li, wu = company["li"], company["wu"]
    yield days.at(-9, "10:00")
    subject = Campaign.objects.select_related("subject__unit").get(name=NAME).subject
    dinner = keep_session(
        subject=subject, actor=li,
        facts=SessionFacts("感恩晚宴", days.at(EVENT, "18:30"), days.at(EVENT, "21:00"), 16, "一层宴会厅",
                           days.at(EVENT - 3, "18:00"), 2),
    )  # fmt: skip
    garden = keep_session(
        subject=subject, actor=li,
        facts=SessionFacts("午后游园", days.at(EVENT, "15:00"), days.at(EVENT, "17:00"), 60, "湖畔花园",
                           days.at(EVENT - 3, "18:00"), 3),
    )  # fmt: skip
    keep_page(subject=subject, values=PAGE, actor=li)
    drives = keep_question(
        subject=subject, facts=QuestionFacts("是否自驾前来？", "yes_no", is_required=True), actor=li
    )
    keep_question(
        subject=subject,
        facts=QuestionFacts("车牌号（为您预留车位）", shown_if=drives, shown_if_answer="yes"),
        actor=li,
    )
    waves = [
        keep_wave(subject=subject, name=name, days_before=n, actor=li)
        for name, n in (("首批", 16), ("第二批", 10))
    ]
    yield days.at(-8, "14:20")
    for names, wave, sessions in ((FIRST, waves[0], [dinner, garden]), (SECOND, waves[1], [dinner])):
        customers = Customer.objects.visible_to(wu).filter(name__in=names)
        add_guests(subject=subject, customers=customers, sessions=sessions, actor=wu, wave=wave, host=None)
    for name, organisation, title, role in BY_NAME:
        add_guest(
            subject=subject, actor=li, name=name, organisation=organisation, title=title, role=role,
            sessions=[dinner], wave=waves[0], host=wu if role == Role.SPEAKER else None,
        )  # fmt: skip
    Guest.objects.filter(subject=subject, is_vip=True).update(host=wu)
    yield days.at(-7, "09:30")
    note_sent(guests=list(Guest.objects.filter(subject=subject, wave=waves[0])), how="纸质请柬", actor=li)
    by_name = {guest.name: guest for guest in Guest.objects.filter(subject=subject).select_related("subject")}
    own = {str(drives.pk): "no"}

    def accept(name: str, *companions: Companion, both: bool = False, **said: object) -> None:
        reply(
            guest=by_name[name], answer=Reply.ACCEPTED, sessions=[dinner, garden] if both else [dinner],
            companions=companions, answers=own, **said,  # type: ignore[arg-type]
        )  # fmt: skip

    yield days.at(-6, "20:12")
    for name in (*FIRST, "方启明", "卢婉仪", "潘志强"):
        note_opened(guest=by_name[name])
    accept("黎耀辉", Companion("黎太太"), both=True, diet=["no_seafood"], allows_pictures=True)
    accept("梁慧仪", diet=["vegetarian"], diet_note="蛋奶可", allows_pictures=True)
    accept(
        "马德全",
        Companion("马俊", ("halal",)),
        both=True,
        diet=["halal"],
        transport="自驾",
        allows_pictures=False,
    )
    accept("何咏诗", diet=["no_nuts"], diet_note="花生严重过敏")
    accept("Emily Carter", diet=["no_gluten"], allows_pictures=True)
    yield days.at(-4, "19:05")
    accept("方启明", diet=["no_chilli"])
    accept("卢婉仪", Companion("卢先生"))
    accept("欧阳子健", Companion("欧阳太太"), Companion("欧阳小宝"), both=True)
    reply(guest=by_name["邝美娟"], answer=Reply.DECLINED)
    accept("冯嘉豪", Companion("冯太太"))
    yield days.at(-3, "11:40")
    note_sent(guests=list(Guest.objects.filter(subject=subject, wave=waves[1])), how="微信转发链接", actor=li)
    for name in ("陈晓彤", "区文浩", "苏子墨"):
        note_opened(guest=by_name[name])
    accept("陈晓彤")
    accept("区文浩", Companion("区同学"))
    yield days.at(-2, "09:15")
    reply(
        guest=by_name["苏子墨"], answer=Reply.ACCEPTED, sessions=[dinner], answers=own, actor=wu, reason="来电确认",
    )  # fmt: skip
    reply(guest=by_name["钟丽华"], answer=Reply.DECLINED, actor=wu, reason="出差")
