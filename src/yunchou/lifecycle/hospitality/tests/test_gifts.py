"""Gifts: within the limits over all events, out of the stock, into the customer's line of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from yunchou.capabilities.preparation.actions import move_stock
from yunchou.capabilities.preparation.models import MoveKind, StockItem
from yunchou.directory.customers.actions.erasing import erase_customer
from yunchou.directory.customers.actions.touches import add_touch
from yunchou.directory.customers.models import Customer, Touch, TouchKind
from yunchou.directory.organisation.positions import MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.approvals.tests.races import ROUNDS, together
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.rules.registry import Params
from yunchou.lifecycle.campaigns.tests.factories import make_campaign
from yunchou.lifecycle.events.actions.guests import add_guests
from yunchou.lifecycle.events.actions.replies import Companion, reply
from yunchou.lifecycle.events.models import Guest, Reply, Session
from yunchou.lifecycle.events.tests.factories import at, make_customer, make_event, make_guest, make_session
from yunchou.lifecycle.hospitality.actions.care import brief
from yunchou.lifecycle.hospitality.actions.gifts import (
    hand_over,
    keep_line,
    release_gift,
    reserve_gift,
    reserve_gifts,
)
from yunchou.lifecycle.hospitality.models import Briefing, Gift, GiftLine, GiftState
from yunchou.lifecycle.hospitality.rules import Giving, gift_within_limits
from yunchou.lifecycle.hospitality.selectors.gifts import chosen, lines_of

from .factories import make_line, make_stock


@pytest.fixture
def moment() -> Iterator[None]:
    """Friday 2 August 2024, 10:00."""
    with clock.at(at(2, 10)):
        yield


def invite(session: Session, firm: Firm, *customers: Customer) -> list[Guest]:
    return list(
        add_guests(subject=session.subject, customers=customers, sessions=[session], actor=firm.owner).guests
    )


@pytest.mark.once
def test_limits_for_one_event_for_a_year_and_for_officials() -> None:
    for worth, event, window, official, passes in (
        (600, 0, 0, False, True),
        (601, 0, 0, False, False),
        (1, 600, 600, False, False),
        (500, 0, 1500, False, True),
        (500, 0, 1501, False, False),
        (1, 0, 0, True, False),
    ):
        facts = Giving("林晓雯", Decimal(worth), Decimal(event), Decimal(window), official)
        verdicts = gift_within_limits.failures(facts)
        assert (not verdicts) == passes, facts
        assert all(str(v.reason).count("¥") == 2 and v.severity == "block" for v in verdicts)
    small = Params(
        {"per_event": Decimal(600), "per_window": Decimal(2000), "days": 365, "official": Decimal(50)}
    )
    assert not gift_within_limits.failures(Giving("林", Decimal(50), is_official=True), small)


def test_one_person_under_two_records_has_one_limit(firm: Firm, moment: None) -> None:
    """Guests of one event under two records that were merged: the row of the merged one counts for who they became."""
    dinner = make_session(make_event(firm).subject, firm)
    tea = make_line(dinner, firm, value="400", pieces=10)
    kept, merged, official = (make_customer(firm, name) for name in ("林晓雯", "林小雯", "卢处长"))
    one, two = invite(dinner, firm, kept, merged)
    Customer.objects.filter(pk=merged.pk).update(merged_into=kept)
    done = reserve_gifts(line=tea, guests=[two, one], actor=firm.owner)
    assert [gift.guest for gift in done.gifts] == [two]
    assert done.gifts[0].customer_id == kept.pk
    assert "¥800" in str(done.refused[0].reason)
    with pytest.raises(RuleRefused):
        reserve_gift(line=tea, guest=one, actor=firm.owner)
    # An official under one record is one under the other.
    [late] = invite(dinner, firm, official)
    Customer.objects.filter(pk=kept.pk).update(merged_into=official)
    Customer.objects.filter(pk=official.pk).update(is_official=True)
    pen = make_line(dinner, firm, value="30", name="钢笔")
    refused = reserve_gifts(line=pen, guests=[one, two, late], actor=firm.owner).refused
    assert len(refused) == 3


def test_gifts_are_set_aside_within_limits_over_all_events_and_handed_over_out_of_the_stock(
    firm: Firm, moment: None
) -> None:
    dinner = make_session(make_event(firm).subject, firm)
    tea = make_line(dinner, firm, value="580", pieces=10)
    pen = make_line(dinner, firm, value="30", pieces=1, name="钢笔")
    lin, su, mayor = (make_customer(firm, name) for name in ("林晓雯", "苏景行", "卢处长"))
    Customer.objects.filter(pk=mayor.pk).update(is_official=True)
    guests = invite(dinner, firm, lin, su, mayor)
    with pytest.raises(NotAllowed):
        reserve_gifts(line=tea, guests=guests, actor=firm.outsider)
    done = reserve_gifts(line=tea, guests=[*guests, guests[0]], actor=firm.owner)
    assert [gift.guest.name for gift in done.gifts] == ["林晓雯", "苏景行"]
    [refused] = done.refused
    assert refused.verdict is not None
    assert "¥580" in str(refused.reason)
    assert "¥0" in str(refused.reason)
    # The same again changes nothing; beyond the limit of the event nothing more is set aside.
    assert reserve_gifts(line=tea, guests=guests[:2], actor=firm.owner).gifts == ()
    with pytest.raises(RuleRefused, match=r"610.*600"):
        reserve_gift(line=pen, guest=guests[0], actor=firm.owner)
    with pytest.raises(WrongState):
        reserve_gift(line=tea, guest=guests[0], actor=firm.owner)
    with pytest.raises(Invalid):
        keep_line(subject=dinner.subject, item=tea.item, value=Decimal(100), actor=firm.owner)

    # Another region, another event: the year counts together, what colleagues wrote down by hand too.
    director = firm.people[MARKETING_DIRECTOR]
    add_touch(
        customer=lin, kind=TouchKind.GIFT, at=clock.now() - timedelta(days=30), note="中秋月饼", amount=90_000, actor=firm.owner,
    )  # fmt: skip
    add_touch(
        customer=lin, kind=TouchKind.GIFT, at=clock.now() - timedelta(days=366), note="旧年", amount=90_000, actor=firm.owner,
    )  # fmt: skip
    south = make_campaign(
        firm,
        "华南答谢",
        kind="customer",
        unit=firm.department("south"),
        owner=firm.outsider,
        actor=firm.outsider,
    ).subject
    item = make_stock(firm.group, director, "丝巾", 5)
    scarf = keep_line(subject=south, item=item, value=Decimal(530), actor=director)
    [there] = add_guests(subject=south, customers=[lin], sessions=[], actor=director).guests
    with pytest.raises(RuleRefused, match=r"365.*2,010.*2,000"):  # 580 + 900 + 530
        reserve_gift(line=scarf, guest=there, actor=director)
    keep_line(subject=south, item=item, value=Decimal(520), actor=director)
    reserve_gift(line=GiftLine.objects.get(pk=scarf.pk), guest=there, actor=director)

    # Whoever is in no directory counts by themselves; what is set aside is not free for others.
    wang = make_guest(dinner.subject, firm, "王可心", dinner)
    zhou = make_guest(dinner.subject, firm, "周明远", dinner)
    reserve_gift(line=pen, guest=wang, actor=firm.owner)
    with pytest.raises(RuleRefused):
        reserve_gift(line=tea, guest=wang, actor=firm.owner)
    with pytest.raises(WrongState, match="钢笔"):
        reserve_gift(line=pen, guest=zhou, actor=firm.owner)
    assert [(one.reserved, one.given, one.free) for one in lines_of(dinner.subject)] == [(2, 0, 8), (1, 0, 0)]

    # At the event: out of the stock with a slip, and into the line of time of the customer.
    gift = Gift.objects.get(guest=guests[0], line=tea)
    with pytest.raises(NotAllowed):
        hand_over(gift=gift, actor=firm.outsider)
    given = hand_over(gift=gift, actor=firm.owner)
    assert (given.state, given.given_by, given.move.change, given.move.activity) == (
        GiftState.GIVEN, firm.owner, Decimal(-1), dinner.subject
    )  # fmt: skip
    assert StockItem.objects.get(pk=tea.item_id).quantity == 9
    touch = Touch.objects.get(customer=lin, kind=TouchKind.GIFT, subject=dinner.subject)
    assert (touch.amount, touch.note, touch.by) == (58_000, "青瓷茶具 × 1", firm.owner)
    for act in (hand_over, lambda gift, actor: release_gift(gift=gift, actor=actor, reason="误")):
        with pytest.raises(WrongState):
            act(gift=given, actor=firm.owner)
    # The gift counts once, though it stands in the line of time as well: 580 + 900 + 520 leave nothing.
    third = make_session(make_event(firm, "第三场").subject, firm)
    [again] = invite(third, firm, lin)
    with pytest.raises(RuleRefused, match=r"2,000\.01"):
        reserve_gift(line=make_line(third, firm, value="0.01", name="书签"), guest=again, actor=firm.owner)
    # Somebody who declines leaves it to others, and so does a release with its reason.
    reply(guest=guests[1], answer=Reply.ACCEPTED, sessions=[dinner])
    reply(guest=guests[1], answer=Reply.DECLINED)
    assert Gift.objects.get(guest=guests[1]).state == GiftState.RELEASED
    with pytest.raises(WrongState):
        reserve_gift(line=tea, guest=guests[1], actor=firm.owner)
    with pytest.raises(Invalid):
        release_gift(gift=Gift.objects.get(guest=wang), actor=firm.owner, reason=" ")
    release_gift(gift=Gift.objects.get(guest=wang), actor=firm.owner, reason="改送茶具")
    reserve_gift(line=tea, guest=wang, actor=firm.owner)
    # More than is there is not handed over, whatever was set aside.
    move_stock(item=tea.item, kind=MoveKind.WRITE_OFF, quantity=Decimal(9), note="摔碎", actor=firm.owner)
    with pytest.raises(Invalid):
        hand_over(gift=Gift.objects.get(guest=wang, state=GiftState.RESERVED), actor=firm.owner)
    told = str([entry.data for entry in JournalEntry.objects.filter(kind__startswith="hospitality.")])
    assert "林晓雯" not in told
    assert "王可心" not in told


def test_a_plan_in_one_go_means_the_right_guests_and_an_erased_customer_leaves_no_words(
    firm: Firm, moment: None
) -> None:
    dinner = make_session(make_event(firm).subject, firm)
    lin = make_customer(firm, "林晓雯", grade="high_end")
    su = make_customer(firm, "苏景行", grade="key")
    first, second = invite(dinner, firm, lin, su)
    reply(guest=second, answer=Reply.ACCEPTED, sessions=[dinner], companions=[Companion("苏妻")])
    make_guest(dinner.subject, firm, "周明远", dinner)
    for who, names in (
        ("vip", ["林晓雯"]),
        ("high_end", ["林晓雯"]),
        ("key", ["苏景行"]),
        ("heads", ["苏景行"]),
        ("all", ["苏景行", "苏妻"]),
    ):
        assert [one.name for one in chosen(dinner.subject, who)] == names, who
    line = make_line(dinner, firm)
    reserve_gift(line=line, guest=first, actor=firm.owner)
    brief(guest=first, words="爱喝龙井", actor=firm.owner)
    erase_customer(customer=lin, reason="本人要求", actor=firm.people[MARKETING_DIRECTOR])
    assert not Briefing.objects.exists()
    assert Gift.objects.get().worth == Decimal(280)


@pytest.fixture
def open_firm(transactional_db: None) -> Firm:
    return company()


def test_two_regions_giving_at_once_stay_within_the_limit_together(open_firm: Firm) -> None:
    firm = open_firm
    director = firm.people[MARKETING_DIRECTOR]
    customers = [make_customer(firm, f"客户{n}") for n in ROUNDS]
    lines: list[GiftLine] = []
    guests: list[list[Guest]] = []
    # Four events, each within its own limit: together they would come to 2,400.
    for number in range(4):
        unit, boss = (
            (firm.department("east"), firm.owner) if number % 2 else (firm.department("south"), firm.outsider)
        )
        subject = make_campaign(
            firm, f"答谢{number}", kind="customer", unit=unit, owner=boss, actor=boss
        ).subject
        item = make_stock(firm.group, director, f"礼盒{number}", 200)
        lines.append(keep_line(subject=subject, item=item, value=Decimal(600), actor=director))
        guests.append(
            list(add_guests(subject=subject, customers=customers, sessions=[], actor=director).guests)
        )

    def give(event: int, number: int) -> Callable[[], object]:
        return lambda: reserve_gift(
            line=GiftLine.objects.select_related("subject").get(pk=lines[event].pk),
            guest=guests[event][number],
            actor=User.objects.get(pk=director.pk),
        )

    for number, customer in enumerate(customers):
        results = together(*(give(event, number) for event in range(4)))
        assert sum(isinstance(one, Gift) for one in results) == 3, results
        assert sum(isinstance(one, RuleRefused) for one in results) == 1, results
        held = Gift.objects.filter(customer=customer).values_list("worth", flat=True)
        assert sum(held) == Decimal(1800)
