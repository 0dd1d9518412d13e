"""Campaigns bought from one supplier belong together (K-SPL-01), also when the choice is made after both were sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from yunchou.capabilities.purchasing import actions
from yunchou.capabilities.purchasing.models import PurchaseLine, Quote
from yunchou.capabilities.purchasing.tests.factories import (
    Shop,
    awarded,
    decide,
    make_purchase,
    make_shop,
    quoted,
)
from yunchou.directory.organisation.tests.factories import company
from yunchou.lifecycle.campaigns.neighbours import _with_suppliers
from yunchou.lifecycle.campaigns.replay import _outline, _read
from yunchou.lifecycle.campaigns.rules.splitting import Limit, Neighbourhood, Outline, nothing_is_split

LARGE = Limit("R-TYP-01", Decimal(100_000))


def outline(pk: int, name: str, unit: int) -> Outline:
    return Outline(pk, name, date(2024, 7, 20), Decimal(60_000), unit, 9, "customer")


def test_one_supplier_makes_campaigns_alike(db: None) -> None:
    shop: Shop = make_shop(company())
    purchase = make_purchase(shop)
    pair = Neighbourhood(
        outline(shop.activity.pk, "秋日雅集", 1), (outline(10**6, "供应商年度评审", 2),), (LARGE,)
    )
    assert nothing_is_split.check(_with_suppliers(pair))[0].passed
    quote: Quote = quoted(shop, purchase)[0]
    actions.submit_purchase(purchase=purchase, actor=shop.requester)
    decide(purchase.subject)
    awarded(shop, purchase, quote)
    assert PurchaseLine.objects.filter(winner=quote).count() == 2
    found = _with_suppliers(pair)
    assert found.own.suppliers == {quote.supplier_id}
    assert nothing_is_split.check(found)[0].passed
    both = replace(found, others=(replace(found.others[0], suppliers=found.own.suppliers),))
    [verdict] = nothing_is_split.check(both)
    assert "供应商相同" in str(verdict.reason)
    assert _read(_outline(both.own)) == both.own
    older = _outline(both.own)
    del older["suppliers"]
    assert _read(older).suppliers == frozenset()
