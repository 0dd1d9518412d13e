"""Tenders: required from the limit on, sealed until two people open, evaluated by a committee, chosen with a reason."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import serializers
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.states import State
from yunchou.capabilities.purchasing import actions
from yunchou.capabilities.purchasing.models import Bid, Method, Purchase, Quote, QuotePrice, Status, Tender
from yunchou.capabilities.purchasing.sealing import unseal
from yunchou.directory.organisation.positions import FINANCE
from yunchou.directory.suppliers.tests.factories import make_supplier, paper
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.journal.models import JournalEntry

from .factories import Shop, approved, everything, make_purchase, offer

SECRET = "13.37"


def tendered(shop: Shop) -> Purchase:
    return approved(shop, make_purchase(shop, method=Method.TENDER))


def announced(shop: Shop, purchase: Purchase) -> Tender:
    now = clock.now()
    return actions.announce_tender(
        purchase=purchase, suppliers=shop.suppliers, terms="1000 份礼品，8 月 1 日前到货", actor=shop.buyer,
        closes_at=now + timedelta(days=3), opens_at=now + timedelta(days=3, hours=1),
    )  # fmt: skip


def bid(shop: Shop, tender: Tender, number: int = 0, gift: str = SECRET, **more: object) -> Bid:
    sealed = offer(tender.purchase, (gift, 190), file_name="投标书.pdf")
    return actions.receive_bid(
        tender=tender, supplier=shop.suppliers[number], offer=sealed, actor=shop.buyer, **more
    )


@pytest.mark.rule("R-BUD-10", whole=True)
def test_from_the_limit_on_a_tender_is_required_also_in_parts(shop: Shop) -> None:
    purchase = make_purchase(shop)
    account = shop.line("定制礼品").account
    ledger.fund(
        account=account,
        amount=Decimal(200_000),
        into=State.AVAILABLE,
        order=ledger.Order(actor=shop.requester),
    )
    gifts = purchase.lines.order_by("position")[0]
    gifts.estimate = Decimal("98999.99")
    gifts.save()
    approved(shop, purchase)
    second = make_purchase(shop, title="第二批")
    second.lines.last().delete()
    for estimate, method, is_refused in (
        ("0.01", Method.QUOTES, True), ("0.01", Method.TENDER, False), ("100000", Method.QUOTES, True),
    ):  # fmt: skip
        second.lines.update(estimate=Decimal(estimate))
        Purchase.objects.filter(pk=second.pk).update(method=method)
        if is_refused:
            with pytest.raises(RuleRefused) as refused:
                actions.submit_purchase(purchase=second, actor=shop.requester)
            assert {verdict.rule_id for verdict in refused.value.verdicts} == {"R-BUD-10"}
        else:
            actions.submit_purchase(purchase=second, actor=shop.requester)
            actions.withdraw_purchase(purchase=second, actor=shop.requester)


@pytest.mark.req("BUD-17", whole=True)
def test_bids_are_sealed_opened_by_two_evaluated_and_chosen(shop: Shop, client: Client) -> None:
    purchase = tendered(shop)
    firm = shop.firm
    now = clock.now()
    with pytest.raises(Invalid) as refused:
        actions.announce_tender(
            purchase=purchase, suppliers=shop.suppliers[:2], terms="…", closes_at=now + timedelta(days=1),
            opens_at=now + timedelta(days=1), actor=shop.buyer,
        )  # fmt: skip
    assert "suppliers" in refused.value.fields
    tender = announced(shop, purchase)
    with pytest.raises(WrongState):
        actions.put_quote(
            purchase=purchase, supplier=shop.suppliers[0], offer=offer(purchase, (1, 1)), actor=shop.buyer
        )
    bid(shop, tender, 0, "19.99")
    bid(shop, tender, 0, upload=paper("投标书.pdf"))
    for number, gift in ((1, "14.20"), (2, "14.10")):
        bid(shop, tender, number, gift)
    stranger = make_supplier(firm.east, firm.owner)
    with pytest.raises(Invalid):
        actions.receive_bid(tender=tender, supplier=stranger, offer=offer(purchase, (1, 1)), actor=shop.buyer)

    # Nothing of it is readable: no row, no journal entry, no page, no attachment; not by asking for it either.
    rows = [*Bid.objects.all(), *JournalEntry.objects.all(), *Quote.objects.all(), *QuotePrice.objects.all()]
    assert SECRET not in serializers.serialize("json", rows)
    assert not Attachment.objects.filter(subject=purchase.subject).exists()
    assert not QuotePrice.objects.filter(quote__purchase=purchase).exists()
    for person in (shop.buyer, firm.owner, shop.chooser):
        client.force_login(person)
        for name in ("tender_detail", "purchase_detail"):
            page = client.get(reverse(f"purchasing:{name}", args=[purchase.pk])).content.decode()
            assert SECRET not in page
            assert "13,370" not in page
    with pytest.raises(WrongState):
        unseal(Bid.objects.first(), tender)
    with pytest.raises(WrongState):
        actions.sign_opening(tender=tender, actor=firm.owner)

    jury = [firm.owner, shop.chooser, firm.people[FINANCE]]
    with clock.at(tender.opens_at):
        with pytest.raises(WrongState):
            bid(shop, tender)
        with pytest.raises(NotAllowed):
            actions.sign_opening(tender=tender, actor=shop.requester)
        actions.sign_opening(tender=tender, actor=firm.owner)
        with pytest.raises(WrongState):
            actions.sign_opening(tender=tender, actor=firm.owner)
        assert not QuotePrice.objects.filter(quote__purchase=purchase).exists()
        actions.sign_opening(tender=tender, actor=firm.people[FINANCE])
        prices = QuotePrice.objects.filter(quote__purchase=purchase, quote__withdrawn_at=None)
        assert sorted(prices.filter(price__lt=100).values_list("price", flat=True)) == [
            Decimal(SECRET), Decimal("14.10"), Decimal("14.20")
        ]  # fmt: skip
        assert Attachment.objects.get(subject=purchase.subject).name == "投标书.pdf"

        for people in (jury[:2], [*jury[:2], shop.buyer], [*jury, firm.approver]):
            with pytest.raises(Invalid):
                actions.name_jury(tender=tender, people=people, actor=shop.chooser)
        actions.name_jury(tender=tender, people=jury, actor=shop.chooser)
        assert Duty.objects.open().filter(kind="purchasing.scoring").count() == 3
        best = Quote.objects.get(purchase=purchase, supplier=shop.suppliers[0])
        choose = {"purchase": purchase, "choice": everything(purchase, best), "reason": "综合得分最高"}
        quotes = list(Quote.objects.filter(purchase=purchase, withdrawn_at=None))
        for person, points in zip(jury, (80, 85, 91), strict=True):
            with pytest.raises(WrongState):
                actions.award_purchase(**choose, actor=shop.chooser)
            actions.score_bids(
                tender=tender, points={quote.pk: points for quote in quotes}, notes={}, actor=person
            )
        with pytest.raises(NotAllowed):
            actions.score_bids(tender=tender, points={}, notes={}, actor=shop.buyer)
        best.refresh_from_db()
        assert best.value == Decimal("85.33")
        assert actions.award_purchase(**choose, actor=shop.chooser).status == Status.AWARDED
    assert not Duty.objects.open().filter(kind="purchasing.scoring").exists()
