"""Offers beside the budget lines they were asked for."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.capabilities.budgets.offers import offers_of
from yunchou.capabilities.budgets.stores import LINES
from yunchou.capabilities.purchasing import actions

from .factories import Shop, approved, awarded, make_purchase, quoted


@pytest.mark.once
@pytest.mark.req("BUD-16", whole=True)
def test_the_budget_tab_shows_the_offers_for_each_line_side_by_side(shop: Shop, client: Client) -> None:
    """Lowest, chosen, its reason, how many were compared; the minimum and its exception are the rule's (R-BUD-09)."""
    activity = shop.line("定制礼品").subject
    client.force_login(shop.requester)
    address = reverse("budgets:budget_detail", args=[activity.pk]) + "?view=offers"
    assert "该行尚无比价" in client.get(address).content.decode()
    purchase = approved(shop, make_purchase(shop))
    first, *_others = quoted(shop, purchase, [(15, 200), (14, 195), ("13.50", 190)])
    lines = LINES.load(activity)
    found = {row.line.item_name: row for row in offers_of(activity, lines, shop.requester)}
    (gifts,) = found["定制礼品"].comparisons
    assert [offer.is_lowest for offer in gifts.offers] == [True, False, False]
    assert (gifts.valid, gifts.needed, gifts.is_short, gifts.chosen) == (3, 3, False, None)
    awarded(shop, purchase, first)
    (gifts,) = next(
        row.comparisons
        for row in offers_of(activity, lines, shop.requester)
        if row.line.item_name == "定制礼品"
    )
    assert gifts.chosen is not None
    assert gifts.above == gifts.chosen.amount - gifts.offers[0].amount
    page = client.get(address).content.decode()
    purchase.refresh_from_db()
    for words in (
        "最低",
        "选定",
        "3 家报价",
        purchase.award_reason,
        *(one.name for one in shop.suppliers[:3]),
    ):
        assert words in page
    assert "该行尚无比价" in page  # lines for which nothing was bought

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    few = asked()
    for number in range(3):
        more = make_purchase(shop, title=f"补充 {number}")
        quoted(shop, more, [(1, 2), (2, 3), (3, 4)])
    assert asked() == few
    actions.cancel_purchase(purchase=more, note="不买了", actor=shop.requester)
