"""Rooms that are held, who stays which nights, who sleeps where and with whom, and the pages of it through HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.directory.customers.actions.erasing import erase_customer
from yunchou.directory.organisation.positions import GROUP_CUSTOMER_CLUB, MARKETING_DIRECTOR, RECEPTION
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.sheets.listings import Format, listings, write_listing
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import Stale
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.events.actions.replies import Companion, reply
from yunchou.lifecycle.events.models import Guest, Reply
from yunchou.lifecycle.events.tests.factories import at, make_customer, make_event, make_session
from yunchou.lifecycle.hospitality.actions.rooms import (
    BlockFacts,
    StayFacts,
    assign_room,
    drop_block,
    keep_block,
    keep_stay,
    number_room,
    settle_block,
    stay_stamp,
    unassign_room,
)
from yunchou.lifecycle.hospitality.models import HotelRoom, Night, RoomBlock, Stay
from yunchou.lifecycle.hospitality.selectors.rooms import blocks_of, nights_of, rooms_fitting, stays_of

from .factories import come


@pytest.fixture(autouse=True)
def moment(db: None) -> Iterator[None]:
    """Friday 2 August 2024, 10:00."""
    with clock.at(at(2, 10)):
        yield


def day(number: int) -> date:
    return date(2024, 8, number)


def hold(
    firm: Firm, subject: Subject, rooms: int = 2, beds: int = 2, block: RoomBlock | None = None, **more: Any
) -> RoomBlock:
    facts = {
        "hotel": "云栖酒店", "room_type": "双床房", "beds": beds, "rooms": rooms, "first_on": day(9), "until_on": day(12),
        "price": Decimal(500), "keeper": firm.colleague, "cutoff_on": day(6),
    } | more  # fmt: skip
    reason = facts.pop("reason", "")
    return keep_block(
        subject=subject, facts=BlockFacts(**facts), actor=firm.owner, block=block, reason=reason
    )


def stays(firm: Firm, guest: Guest, first: int = 10, until: int = 11, **more: Any) -> Stay:
    return keep_stay(guest=guest, facts=StayFacts(day(first), day(until), **more), actor=firm.owner)


def room(block: RoomBlock, position: int) -> HotelRoom:
    return block.hotel_rooms.get(position=position)


def test_a_bed_is_slept_in_by_one_person_a_night_and_rooms_are_shared_by_agreement_only(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    block = hold(firm, subject)
    lin = come(dinner, firm, "林晓雯", companions=[Companion("林母")])
    mother = lin.companions.get()
    wang, zhao = come(dinner, firm, "王可心"), come(dinner, firm, "赵敏")
    alone = stays(firm, lin)
    assign_room(stay=alone, room=room(block, 1), actor=firm.owner)
    # She wishes a room alone, so nobody joins her; not even her mother before both have said so.
    with_her = stays(firm, mother, sharing="with", with_guest=lin)
    with pytest.raises(RuleRefused, match="林晓雯"):
        assign_room(stay=with_her, room=room(block, 1), actor=firm.owner)
    stays(firm, lin, sharing="with", with_guest=mother)
    assign_room(stay=with_her, room=room(block, 1), actor=firm.owner)
    assert set(Night.objects.values_list("bed", flat=True)) == {1, 2}
    # The room is full; another night it is not.
    anybody = stays(firm, wang, sharing="anybody")
    with pytest.raises(Invalid):
        assign_room(stay=anybody, room=room(block, 1), actor=firm.owner)
    later = stays(firm, zhao, 11, 12, sharing="anybody")
    assign_room(stay=later, room=room(block, 1), actor=firm.owner)
    # Somebody who named another one does not share with anybody.
    assign_room(stay=anybody, room=room(block, 2), actor=firm.owner)
    with pytest.raises(RuleRefused):
        stays(firm, wang, sharing="alone") and assign_room(
            stay=stays(firm, zhao, 10, 11, sharing="anybody"), room=room(block, 2), actor=firm.owner
        )
    # A wish that changes in the room is refused as long as it does not suit it.
    with pytest.raises(RuleRefused):
        stays(firm, mother, sharing="alone")
    assert Stay.objects.get(pk=mother.pk).sharing == "with"
    # More nights than the room is held, and a night on which somebody else sleeps in the bed.
    with pytest.raises(Invalid, match="2024-08-12"):
        stays(firm, lin, 10, 14, sharing="with", with_guest=mother)
    taken = Night.objects.filter(stay=alone).get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Night.objects.create(stay=later, room=taken.room, bed=taken.bed, on=taken.on)
    for call in (
        lambda: assign_room(stay=alone, room=room(block, 2), actor=firm.colleague),
        lambda: keep_stay(guest=lin, facts=StayFacts(day(9), day(10)), actor=firm.outsider),
    ):
        with pytest.raises(NotAllowed):
            call()
    with pytest.raises(Stale):
        assign_room(stay=alone, room=room(block, 2), actor=firm.owner, seen=stay_stamp(anybody))
    assert "林晓雯" not in str([entry.data for entry in JournalEntry.objects.all()])


def test_rooms_wanted_and_held_are_counted_night_by_night(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    block = hold(firm, subject)
    guests = [come(dinner, firm, f"客人{n}") for n in range(5)]
    one, two, three, four, five = guests
    stays(firm, one, 10, 12)
    stays(firm, two, sharing="with", with_guest=three)
    stays(firm, three, sharing="with", with_guest=two)
    stays(firm, four, sharing="anybody")
    stays(firm, five, sharing="anybody")
    found = nights_of(list(blocks_of(subject)), list(stays_of(subject)))
    assert [(str(n.on)[-2:], n.wanted, n.held, n.short) for n in found] == [
        ("09", 0, 2, 0), ("10", 3, 2, 1), ("11", 1, 2, 0)
    ]  # fmt: skip
    assign_room(stay=Stay.objects.get(pk=two.pk), room=room(block, 1), actor=firm.owner)
    # What fits is offered, with the roommate who agreed first.
    fitting = rooms_fitting(Stay.objects.select_related("guest").get(pk=three.pk))
    assert [line.room.position for line in fitting] == [1, 2]
    fitting = rooms_fitting(Stay.objects.select_related("guest").get(pk=four.pk))
    assert [line.room.position for line in fitting] == [2]


def test_the_keeper_owes_the_hotel_the_final_number_by_the_cut_off(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    block = hold(firm, subject, rooms=3)
    duty = Duty.objects.get(key=block.duty_key)
    assert (duty.owner, duty.due_at, duty.is_open) == (firm.colleague, at(6, 17), True)
    assert "云栖酒店" in str(duty.sentence)
    lin = come(dinner, firm, "林晓雯")
    assign_room(stay=stays(firm, lin), room=room(block, 3), actor=firm.owner)
    with pytest.raises(Invalid):
        settle_block(block=block, rooms=4, actor=firm.colleague)
    with pytest.raises(NotAllowed):
        settle_block(block=block, rooms=2, actor=firm.outsider)
    settle_block(block=block, rooms=1, actor=firm.colleague)
    assert not Duty.objects.get(key=block.duty_key).is_open
    kept = Stay.objects.get(pk=lin.pk).room
    assert kept is not None
    assert (block.hotel_rooms.count(), kept.position) == (1, 1)  # the room that is slept in moved up
    with pytest.raises(WrongState):
        drop_block(block=block, actor=firm.owner)
    # More rooms again: the number is owed anew; fewer nights than are slept in are refused.
    block = hold(firm, subject, rooms=2, block=block)
    assert Duty.objects.get(key=block.duty_key).is_open
    with pytest.raises(Invalid):
        hold(firm, subject, rooms=2, block=block, first_on=day(11))
    with pytest.raises(Invalid):
        hold(firm, subject, keeper=firm.outsider, room_type="大床房")
    with pytest.raises(Invalid):
        hold(firm, subject, cutoff_on=day(10), room_type="大床房")
    number_room(room=room(block, 1), number="1203", actor=firm.owner)
    with pytest.raises(Invalid):
        number_room(room=room(block, 2), number="1203", actor=firm.owner)
    line = BudgetLine.objects.create(subject=subject, item="住宿", amount=Decimal(3000), position=1)
    with pytest.raises(Invalid) as refused:
        hold(firm, subject, rooms=3, room_type="套房", budget_line=line)
    assert "4,500" in str(refused.value)
    hold(firm, subject, rooms=3, room_type="套房", budget_line=line, reason="贵宾多")


def test_who_comes_no_more_sleeps_nowhere_and_the_keeper_hears(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    block = hold(firm, subject)
    lin = come(dinner, firm, "林晓雯", companions=[Companion("林母")])
    mother = lin.companions.get()
    stays(firm, lin, sharing="with", with_guest=mother)
    stays(firm, mother, sharing="with", with_guest=lin, note="低楼层")
    for guest in (lin, mother):
        assign_room(stay=Stay.objects.get(pk=guest.pk), room=room(block, 1), actor=firm.owner)
    reply(guest=lin, answer=Reply.ACCEPTED, sessions=[dinner])
    assert set(Stay.objects.values_list("pk", flat=True)) == {lin.pk}
    assert Notification.objects.filter(kind="hospitality.rooms", user=firm.colleague).count() == 1
    reply(guest=lin, answer=Reply.DECLINED)
    assert not Stay.objects.exists()
    assert not Night.objects.exists()
    with pytest.raises(WrongState):
        stays(firm, Guest.objects.get(pk=lin.pk))
    # Erased, nights stay as a number and the words go.
    customer = make_customer(firm, "赵敏")
    zhao = come(dinner, firm, "赵敏")
    Guest.objects.filter(pk=zhao.pk).update(customer=customer)
    stays(firm, zhao, note="腿脚不便")
    erase_customer(customer=customer, reason="本人要求", actor=firm.people[MARKETING_DIRECTOR])
    assert Stay.objects.get().note == ""


def test_the_pages_of_rooms_from_the_block_to_the_key(firm: Firm, client: Client) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    lin = come(dinner, firm, "林晓雯")
    base = f"/s/{subject.pk}/hospitality/"
    client.force_login(firm.owner)
    assert client.get(f"{base}rooms/").status_code == 200
    block = {
        "hotel": "云栖酒店", "room_type": "大床房", "beds": 1, "rooms": 2, "first_on": "2024-08-09", "until_on": "2024-08-12",
        "price": "600", "cutoff_on": "2024-08-06", "keeper": firm.colleague.pk,
    }  # fmt: skip
    assert client.post(f"{base}rooms/blocks/add/", {**block, "until_on": "2024-08-09"}).status_code == 422
    assert client.post(f"{base}rooms/blocks/add/", block).status_code == 302
    kept = RoomBlock.objects.get()
    # The nights of the event are offered first.
    assert 'value="2024-08-10"' in client.get(f"{base}stays/add/").content.decode()
    stay = {
        "guest": lin.pk,
        "from_on": "2024-08-10",
        "until_on": "2024-08-11",
        "sharing": "alone",
        "note": "高楼层",
    }
    assert client.post(f"{base}stays/add/", stay).status_code == 302
    text = client.get(f"{base}rooms/?show=none").content.decode()
    assert "林晓雯" in text
    assert client.get(f"{base}stays/{lin.pk}/room/").status_code == 200
    first = room(kept, 1)
    assert client.post(f"{base}stays/{lin.pk}/room/", {"room": first.pk}).status_code == 302
    assert client.post(f"{base}rooms/{first.pk}/number/", {"number": "1203"}).status_code == 302
    for address in ("", "?show=rooms", "print/"):
        shown = client.get(f"{base}rooms/{address}").content.decode()
        assert "1203" in shown, address
        assert "林晓雯" in shown, address
    assert client.post(f"{base}rooms/blocks/{kept.pk}/settle/", {"rooms": 1}).status_code == 302
    assert client.post(f"{base}rooms/blocks/{kept.pk}/drop/").status_code == 409
    # At the desk of the hotel.
    client.force_login(firm.people[RECEPTION])
    assert client.post(f"{base}stays/{lin.pk}/key/").status_code == 302
    assert Stay.objects.get().key_given_at is not None
    assert client.post(f"{base}stays/{lin.pk}/no-room/").status_code == 403
    assert client.post(f"{base}rooms/blocks/{kept.pk}/drop/").status_code == 403
    assert client.get(f"{base}stays/add/").status_code == 403
    # Who only sees the event reads how many rooms there are, and not who sleeps in them.
    client.force_login(firm.people[GROUP_CUSTOMER_CLUB])
    for address in ("", "?show=rooms", "?show=none"):
        assert "林晓雯" not in client.get(f"{base}rooms/{address}").content.decode()
    assert client.get(f"{base}rooms/print/").status_code == 403
    client.force_login(firm.outsider)
    assert client.get(f"{base}rooms/").status_code in {403, 404}
    lines = listings["hospitality.rooms"].open(firm.owner, {"subject": str(subject.pk)})
    with write_listing(listings["hospitality.rooms"], lines, Format.CSV) as file:
        table = file.read().decode("utf-8-sig")
    assert "云栖酒店" in table
    assert "1203" in table
    with pytest.raises(NotAllowed):
        listings["hospitality.rooms"].open(firm.people[GROUP_CUSTOMER_CLUB], {"subject": str(subject.pk)})
    arrivals = listings["hospitality.runs"].open(firm.owner, {"subject": str(subject.pk)})
    assert arrivals.count == 0
    client.force_login(firm.owner)
    assert client.post(f"{base}stays/{lin.pk}/no-room/").status_code == 302
    assert client.post(f"{base}stays/{lin.pk}/drop/").status_code == 302
    assert not Stay.objects.exists()
    unassigned = stays(firm, lin)
    with pytest.raises(WrongState):
        unassign_room(stay=unassigned, actor=firm.owner)


@pytest.mark.once
def test_the_page_of_rooms_asks_as_often_for_many_as_for_few(firm: Firm, client: Client) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm, seats=100)
    block = hold(firm, subject, rooms=20, beds=1)
    client.force_login(firm.owner)

    def add(start: int, number: int) -> None:
        for n in range(start, start + number):
            guest = come(dinner, firm, f"客人{n}")
            assign_room(stay=stays(firm, guest), room=room(block, n), actor=firm.owner)

    def asked(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    add(1, 2)
    addresses = [f"/s/{subject.pk}/hospitality/rooms/{part}" for part in ("", "?show=rooms")]
    few = [asked(one) for one in addresses]
    add(3, 8)
    assert [asked(one) for one in addresses] == few


def test_what_rooms_cost_is_read_by_who_keeps_the_list_only(firm: Firm, client: Client) -> None:
    subject = make_event(firm).subject
    line = BudgetLine.objects.create(subject=subject, item="住宿费科目", amount=Decimal(90000), position=1)
    hold(firm, subject, agreement="协议 A-17", budget_line=line)
    page = f"/s/{subject.pk}/hospitality/rooms/"
    secrets = ("协议 A-17", "住宿费科目", "3,000")
    for who, sees in ((firm.owner, True), (firm.colleague, False)):
        client.force_login(who)
        text = client.get(page).content.decode()
        assert "云栖酒店" in text
        assert [one in text for one in secrets] == [sees] * 3


def test_only_what_the_hotel_holds_unsettles_a_block(firm: Firm) -> None:
    subject = make_event(firm).subject
    block = hold(firm, subject, rooms=2)
    settle_block(block=block, rooms=2, actor=firm.colleague)
    kept = hold(firm, subject, rooms=2, block=block, agreement="协议 A-17", price=Decimal(480))
    assert kept.settled_at
    assert not Duty.objects.get(key=kept.duty_key).is_open
    assert hold(firm, subject, rooms=3, block=block).settled_at is None
    assert Duty.objects.filter(key=RoomBlock.objects.get(pk=block.pk).duty_key).get().is_open


def test_rooms_of_an_event_called_off_go_back(firm: Firm, client: Client) -> None:
    subject = make_event(firm).subject
    block = hold(firm, subject)
    lin = come(make_session(subject, firm), firm, "林晓雯")
    assign_room(stay=stays(firm, lin), room=room(block, 1), actor=firm.owner)
    Campaign.objects.filter(pk=subject.pk).update(status=Status.CANCELLED)
    client.force_login(firm.owner)
    drop = f"/s/{subject.pk}/hospitality/rooms/blocks/{block.pk}/drop/"
    assert drop in client.get(f"/s/{subject.pk}/hospitality/rooms/").content.decode()
    assert client.post(drop).status_code == 302
    assert not RoomBlock.objects.exists()
    assert Stay.objects.get(pk=lin.pk).room is None
