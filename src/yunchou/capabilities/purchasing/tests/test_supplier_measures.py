"""What buying tells of suppliers (K-SUP-04, K-SUP-05), and the score beside the price where offers are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from yunchou.capabilities.purchasing import actions
from yunchou.capabilities.purchasing.models import Contract, Method, Purchase, Status
from yunchou.capabilities.purchasing.supplier_measures import answered, price
from yunchou.directory.suppliers.models import Supplier, Supply
from yunchou.directory.suppliers.scorecards import Outcome, Period, periods
from yunchou.directory.suppliers.scoring import scorecards_of
from yunchou.directory.suppliers.tests.factories import make_supplier
from yunchou.kernel.core import clock

from .factories import (
    Shop,
    approved,
    awarded,
    contracted,
    decide,
    make_purchase,
    offer,
    quoted,
    signed,
)

Read = Callable[[list[int], Period], Iterable[Outcome]]


def told(read: Read, *suppliers: Supplier) -> dict[str, tuple[bool, str]]:
    """What a measure says of suppliers in the last twelve months, by the supplier's name."""
    names = {one.pk: one.name for one in suppliers}
    found = list(read(list(names), periods(clock.today())[0]))
    assert all(one.on <= clock.today() for one in found)
    with override("en"):
        return {names[one.supplier]: (one.is_good, str(one.note)) for one in found}


def small(shop: Shop, title: str) -> Purchase:
    """Ten gifts, at most 200 yuan, for which everybody has offered; the second asks for 140."""
    purchase = actions.create_purchase(
        title=title, kind=Supply.PRINT, purpose="加印", activity=shop.activity, actor=shop.requester
    )
    actions.put_line(
        purchase=purchase, name="礼品", budget_line=shop.line("定制礼品"), quantity=Decimal(10),
        estimate=Decimal(200), measure="件", actor=shop.requester,
    )  # fmt: skip
    quoted(shop, approved(shop, purchase), ((15,), (14,), (16,)))
    return purchase


def chosen(shop: Shop, number: str) -> Contract:
    """The draft of a contract with the second."""
    purchase = small(shop, number)
    awarded(shop, purchase, purchase.quotes.order_by("pk")[1])
    return contracted(shop, purchase, ("货款", 140, 30, False), number=number)


def test_a_contract_keeps_its_price_until_a_change_makes_it_larger(shop: Shop) -> None:
    """A draft is none; less than offered is kept; more counts from the day on which the change is in force."""
    draft = chosen(shop, "HT-1")
    supplier, other = draft.supplier, shop.suppliers[0]
    assert told(price, supplier, other) == {}
    contract = signed(shop, draft)
    assert told(price, supplier, other) == {supplier.name: (True, "no more than the chosen offer")}
    line = contract.lines.order_by("pk")[0]

    def change(amount: int) -> None:
        actions.amend_contract(
            contract=contract, line=line, change=Decimal(amount), reason="数量调整", actor=shop.buyer
        )

    change(-20)
    assert told(price, supplier)[supplier.name][0] is True
    change(50)
    assert told(price, supplier)[supplier.name][0] is True, "nobody has agreed yet"
    decide(contract.subject)
    assert told(price, supplier) == {supplier.name: (False, "30.00 yuan above the chosen offer")}
    with clock.at(clock.now() + timedelta(days=366)):
        card = scorecards_of([supplier.pk])[supplier.pk]
        reading = next(one for one in card.readings if one.measure.key == "purchasing.price")
        assert (reading.now.cases, reading.before.cases, reading.level) == (0, 1, "unknown")


def test_who_is_invited_answers_or_not(shop: Shop) -> None:
    """Nothing is said before bids close; what is given up is no case; who bids has answered."""
    purchase = approved(shop, make_purchase(shop, method=Method.TENDER))
    now = clock.now()
    tender = actions.announce_tender(
        purchase=purchase, suppliers=shop.suppliers, terms="1000 份礼品", actor=shop.buyer,
        closes_at=now + timedelta(days=3), opens_at=now + timedelta(days=3, hours=1),
    )  # fmt: skip
    bidder, second, silent = shop.suppliers
    for one in (bidder, second):
        actions.receive_bid(tender=tender, supplier=one, offer=offer(purchase, (15, 190)), actor=shop.buyer)
    assert told(answered, *shop.suppliers) == {}
    with clock.at(tender.closes_at):
        assert told(answered, *shop.suppliers) == {
            bidder.name: (True, "handed in by the deadline"),
            second.name: (True, "handed in by the deadline"),
            silent.name: (False, "no bid by the deadline"),
        }
        assert told(answered, make_supplier(shop.firm.east, shop.firm.owner)) == {}
        purchase.status = Status.CANCELLED
        purchase.save(update_fields=["status"])
        assert told(answered, *shop.suppliers) == {}


@pytest.mark.once
def test_the_score_stands_beside_the_price_and_costs_the_same_for_more(shop: Shop, client: Client) -> None:
    """Three contracts make a score for one of three; the page asks the same for one supplier's cases and for three's."""
    supplier = signed(shop, chosen(shop, "HT-1")).supplier

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            scorecards_of([one.pk for one in shop.suppliers])
        return len(queries)

    few = cost()
    for number in ("HT-2", "HT-3"):
        signed(shop, chosen(shop, number))
    assert cost() == few
    purchase = small(shop, "第四次")
    client.force_login(shop.requester)
    shown = client.get(purchase.get_absolute_url())
    scores = {
        quote.supplier.name: shown.context["records"][quote.pk].score for quote in purchase.quotes.all()
    }
    assert scores == {one.name: 100 if one == supplier else None for one in shop.suppliers}
    assert "履约评分" in shown.content.decode() or "Score of the supplier" in shown.content.decode()
    client.force_login(shop.firm.owner)
    assert client.get(supplier.get_absolute_url()).context["card"].score == 100
