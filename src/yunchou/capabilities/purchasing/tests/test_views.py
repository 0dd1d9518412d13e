"""Pages: who may come in, what they show, how refusals stand at their fields, and that lists cost the same for 2 and 20."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.capabilities.purchasing import actions
from yunchou.capabilities.purchasing.models import Contract, Method, Purchase, Status
from yunchou.capabilities.purchasing.selectors import choice_of
from yunchou.directory.suppliers.tests.factories import paper
from yunchou.kernel.core import clock

from .factories import Shop, approved, awarded, contracted, decide, make_purchase, quoted

pytestmark = pytest.mark.once


def url(name: str, *args: int) -> str:
    return reverse(f"purchasing:{name}", args=args)


def test_a_purchase_goes_its_way_through_the_pages(shop: Shop, client: Client) -> None:
    client.force_login(shop.requester)
    page = client.post(
        url("purchase_create"),
        {
            "title": "展架",
            "kind": "print",
            "method": "quotes",
            "price_weight": 60,
            "activity": shop.activity.pk,
            "purpose": "快闪",
        },
    )
    purchase = Purchase.objects.get()
    assert page["Location"] == purchase.get_absolute_url()
    assert client.post(url("purchase_create"), {"title": ""}).status_code == 422
    line = {"name": "展架", "quantity": "5", "estimate": "1000.001", "budget_line": shop.line("线下展架").pk}
    assert client.post(url("line_add", purchase.pk), line).status_code == 422
    client.post(url("line_add", purchase.pk), line | {"estimate": "1000"})
    outlook = client.get(
        url("purchase_outlook", purchase.pk), {"estimate": "1200", "budget_line": line["budget_line"]}
    )
    assert "R-BUD-05" in outlook.content.decode()
    detail = client.get(url("purchase_detail", purchase.pk)).content.decode()
    assert "1,000" in detail
    client.post(url("purchase_submit", purchase.pk), {"note": "请批"})
    decide(purchase.subject)

    client.force_login(shop.buyer)
    [row] = purchase.lines.all()
    for supplier, price in zip(shop.suppliers, ("210", "190", "200"), strict=True):
        form = {"supplier": supplier.pk, f"price_{row.pk}": price, "tax_rate": "13", "is_taxed": "on"}
        assert client.post(url("quote_add", purchase.pk), form).status_code == 302
    assert client.post(url("quote_add", purchase.pk), form).status_code == 422
    quotes = list(purchase.quotes.order_by("pk"))
    client.post(url("quote_value", purchase.pk, quotes[0].pk), {"points": "101", "note": "好"})
    client.post(url("quote_value", purchase.pk, quotes[0].pk), {"points": "90", "note": "好"})
    assert (
        client.post(
            url("purchase_award", purchase.pk), {"everything": quotes[1].pk, "reason": "低"}
        ).status_code
        == 403
    )
    client.force_login(shop.chooser)
    assert client.get(url("purchase_award", purchase.pk), headers={"HX-Request": "true"}).status_code == 200
    client.post(
        url("purchase_award", purchase.pk), {"everything": quotes[1].pk, "reason": "总价最低，交期合适"}
    )
    client.force_login(shop.buyer)
    terms = {
        "number": "HT-9",
        "title": "展架合同",
        "terms": "送货上门",
        "starts_on": "2026-01-01",
        "ends_on": "2027-01-01",
    }
    client.post(url("contract_add", purchase.pk, quotes[1].supplier_id), terms)
    contract = Contract.objects.get()
    half = {"name": "全款", "amount": "951", "due_on": "2027-01-01"}
    assert client.post(url("instalment_add", contract.pk), half).status_code == 422
    client.post(url("instalment_add", contract.pk), half | {"amount": "950"})
    client.post(url("contract_submit", contract.pk), {"note": ""})
    decide(contract.subject)
    client.force_login(shop.firm.owner)
    client.post(
        url("contract_sign", contract.pk),
        {"signed_on": clock.today().isoformat(), "upload": paper("合同.pdf")},
    )
    contract.refresh_from_db()
    assert contract.status == "signed"
    page = client.get(contract.get_absolute_url()).content.decode()
    for words in ("玖佰伍拾元整", "HT-9", "合同.pdf", "占用"):
        assert words in page
    ahead = client.get(
        url("contract_outlook", contract.pk), {"change": "60", "line": contract.lines.get().pk}
    )
    assert "R-BUD-05" in ahead.content.decode()
    for name, pk in (("purchase_detail", purchase.pk), ("activity_purchases", shop.activity.pk)):
        assert "HT-9" in client.get(url(name, pk)).content.decode()
    assert client.get(url("contract_list") + "?state=late").status_code == 200


def test_strangers_are_kept_out_and_tender_pages_open_in_time(shop: Shop, client: Client) -> None:
    purchase = approved(shop, make_purchase(shop, method=Method.TENDER))
    assert client.get(url("purchase_detail", purchase.pk)).status_code == 302
    for person in (shop.firm.outsider, shop.firm.nobody):
        client.force_login(person)
        for name in ("purchase_detail", "tender_detail", "purchase_award"):
            assert client.get(url(name, purchase.pk)).status_code == 404
    client.force_login(shop.buyer)
    assert client.get(url("jury_name", purchase.pk)).status_code == 403
    soon = clock.local(clock.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    form = {
        "suppliers": [s.pk for s in shop.suppliers],
        "closes_at": soon,
        "opens_at": soon,
        "terms": "公开评审",
    }
    assert (
        client.post(url("tender_announce", purchase.pk), form | {"closes_at": "2020-01-01T08:00"}).status_code
        == 422
    )
    assert client.post(url("tender_announce", purchase.pk), form).status_code == 302
    first = purchase.lines.order_by("position")[0]
    sealed = {
        "supplier": shop.suppliers[0].pk,
        f"price_{first.pk}": "14.56",
        "tax_rate": "13",
        "is_taxed": "on",
    }
    assert client.get(url("bid_receive", purchase.pk)).status_code == 200
    assert client.post(url("bid_receive", purchase.pk), sealed).status_code == 302
    client.force_login(shop.firm.owner)
    assert (
        client.post(url("tender_open", purchase.pk), headers={"Accept": "application/json"}).status_code
        == 409
    )
    with clock.at(clock.now() + timedelta(hours=3)):
        client.force_login(shop.firm.owner)
        assert client.post(url("tender_open", purchase.pk)).status_code == 302
        client.force_login(shop.chooser)
        client.post(url("tender_open", purchase.pk))
        assert "14.56" in client.get(url("tender_detail", purchase.pk)).content.decode()
        assert client.get(url("jury_name", purchase.pk)).status_code == 200


def test_lists_and_the_matrix_ask_the_same_for_few_and_many(shop: Shop, client: Client) -> None:
    purchase = approved(shop, make_purchase(shop))
    contract = contracted(
        shop, awarded(shop, purchase, quoted(shop, purchase)[0]), ("全款", 16_000, 30, False)
    )
    make_purchase(shop)
    client.force_login(shop.firm.owner)

    def asked(*names: str) -> list[int]:
        counts = []
        for name in names:
            with CaptureQueriesContext(
                connection,
            ) as found:
                assert client.get(name).status_code == 200
            counts.append(len(found))
        return counts

    pages = (url("purchase_list"), url("contract_list"), url("activity_purchases", shop.activity.pk))
    asked(*pages)
    few = asked(*pages)
    for _n in range(8):
        make_purchase(shop)
    for n in range(6):
        Contract.objects.create(
            subject=make_purchase(shop).subject, company=contract.company, number=f"K-{n}", title="框架", keeper=shop.buyer,
            purchase=make_purchase(shop), supplier=contract.supplier,
        )  # fmt: skip
    assert asked(*pages) == few
    detail = url("purchase_detail", purchase.pk)
    before = asked(detail)
    open_one = make_purchase(shop, title="多报价")
    quoted(shop, open_one)
    Purchase.objects.filter(pk=open_one.pk).update(status=Status.CANCELLED)
    assert asked(detail) == before
    assert actions.follow_payments() == 0


@pytest.mark.req("BUD-16")
def test_only_who_may_choose_is_offered_the_choice_others_read_who_it_is(shop: Shop, client: Client) -> None:
    """A refusal leaves the dialog open, with the reason that was typed (002 9.3(2))."""
    purchase = approved(shop, make_purchase(shop))
    quotes = quoted(shop, purchase)
    detail, award = url("purchase_detail", purchase.pk), url("purchase_award", purchase.pk)
    for person, words in ((shop.requester, "您是采购申请人"), (shop.buyer, "全部报价均由您录入")):
        client.force_login(person)
        page = client.get(detail).content.decode()
        assert award not in page
        assert "由谁选定供应商" in page
        assert words in page
        assert shop.chooser.name in page
        said = {"everything": quotes[0].pk, "reason": "三家中最低，且交期最短"}
        refused = client.post(award, said, headers={"HX-Request": "true"})
        assert refused.status_code == 403
        if 'name="reason"' in refused.content.decode():
            assert said["reason"] in refused.content.decode()
    client.force_login(shop.chooser)
    assert award in client.get(detail).content.decode()
    assert "逐项选定" in client.get(award, headers={"HX-Request": "true"}).content.decode()
    assert "仅按价格" in client.get(detail).content.decode()
    apart = choice_of(purchase, quotes, shop.requester)
    assert not {shop.requester, shop.buyer} & set(apart.people)
