"""Gifts and prizes out of one stock: together they never promise more than lies there."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from yunchou.capabilities.preparation.models import StockItem, StockMove
from yunchou.capabilities.preparation.promises import lock_free, set_aside
from yunchou.directory.organisation.positions import MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.approvals.tests.races import ROUNDS, together
from yunchou.kernel.core.errors import Invalid, Refused, WrongState
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.events.tests.door_factories import make_evening
from yunchou.lifecycle.hospitality.actions.gifts import hand_over, keep_line, release_gift, reserve_gifts
from yunchou.lifecycle.hospitality.models import Gift, GiftLine
from yunchou.lifecycle.hospitality.tests.factories import make_stock
from yunchou.lifecycle.wall.actions.draws import Won, close_entries, draw_now, freeze_draw, hand_out
from yunchou.lifecycle.wall.models import Draw, Lot

from .factories import arrive, make_draw


def line_of(subject: Subject, firm: Firm, item: StockItem) -> GiftLine:
    return keep_line(subject=subject, item=item, value=Decimal(100), actor=firm.owner)


def test_gifts_and_prizes_know_of_each_others_promises(firm: Firm, evening: Subject, client: Client) -> None:
    item = make_stock(firm.east, firm.owner, "茶礼", 5)
    line = line_of(evening, firm, item)
    guests = list(Guest.objects.order_by("pk"))
    given = reserve_gifts(line=line, guests=guests[:3], actor=firm.owner).gifts
    assert len(given) == 3
    with pytest.raises(WrongState, match=r"3.*2"):
        make_draw(evening, firm, prizes=(Won("茶礼", Decimal(100), 3, item),), until="frozen")
    Draw.objects.all().delete()
    release_gift(gift=given[0], actor=firm.owner, reason="不来")
    draw = make_draw(
        evening, firm, title="茶礼抽奖", prizes=(Won("茶礼", Decimal(100), 3, item),), until="frozen"
    )
    assert set_aside([item.pk]) == {item.pk: 5}
    refused = reserve_gifts(line=line, guests=guests[3:4], actor=firm.owner).refused
    assert len(refused) == 1
    client.force_login(firm.owner)
    page = client.get(item.get_absolute_url()).content.decode()
    for words in ("已预留", "嘉宾礼品", "抽奖奖品"):
        assert words in page

    # What is handed out is out of the store and promised no more, and what nobody won is free again.
    assert hand_over(gift=given[1], actor=firm.owner).move is not None
    arrive(evening, firm, *guests[:2])
    draw_now(draw=close_entries(draw=draw, actor=firm.owner), public_value="2905.34", actor=firm.owner)
    assert set_aside([item.pk]) == {item.pk: 3}, "one gift, and two prizes that were won"
    hand_out(lot=Lot.objects.filter(prize__isnull=False).earliest("pk"), actor=firm.owner)
    assert lock_free([item.pk])[item.pk].left == 3 - 2
    # Slips lead back to no guest.
    notes = StockMove.objects.filter(item=item, activity=evening).values_list("note", flat=True)
    assert set(notes) == {f"#{given[1].pk}", f"#{Lot.objects.filter(move__isnull=False).get().number}"}


def test_draws_of_events_that_are_over_block_no_stock(firm: Firm, evening: Subject) -> None:
    item = make_stock(firm.east, firm.owner, "茶礼", 5)
    arrive(evening, firm, *Guest.objects.order_by("pk")[:2])
    won = (Won("茶礼", Decimal(100), 2, item),)
    drawn = make_draw(evening, firm, title="第一轮", prizes=won)
    draw_now(draw=drawn, public_value="2905.34", actor=firm.owner)
    late = make_draw(evening, firm, title="第二轮", prizes=(Won("茶礼", Decimal(100), 3, item),))
    campaign = Campaign.objects.filter(subject=evening)
    promised = {}
    for status in (Status.RUNNING, Status.SUSPENDED, Status.CLOSED, Status.CANCELLED, Status.ARCHIVED):
        campaign.update(status=status)
        promised[status] = set_aside([item.pk])[item.pk]
    assert promised == {"running": 5, "suspended": 5, "closed": 2, "cancelled": 0, "archived": 0}
    # Drawn after all, it is promised no more than is free by then.
    campaign.update(status=Status.CLOSED)
    StockItem.objects.filter(pk=item.pk).update(quantity=4)
    with pytest.raises(WrongState, match=r"3.*2"):
        draw_now(draw=late, public_value="2905.34", actor=firm.owner)
    StockItem.objects.filter(pk=item.pk).update(quantity=5)
    draw_now(draw=late, public_value="2905.34", actor=firm.owner)


def test_only_who_keeps_a_stock_lets_it_be_given(firm: Firm, evening: Subject, client: Client) -> None:
    theirs = make_stock(firm.group, firm.people[MARKETING_DIRECTOR], "集团礼盒", 5)
    assert StockItem.objects.visible_to(firm.owner).filter(pk=theirs.pk).exists()
    with pytest.raises(Invalid):
        line_of(evening, firm, theirs)
    client.force_login(firm.owner)
    assert "集团礼盒" not in client.get(f"/s/{evening.pk}/hospitality/gifts/lines/add/").content.decode()
    # Where somebody who keeps it lets it be given, colleagues may change the words.
    keep_line(subject=evening, item=theirs, value=Decimal(100), actor=firm.people[MARKETING_DIRECTOR])
    assert keep_line(subject=evening, item=theirs, value=Decimal(100), actor=firm.owner, note="每桌一份").note


@pytest.fixture
def open_evening(transactional_db: None) -> tuple[Firm, Subject]:
    firm = company()
    return firm, make_evening(firm, 6)


def test_a_draw_and_gifts_at_the_same_moment_never_promise_more_than_there_is(
    open_evening: tuple[Firm, Subject],
) -> None:
    firm, evening = open_evening
    guests = list(Guest.objects.order_by("pk"))
    for n in ROUNDS:
        item = make_stock(firm.east, firm.owner, f"茶礼{n}", 5)
        line = line_of(evening, firm, item)
        draft = make_draw(
            evening, firm, title=f"抽奖{n}", prizes=(Won("茶礼", Decimal(100), 3, item),), until=""
        )

        def give(line: GiftLine = line) -> object:
            fresh = GiftLine.objects.select_related("subject").get(pk=line.pk)
            return reserve_gifts(line=fresh, guests=guests[:4], actor=User.objects.get(pk=firm.owner.pk))

        def freeze(draft: Draw = draft) -> object:
            return freeze_draw(draw=Draw.objects.get(pk=draft.pk), actor=User.objects.get(pk=firm.owner.pk))

        steps: tuple[Callable[[], object], ...] = (give, freeze)
        results = together(*steps)
        assert all(not isinstance(one, Exception) or isinstance(one, Refused) for one in results), results
        promised = set_aside([item.pk])[item.pk]
        assert 0 < promised <= 5, results
        frozen = Draw.objects.get(pk=draft.pk).frozen_at is not None
        assert promised == (3 if frozen else 0) + Gift.objects.filter(line=line).count()
        assert frozen or promised == 4
