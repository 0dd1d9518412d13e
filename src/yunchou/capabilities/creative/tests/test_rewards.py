"""Offers and lotteries: rules with period and stock that never falls below zero, a draw that anybody can repeat."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.creative import actions, drawing
from yunchou.capabilities.creative.actions import Terms, Won
from yunchou.capabilities.creative.models import Entry, Grant, Lottery, Offer, Prize, Win, masked
from yunchou.capabilities.creative.selectors.rewards import verify, wins_of
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.approvals.tests.races import ROUNDS, together
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, Refused, RuleRefused, WrongState
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject

from .factories import make_plan

PRIZES = [Won("平板电脑", Decimal("2999"), 1), Won("耳机", Decimal("399"), 2)]


def terms(title: str = "限时秒杀", starts: int = 0, hours: int = 2) -> Terms:
    begins = clock.now() + timedelta(hours=starts)
    return Terms(title, "每人限一份，先到先得", begins, begins + timedelta(hours=hours))


def test_winners_follow_from_seed_and_entries() -> None:
    """The vector can be computed again by anybody: SHA-256 for the commitment, HMAC-SHA-256 for the order."""
    assert drawing.commitment("s") == hashlib.sha256(b"yunchou-lottery:s").hexdigest()
    codes = [f"{n:06d}" for n in range(1, 201)]
    first = drawing.winners("s", "d", codes, [1, 2])
    assert first == drawing.winners("s", "d", reversed(codes), [1, 2])
    assert [prize for _code, prize in first] == [0, 1, 1]
    assert len({code for code, _prize in first}) == 3
    assert first != drawing.winners("t", "d", codes, [1, 2]) != drawing.winners("s", "e", codes, [1, 2])
    assert drawing.winners("s", "d", codes[:2], [1, 5]) == [
        (code, prize) for code, prize in zip(drawing.order("s", "d", codes[:2]), (0, 1), strict=True)
    ]
    # No place of the list wins more often than another.
    wins = [0] * 4
    for n in range(2000):
        wins[int(drawing.order(str(n), "d", codes[:4])[0]) - 1] += 1
    assert min(wins) > 430
    assert [masked("张伟", 1, 0), masked("13800138000", 3, 4), masked("1", 3, 4)] == [
        "张*",
        "138****8000",
        "1*",
    ]


@pytest.mark.django_db
@pytest.mark.req("CRE-07", whole=True)
def test_offers_and_lotteries_are_rules_with_period_and_stock_and_winners_are_published(
    firm: Firm, subject: Subject, client: Client
) -> None:
    client.force_login(firm.owner)
    board = reverse("creative:board", args=[subject.pk, "rewards"])
    typed = {
        "kind": "limited", "title": "限时秒杀", "rule": "每人限一份", "stock": "3", "starts_at": "2024-08-02T10:00",
        "ends_at": "2024-08-02T12:00",
    }  # fmt: skip
    add = reverse("creative:offer_add", args=[subject.pk])
    for wrong in ({"rule": ""}, {"stock": "0"}, {"ends_at": "2024-08-02T10:00"}):
        assert client.post(add, typed | wrong).status_code == 422
    assert client.post(add, typed).status_code == 302
    offer = Offer.objects.get(subject=subject)
    give = reverse("creative:offer_grant", args=[subject.pk, offer.pk])
    assert client.post(give, {"quantity": 2, "note": "直播间"}).status_code == 302
    assert client.post(give, {"quantity": 2}).status_code == 422
    assert "限时秒杀" in client.get(board).content.decode()
    with clock.at("2024-08-02T12:00"), pytest.raises(WrongState):
        actions.grant(offer=offer, quantity=1, actor=firm.owner)
    with pytest.raises(NotAllowed):
        actions.grant(offer=offer, quantity=1, actor=firm.colleague)
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(given=4)

    # A lottery: the commitment is told before anybody enters; prizes above the limit of the law are refused.
    with pytest.raises(RuleRefused) as refused:
        actions.open_lottery(
            subject=subject,
            terms=terms("幸运抽奖"),
            actor=firm.owner,
            prizes=[Won("汽车", Decimal(50_001), 1)],
        )
    assert refused.value.verdicts[0].rule_id == "K-CRE-07"
    with pytest.raises(Invalid):
        actions.open_lottery(
            subject=subject, terms=terms("幸运抽奖", starts=-1), prizes=PRIZES, actor=firm.owner
        )
    made = {
        "title": "幸运抽奖", "rule": "扫码登记参与", "starts_at": "2024-08-02T11:00", "ends_at": "2024-08-02T20:00",
        "prize_1": "平板电脑", "value_1": "2999", "stock_1": "1", "prize_2": "耳机", "value_2": "399", "stock_2": "2",
    }  # fmt: skip
    new = reverse("creative:lottery_add", args=[subject.pk])
    assert client.post(new, made | {"stock_2": ""}).status_code == 422
    assert client.post(new, made | {"value_1": "60000"}).status_code == 422
    assert client.post(new, made).status_code == 302
    lottery = Lottery.objects.get(subject=subject)
    page = client.get(lottery.get_absolute_url()).content.decode()
    assert lottery.commitment in page
    assert lottery.seed not in page
    [told] = JournalEntry.objects.filter(kind="creative.lottery_opened")
    assert (told.data["commitment"], lottery.seed in str(told.data)) == (lottery.commitment, False)

    people = "\n".join(f"张{n} 1380013{n:04d}" for n in range(8))
    enter = reverse("creative:lottery_enter", args=[subject.pk, lottery.pk])
    draw = reverse("creative:lottery_draw", args=[subject.pk, lottery.pk])
    assert client.post(enter, {"people": people}).status_code == 409  # not begun
    with clock.at("2024-08-02T11:30"):
        assert client.post(enter, {"people": "张三"}).status_code == 422
        assert client.post(enter, {"people": f"{people}\n张一 13800130001"}).status_code == 302
        assert client.post(draw).status_code == 409
    assert Entry.objects.count() == 8
    with clock.at("2024-08-02T20:00"):
        with pytest.raises(NotAllowed):
            actions.draw_lottery(lottery=lottery, actor=firm.colleague)
        assert client.post(draw).status_code == 302
        assert client.post(draw).status_code == 409
    lottery.refresh_from_db()
    assert [(win.prize.name, win.place) for win in wins_of(lottery)] == [
        ("平板电脑", 1),
        ("耳机", 2),
        ("耳机", 3),
    ]
    assert [prize.won for prize in lottery.prizes.all()] == [1, 2]

    # Published with the moment, masked; until then only who may publish sees it. Anybody can draw again.
    client.force_login(firm.colleague)
    assert "1380013" not in client.get(lottery.get_absolute_url()).content.decode()
    assert wins_of(lottery)[0].entry.masked not in client.get(lottery.get_absolute_url()).content.decode()
    client.force_login(firm.owner)
    with clock.at("2024-08-02T20:30:05"):
        publish = reverse("creative:lottery_publish", args=[subject.pk, lottery.pk])
        assert client.post(publish).status_code == 302
        assert client.post(publish).status_code == 409
    client.force_login(firm.colleague)
    page = client.get(lottery.get_absolute_url()).content.decode()
    for words in ("2024-08-02 20:30:05", lottery.seed, wins_of(lottery)[0].entry.masked):
        assert words in page, words
    assert "1380013" not in page
    lottery.refresh_from_db()
    check = verify(lottery)
    assert check is not None
    assert check.holds
    assert not any("138001" in str(entry.data) for entry in JournalEntry.objects.filter(subject=subject))
    Entry.objects.filter(pk=wins_of(lottery)[0].entry.pk).update(contact="13900000000")
    broken = verify(lottery)
    assert broken is not None
    assert (broken.seed, broken.entries, broken.winners) == (True, False, True)
    Lottery.objects.filter(pk=lottery.pk).update(seed="0" * 64)
    lottery.refresh_from_db()
    forged = verify(lottery)
    assert forged is not None
    assert not forged.seed


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("CRE-07")
def test_whoever_takes_at_once_the_stock_lasts_and_a_lottery_is_drawn_once() -> None:
    firm = company()
    subject = make_plan(firm)
    actor = firm.owner

    def take(offer: Offer, count: int) -> Callable[[], object]:
        return lambda: actions.grant(offer=offer, quantity=count, actor=User.objects.get(pk=actor.pk))

    def draw(lottery: Lottery) -> Callable[[], object]:
        return lambda: actions.draw_lottery(lottery=lottery, actor=User.objects.get(pk=actor.pk))

    for number in ROUNDS:
        # Other threads do not stand at the moment of the test.
        now = clock.now()
        long = Terms(f"赠饮{number}", "先到先得", now - timedelta(days=9000), now + timedelta(days=9000))
        offer = actions.make_offer(subject=subject, kind="reward", terms=long, stock=10, actor=actor)
        results = together(take(offer, 6), take(offer, 6), take(offer, 6))
        assert sum(isinstance(result, Refused) for result in results) == 2
        offer.refresh_from_db()
        assert (offer.given, sum(one.quantity for one in Grant.objects.filter(offer=offer))) == (6, 6)

        soon = terms(f"抽奖{number}", hours=1)
        lottery = actions.open_lottery(subject=subject, terms=soon, prizes=PRIZES, actor=actor)
        actions.enter_lottery(lottery=lottery, people=[(f"李{n}", f"139{n}") for n in range(5)], actor=actor)
        Lottery.objects.filter(pk=lottery.pk).update(
            opened_at=now - timedelta(days=3),
            starts_at=now - timedelta(days=2),
            ends_at=now - timedelta(days=1),
        )
        results = together(draw(lottery), draw(lottery), draw(lottery))
        assert sum(isinstance(result, WrongState) for result in results) == 2
        assert Win.objects.filter(entry__lottery=lottery).count() == 3
        assert sum(Prize.objects.filter(lottery=lottery).values_list("won", flat=True)) == 3
