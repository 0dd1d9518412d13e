"""The wall of the rehearsal: a screen in the hall, marks given, a question still open, small prizes drawn and one handed out."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.wall.actions.draws import (
    Terms,
    Won,
    close_entries,
    draw_now,
    freeze_draw,
    hand_out,
    keep_draw,
)
from yunchou.lifecycle.wall.actions.polls import answer_in_hall, answer_poll, close_poll, keep_poll, open_poll
from yunchou.lifecycle.wall.actions.screens import make_screen
from yunchou.lifecycle.wall.models import PollKind, Who

from ..clockwork import Days, Story
from ..company import DemoCompany
from .gala import NAME

SONGS: Final = ("大提琴独奏", "江南丝竹", "童声合唱", "老歌联唱")
MARKS: Final = (("方启明", 5), ("卢婉仪", 4), ("程佩珊", 5), ("关少华", 4))
WISHES: Final = (("方启明", 0), ("卢婉仪", 0), ("程佩珊", 2), ("容嘉慧", 3))
PRIZES: Final = (Won("湖畔下午茶双人券", Decimal("298"), 1), Won("手工团扇", Decimal("45"), 2))


def wall(company: DemoCompany, days: Days) -> Story:
    """All of it is tried on the afternoon of the rehearsal."""
    li = company["li"]
    yield days.at(-1, "16:30")
    subject = Campaign.objects.select_related("subject__unit").get(name=NAME).subject
    make_screen(subject=subject, name="宴会厅主屏", expires_at=days.at(25, "22:00"), actor=li)
    sound = keep_poll(
        subject=subject, question="宴会厅的音响效果，您打几分？", kind=PollKind.RATING, options=(), actor=li
    )
    wish = keep_poll(
        subject=subject, question="晚会当天，您最想听什么？", kind=PollKind.ONE, options=SONGS, actor=li,
        in_hall=True,
    )  # fmt: skip
    terms = Terms(
        "彩排小抽奖",
        "到场嘉宾每人一票，凭入场码当场领取。",
        Who.ARRIVED,
        f"{days.day(0).month} 月 {days.day(0).day} 日上证指数收盘点位（收盘前不可知）",
    )
    draw = keep_draw(subject=subject, terms=terms, prizes=PRIZES, actor=li)
    yield days.at(0, "14:35")
    guests = {guest.name: guest for guest in Guest.objects.filter(subject=subject)}
    sound = open_poll(poll=sound, actor=li)
    for name, mark in MARKS:
        answer_poll(poll=sound, guest=guests[name], chosen={mark - 1})
    close_poll(poll=sound, actor=li)
    draw = freeze_draw(draw=draw, actor=li)
    yield days.at(0, "14:50")
    draw = close_entries(draw=draw, actor=li)
    yield days.at(0, "15:04")
    draw = draw_now(draw=draw, public_value="2905.34", actor=li)
    hand_out(lot=draw.lots.get(place=1), actor=li)
    yield days.at(0, "15:12")
    wish = open_poll(poll=wish, actor=li)
    for name, choice in WISHES:
        answer_poll(poll=wish, guest=guests[name], chosen={choice})
    for device, choice in enumerate((0, 1, 1)):
        answer_in_hall(poll=wish, device=f"rehearsal {device}", chosen={choice})
