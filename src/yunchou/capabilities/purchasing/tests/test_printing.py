"""The paper forms carry the amount in capital numerals; the list of contracts carries their money."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.purchasing.listings import COLUMNS, PURCHASES_COLUMNS
from yunchou.capabilities.purchasing.selectors.money import money_of_contract
from yunchou.kernel.core.money import yuan_in_words

from .factories import Shop, approved, awarded, contracted, make_purchase, quoted, signed

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_forms_and_the_list_of_contracts(shop: Shop, client: Client) -> None:
    purchase = approved(shop, make_purchase(shop))
    estimate = sum(line.estimate for line in purchase.lines.all())
    purchase = awarded(shop, purchase, quoted(shop, purchase)[0])
    contract = signed(shop, contracted(shop, purchase, ("预付款", 16_000, 5, True)))
    money = money_of_contract(contract)
    client.force_login(shop.buyer)
    for name, pk, amount in (
        ("purchase_print", purchase.pk, estimate),
        ("contract_print", contract.pk, money.amount),
    ):
        body = client.get(reverse(f"purchasing:{name}", args=[pk])).content.decode()
        assert yuan_in_words(amount) in body
        assert f"{amount:,.2f}" in body
    form = client.get(reverse("purchasing:purchase_print", args=[purchase.pk])).content.decode()
    for words in (
        *(quote.supplier.name for quote in purchase.quotes.all()),
        yuan_in_words(money.amount),
        "比价",
    ):
        assert words in form
    assert contract.supplier.name in body
    assert contract.supplier.credit_code in body
    assert "预付款" in body

    address = reverse("sheets:listing_take", args=["purchasing.contracts"])
    answer = client.post(f"{address}?state=signed", {"form": "csv"})
    data = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    _head, row, last = list(csv.reader(StringIO(data)))
    found = dict(zip([column.key for column in COLUMNS], row, strict=True))
    assert (found["number"], found["amount"], found["open"]) == (
        "HT-1",
        f"{money.amount:.2f}",
        f"{money.open:.2f}",
    )
    assert last[7] == f"{money.amount:.2f}"
    address = reverse("sheets:listing_take", args=["purchasing.purchases"])
    answer = client.post(f"{address}?status=ordered", {"form": "csv"})
    data = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    _head, row, _last = list(csv.reader(StringIO(data)))
    found = dict(zip([column.key for column in PURCHASES_COLUMNS], row, strict=True))
    assert (found["code"], found["estimate"], found["suppliers"]) == (
        purchase.subject.code, f"{estimate:.2f}", contract.supplier.name,
    )  # fmt: skip
    stranger = Client()
    stranger.force_login(shop.firm.outsider)
    assert stranger.get(reverse("purchasing:contract_print", args=[contract.pk])).status_code == 404
    assert stranger.get(reverse("purchasing:purchase_print", args=[purchase.pk])).status_code == 404
