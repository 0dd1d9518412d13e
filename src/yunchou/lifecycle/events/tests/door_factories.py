"""An evening with a dinner, guests who promised to come, and devices at its doors."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.tests.factories import make_campaign
from yunchou.lifecycle.events.actions.devices import make_device, put_door
from yunchou.lifecycle.events.actions.door import Scan
from yunchou.lifecycle.events.door.codes import ticket_text
from yunchou.lifecycle.events.models import Device, Guest, Place, PlaceState, Reply, Session

EVENING = clock.moment(date(2024, 8, 2), 18, 30)
NAMES = ("林晓雯", "周明远", "何嘉欣", "顾念慈", "沈一鸣", "陆子昂", "单雪", "曾可")


def make_evening(firm: Firm, guests: int = 3, *, capacity: int = 400, **fields: Any) -> Subject:
    """A customer event of the owner with one dinner on 2 August 2024, 18:30, and so many guests who accepted."""
    subject: Subject = make_campaign(firm, "高端客户闭门论坛", **fields).subject
    dinner = make_session(subject, capacity=capacity)
    add(subject, dinner, guests)
    return subject


def make_session(subject: Subject, name: str = "晚宴", *, capacity: int = 400, hours: int = 0) -> Session:
    starts = EVENING + timedelta(hours=hours)
    return Session.objects.create(
        subject=subject, name=name, starts_at=starts, ends_at=starts + timedelta(hours=3), capacity=capacity
    )


def add(subject: Subject, session: Session, count: int, **fields: Any) -> list[Guest]:
    """So many guests with a promised seat."""
    there = Guest.objects.filter(subject=subject).count()
    made = [
        Guest(
            subject=subject,
            **{
                "name": f"{NAMES[n % len(NAMES)]}{n // len(NAMES) or ''}",
                "reply": Reply.ACCEPTED,
                "phone_tail": f"{6000 + n:04}",
                **fields,
            },
        )
        for n in range(there, there + count)
    ]
    for guest in made:
        guest.save()
    Place.objects.bulk_create(
        Place(guest=guest, session=session, state=PlaceState.HELD, seat=f"B 区 {guest.pk % 100:02}")
        for guest in made
    )
    return made


def device_at(subject: Subject, firm: Firm, door: str = "A 门", name: str = "平板") -> tuple[Device, str]:
    """A device that works through the evening, and its token."""
    there = subject.doors.filter(name=door).first()
    place = there or put_door(subject=subject, name=door, sessions=[], actor=firm.owner)
    made, token = make_device(
        door=place, name=name, expires_at=clock.now() + timedelta(hours=12), actor=firm.owner
    )
    return Device.objects.select_related("door", "made_by", "subject").get(pk=made.pk), token


def scan(guest: Guest | None = None, session: Session | None = None, **fields: Any) -> Scan:
    """The guest's ticket in front of the camera."""
    values: dict[str, Any] = {"key": uuid4(), "session": session.pk if session else None}
    if guest is not None:
        values["code"] = ticket_text(guest)
    return Scan(**{**values, **fields})
