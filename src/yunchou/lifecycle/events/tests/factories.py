"""A customer event with a dinner, and customers of the directory to be invited."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from yunchou.directory.customers.actions.register import add_customer
from yunchou.directory.customers.models import Customer, Grade, Identity, Nature
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Campaign, Kind
from yunchou.lifecycle.campaigns.tests.factories import make_campaign
from yunchou.lifecycle.events.actions.guests import add_guest
from yunchou.lifecycle.events.actions.sessions import SessionFacts, keep_page, keep_session
from yunchou.lifecycle.events.models import Guest, Session


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment in August 2024."""
    return clock.moment(date(2024, 8, day), hour, minute)


def make_event(firm: Firm, name: str = "七夕邻里音乐会", **fields: Any) -> Campaign:
    """A customer event led by `firm.owner`; without sessions."""
    return make_campaign(firm, name, **{"kind": Kind.CUSTOMER} | fields)


def make_session(subject: Subject, firm: Firm, name: str = "晚宴", seats: int = 40, **fields: Any) -> Session:
    """A dinner on 10 August, 18:00—21:00; replies until 7 August, 18:00."""
    facts = {
        "starts_at": at(10, 18),
        "ends_at": at(10, 21),
        "reply_until": at(7, 18),
        "companions": 3,
    } | fields
    return keep_session(
        subject=subject, facts=SessionFacts(name=name, capacity=seats, **facts), actor=firm.owner
    )


def open_page(subject: Subject, firm: Firm, **values: Any) -> None:
    """Let the links of the invitation work."""
    told = {
        "host_name": "华东区域客户会",
        "text": "想请您来听。",
        "place": "云栖花园",
        "contact": "李小姐 020-8888-0000",
    }
    keep_page(subject=subject, values=told | {"is_open": True} | values, actor=firm.owner)


def make_guest(
    subject: Subject, firm: Firm, name: str = "林晓雯", *sessions: Session, **fields: Any
) -> Guest:
    """Somebody known by name, invited to these sessions."""
    return add_guest(subject=subject, actor=firm.owner, name=name, sessions=sessions, **fields)


def make_customer(firm: Firm, name: str = "林晓雯", **fields: Any) -> Customer:
    """A customer of 华东区域, with a grade where one is given."""
    values: dict[str, Any] = {
        "unit": firm.department(), "phone": "", "nature": Nature.PERSON, "identities": (Identity.CUSTOMER,),
    } | fields  # fmt: skip
    grade, stage = values.pop("grade", Grade.NONE), values.pop("stage", "")
    customer = add_customer(actor=firm.owner, name=name, **values)
    Customer.objects.filter(pk=customer.pk).update(grade=grade, stage=stage)
    customer.grade, customer.stage = grade, stage
    return customer
