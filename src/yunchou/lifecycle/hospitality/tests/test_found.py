"""What readers found: limits asked again, nothing kept for who does not come, nothing written over unseen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from yunchou.directory.customers.models import Customer
from yunchou.directory.organisation.positions import RECEPTION
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, RuleRefused, WrongState
from yunchou.kernel.ui.seen import Stale
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.events.actions.guests import add_guests
from yunchou.lifecycle.events.actions.replies import Companion, reply
from yunchou.lifecycle.events.models import Reply
from yunchou.lifecycle.events.tests.factories import at, make_customer, make_event, make_session
from yunchou.lifecycle.hospitality.actions.care import brief, brief_stamp, put_task
from yunchou.lifecycle.hospitality.actions.gifts import hand_over, reserve_gift
from yunchou.lifecycle.hospitality.actions.menus import (
    fix_menu,
    keep_menu,
    menu_stamp,
    move_dish,
    remove_dish,
)
from yunchou.lifecycle.hospitality.models import Briefing, Dish, Gift, GiftState

from .factories import come, dish, make_line, make_menu


@pytest.fixture(autouse=True)
def moment(db: None) -> Iterator[None]:
    """Friday 2 August 2024, 10:00."""
    with clock.at(at(2, 10)):
        yield


def test_the_limit_is_asked_again_when_a_gift_is_handed_over(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    line = make_line(dinner, firm, value="400")
    person = make_customer(firm, "卢处长")
    [guest] = add_guests(subject=subject, customers=[person], sessions=[dinner], actor=firm.owner).guests
    gift = reserve_gift(line=line, guest=guest, actor=firm.owner)
    # It is known by now that he works for a public authority.
    Customer.objects.filter(pk=person.pk).update(is_official=True)
    with pytest.raises(RuleRefused):
        hand_over(gift=gift, actor=firm.owner)
    assert Gift.objects.get().state == GiftState.RESERVED
    Customer.objects.filter(pk=person.pk).update(is_official=False)
    # The gift itself counts once, and 400 of 600 are well.
    assert hand_over(gift=gift, actor=firm.owner).state == GiftState.GIVEN


def test_companions_who_are_not_brought_any_more_keep_no_gift(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    line = make_line(dinner, firm)
    lin = come(dinner, firm, "林晓雯", companions=[Companion("林母")])
    for guest in (lin, lin.companions.get()):
        reserve_gift(line=line, guest=guest, actor=firm.owner)
    reply(guest=lin, answer=Reply.ACCEPTED, sessions=[dinner])
    assert {gift.guest_id: gift.state for gift in Gift.objects.all()} == {
        lin.pk: GiftState.RESERVED, lin.companions.get().pk: GiftState.RELEASED
    }  # fmt: skip


def test_gifts_are_handed_over_after_the_event_and_nobody_is_kept_busy_by_a_cancelled_one(
    firm: Firm, client: Client
) -> None:
    subject, other = make_event(firm).subject, make_event(firm, "取消的").subject
    dinner = make_session(subject, firm)
    line = make_line(dinner, firm)
    gift = reserve_gift(line=line, guest=come(dinner, firm, "林晓雯"), actor=firm.owner)
    desk = firm.people[RECEPTION]
    put = {
        "kind": "greet",
        "person": desk,
        "starts_at": at(10, 17),
        "ends_at": at(10, 18),
        "actor": firm.owner,
    }
    put_task(subject=other, **put)
    with pytest.raises(Invalid):
        put_task(subject=subject, **put)
    Campaign.objects.filter(pk=other.pk).update(status=Status.CANCELLED)
    put_task(subject=subject, **put)
    Campaign.objects.filter(pk=subject.pk).update(status=Status.CLOSED)
    client.force_login(firm.owner)
    give = f"/s/{subject.pk}/hospitality/gifts/{gift.pk}/give/"
    assert give in client.get(f"/s/{subject.pk}/hospitality/gifts/").content.decode()
    assert client.post(give).status_code == 302
    assert Gift.objects.get().state == GiftState.GIVEN


def test_people_in_charge_see_the_event(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    with pytest.raises(Invalid) as refused:
        keep_menu(session=dinner, keeper=firm.outsider, actor=firm.owner)
    assert "keeper" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        put_task(
            subject=subject,
            kind="greet",
            person=firm.outsider,
            starts_at=at(10, 17),
            ends_at=at(10, 18),
            actor=firm.owner,
        )
    assert "person" in refused.value.fields


def test_a_fixed_menu_and_a_briefing_are_not_written_over_unseen(firm: Firm, client: Client) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    menu = make_menu(dinner, firm)
    old = menu_stamp(menu)
    keep_menu(session=dinner, keeper=firm.owner, actor=firm.owner, note="少盐")
    with pytest.raises(Stale):
        keep_menu(session=dinner, keeper=firm.colleague, actor=firm.owner, note="少油", seen=old)
    fix_menu(menu=menu, actor=firm.owner)
    with pytest.raises(WrongState):
        keep_menu(session=dinner, keeper=firm.owner, actor=firm.owner, note="多盐")
    keep_menu(session=dinner, keeper=firm.colleague, actor=firm.owner, note="少盐")
    lin = come(dinner, firm, "林晓雯")
    none = brief_stamp(None)
    brief(guest=lin, words="先生刚动过手术", actor=firm.owner)
    with pytest.raises(Stale):
        brief(guest=lin, words="别的", actor=firm.owner, seen=none)
    client.force_login(firm.owner)
    address = f"/s/{subject.pk}/hospitality/guests/{lin.pk}/brief/"
    assert client.post(address, {"words": "别的", "seen": none}).status_code == 409
    assert Briefing.objects.get().words == "先生刚动过手术"


def test_what_somebody_removed_meanwhile_is_said_and_breaks_nothing(firm: Firm) -> None:
    subject = make_event(firm).subject
    menu = make_menu(make_session(subject, firm), firm)
    gone: Dish = dish(menu, "红烧肉")
    remove_dish(dish=Dish.objects.get(pk=gone.pk), actor=firm.owner)
    for call in (
        lambda: remove_dish(dish=gone, actor=firm.owner),
        lambda: move_dish(dish=gone, is_up=True, actor=firm.owner),
    ):
        with pytest.raises(WrongState):
            call()
