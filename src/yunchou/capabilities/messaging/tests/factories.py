"""Readers, a sender and mailings for tests of this room and of those above."""

from __future__ import annotations

from itertools import count
from typing import Any

from yunchou.capabilities.messaging import actions
from yunchou.capabilities.messaging.actions import Wording
from yunchou.capabilities.messaging.models import Channel, Mailing, Sender
from yunchou.capabilities.messaging.permissions import Perm
from yunchou.directory.customers import cards
from yunchou.directory.customers.models import Channel as ConsentChannel
from yunchou.directory.customers.models import Consent, ContactCard, Customer, Purpose
from yunchou.directory.customers.tests.factories import make_customers
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.identity.tests.factories import allow, make_user
from yunchou.kernel.subjects.actions import open_subject
from yunchou.kernel.subjects.kinds import SubjectKind, kinds
from yunchou.kernel.subjects.models import Subject

from .kinds import INVITE

_numbers = count(1)
TITLE = "{name}，{event}诚邀您出席"
BODY = "尊敬的{name}：\n\n{event}的座位已为您留好，请点开 {link} 回复。"


def make_subject(unit: Unit, actor: User | None = None) -> Subject:
    """Something that messages may be about."""
    if "messages_test" not in kinds:
        kinds.add("messages_test", SubjectKind("messages_test", "Test", Perm.VIEW))
    return open_subject(kind="messages_test", unit=unit, title="七夕邻里音乐会", address="/", actor=actor)


def make_sender(unit: Unit) -> Sender:
    return Sender.objects.create(
        unit=unit,
        name="云舟文旅集团有限公司",
        address="上海市滨湖路 66 号",
        phone="400-820-0000",
        sign="云舟文旅",
    )


def make_readers(unit: Unit, number: int, *, purpose: str = Purpose.MARKETING) -> list[Customer]:
    """So many customers with a number, an address and a consent, by four statements."""
    made = make_customers(unit, number)
    found = []
    for customer in made:
        n = next(_numbers)
        card = ContactCard(customer=customer)
        cards.write_phone(card, f"+86137{n:08}")
        cards.write_email(card, f"reader{n}@example.com")
        found.append(card)
    ContactCard.objects.bulk_create(found)
    Consent.objects.bulk_create(
        Consent(customer=one, purpose=purpose, channel=ConsentChannel.ANY, is_given=True, at=clock.now())
        for one in made
    )
    return list(
        Customer.objects.filter(pk__in=[one.pk for one in made]).select_related("card").order_by("pk")
    )


def make_writer(unit: Unit) -> User:
    """Somebody who may send what tests send, and has an address of their own."""
    writer = make_user("许知行", email="xu@company.example")
    allow(writer, unit, Perm.KEEP, Perm.VIEW, Perm.ADDRESSES)
    return writer


def make_mailing(subject: Subject, actor: User, **given: Any) -> Mailing:
    """A checked mailing to everybody of the subject's unit."""
    wording = given.pop("wording", Wording(TITLE, BODY))
    values = {"use": INVITE, "channel": Channel.EMAIL, **given}
    made = actions.draft_mailing(subject=subject, wording=wording, actor=actor, **values)
    return actions.check_mailing(mailing=made, actor=actor)
