"""The rehearsal of the thank-you evening: two doors, a tablet on the line, a phone in the cellar, one ticket at both."""

from __future__ import annotations

from datetime import timedelta
from uuid import NAMESPACE_DNS, UUID, uuid5

from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.events.actions.devices import make_device, put_door
from yunchou.lifecycle.events.actions.door import Scan, check_in, take_in
from yunchou.lifecycle.events.actions.guests import offer_sessions
from yunchou.lifecycle.events.actions.sessions import SessionFacts, keep_session
from yunchou.lifecycle.events.door.codes import ticket_text
from yunchou.lifecycle.events.models import Device, Guest

from ..clockwork import Days, Story
from ..company import DemoCompany
from .gala import NAME

PEOPLE = ("方启明", "卢婉仪", "潘志强", "程佩珊", "关少华", "容嘉慧")


def doors(company: DemoCompany, days: Days) -> Story:
    """Set up the day before; tried this afternoon, with what goes wrong in a cellar."""
    li = company["li"]
    yield days.at(-1, "16:10")
    subject = Campaign.objects.select_related("subject__unit").get(name=NAME).subject
    rehearsal = keep_session(
        subject=subject, actor=li,
        facts=SessionFacts("签到与彩排", days.at(0, "14:00"), days.at(0, "17:00"), 30, "云栖湖畔宴会厅", None, 0),
    )  # fmt: skip
    guests = {
        guest.name: guest
        for guest in Guest.objects.filter(subject=subject, name__in=PEOPLE).select_related("subject")
    }
    for guest in guests.values():
        offer_sessions(guest=guest, sessions=[rehearsal], actor=li)
    devices = []
    for door, name in (("湖门", "平板 1"), ("地库门", "手机 2")):
        place = put_door(subject=subject, name=door, sessions=[], actor=li)
        devices.append(make_device(door=place, name=name, expires_at=days.at(0, "22:00"), actor=li)[0])
    tablet, phone = Device.objects.filter(pk__in=[one.pk for one in devices]).select_related(
        "door", "made_by", "subject"
    )
    yield days.at(0, "14:06")

    def scan(name: str, said: str = "", minute: int = 6) -> Scan:
        return Scan(
            key=_key(name, said), session=rehearsal.pk, code=ticket_text(guests[name]), said=said, why="welcome" if said else "",
            at=days.at(0, f"14:{minute:02}"),
        )  # fmt: skip

    for name in ("方启明", "卢婉仪", "程佩珊"):
        check_in(scan=scan(name), device=tablet)
    yield days.at(0, "14:31")
    late = [scan("关少华", "let_in", 18), scan("容嘉慧", "let_in", 19), scan("方启明", "let_in", 22)]
    take_in(device=phone, scans=late, drift=timedelta(0))
    Device.objects.filter(pk=phone.pk).update(seen_at=days.at(0, "14:31"), unsent=2)
    yield days.at(0, "15:19")
    Device.objects.filter(pk=tablet.pk).update(seen_at=days.at(0, "15:19"))


def _key(name: str, said: str) -> UUID:
    """The same key whenever the story is told."""
    return uuid5(NAMESPACE_DNS, f"{name}:{said}")
