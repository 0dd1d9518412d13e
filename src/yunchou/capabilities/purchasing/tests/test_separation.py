"""Ways around the rules that are closed: limits, kinds, terms of payment, people who do everything; and ways on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.commitments import is_over
from yunchou.capabilities.ledger.selectors import money_of
from yunchou.capabilities.ledger.states import State
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.capabilities.purchasing import actions
from yunchou.capabilities.purchasing.approvals import interested_in_purchase
from yunchou.capabilities.purchasing.models import ContractStatus, Juror, Purchase, Status
from yunchou.capabilities.purchasing.selectors import (
    contract_stamp,
    facts_of,
    money_of_contract,
    whole_purchase,
)
from yunchou.directory.suppliers.models import Supply
from yunchou.directory.suppliers.tests.factories import make_supplier
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.journal.models import JournalEntry

from .factories import Shop, approved, awarded, contracted, decide, make_purchase, offer, quoted, signed
from .test_tenders import announced, bid, tendered

pytestmark = pytest.mark.usefixtures("english")
PRICES = [(15, 200), (14, 200), (16, 190)]


@pytest.fixture
def english() -> Iterator[None]:
    """Sentences are compared in the language they are written in."""
    with override("en"):
        yield


def proved() -> bool:
    return not [*balances_are_their_entries(), *holds_are_what_was_not_used()]


def plenty(shop: Shop) -> None:
    """So much on the line of the gifts that no rule on money speaks."""
    order = ledger.Order(actor=shop.requester)
    account = shop.line("定制礼品").account
    ledger.fund(account=account, amount=Decimal(300_000), into=State.AVAILABLE, order=order)


def gifts_alone(shop: Shop, estimate: int, **fields: object) -> Purchase:
    """One lot of gifts, for so much at most."""
    purchase = make_purchase(shop, **fields)
    purchase.lines.last().delete()
    purchase.lines.update(estimate=Decimal(estimate), quantity=1)
    return purchase


def test_an_offer_below_a_fen_is_refused_at_its_price(shop: Shop, client: Client) -> None:
    purchase = make_purchase(shop)
    purchase.lines.last().delete()
    purchase.lines.update(quantity=Decimal("0.30"))
    line = purchase.lines.get()
    with pytest.raises(Invalid) as refused:
        quoted(shop, purchase, [("0.01",)])
    assert set(refused.value.fields) == {f"price_{line.pk}"}
    # One that became so later, by another quantity, counts for nothing and breaks no page.
    purchase.lines.update(quantity=Decimal(1))
    quoted(shop, purchase, [("0.01",)])
    purchase.lines.update(quantity=Decimal("0.30"))
    client.force_login(shop.buyer)
    assert client.get(purchase.get_absolute_url()).status_code == 200


@pytest.mark.rule("R-BUD-10")
def test_low_estimates_do_not_avoid_a_tender(shop: Shop) -> None:
    plenty(shop)
    first = approved(shop, gifts_alone(shop, 100))
    dear = quoted(shop, first, [(52_000,), (51_000,), (50_000,)])
    with pytest.raises(Invalid, match=r"49,900\.00") as refused:
        awarded(shop, first, dear[2])
    assert "everything" in refused.value.fields
    # The way on: the request is changed and approved anew; the offers stay.
    first = actions.reopen_purchase(purchase=first, note="按报价调整上限", actor=shop.requester)
    assert (first.status, money_of(shop.line("定制礼品").account).reserved) == (Status.RETURNED, 0)
    first.lines.update(estimate=Decimal(50_000))
    first = awarded(shop, approved(shop, first), dear[2])
    contract = contracted(shop, first, ("全款", 50_000, 5, False))
    contract = signed(shop, contract)
    # What was chosen counts, and what contracts grow to: 50,000 here, and the limit is met by the neighbour.
    Purchase.objects.get(pk=first.pk).lines.update(estimate=Decimal(100))
    second = gifts_alone(shop, 50_000, title="第二批")
    assert facts_of(whole_purchase(second.pk)).nearby.activity == 50_000
    with pytest.raises(RuleRefused) as stopped:
        actions.submit_purchase(purchase=second, actor=shop.requester)
    assert {one.rule_id for one in stopped.value.verdicts} == {"R-BUD-10"}
    change = {"contract": contract, "line": contract.lines.get(), "reason": "加印", "actor": shop.buyer}
    with pytest.raises(RuleRefused) as stopped:
        actions.amend_contract(**change, change=Decimal(50_000))
    assert {one.rule_id for one in stopped.value.verdicts} == {"R-BUD-10"}
    assert actions.amend_contract(**change, change=Decimal(40_000)).case is not None
    assert proved()


@pytest.mark.rule("R-BUD-08")
@pytest.mark.rule("R-BUD-09")
def test_another_kind_frees_neither_from_purpose_nor_from_comparing(shop: Shop) -> None:
    other = make_purchase(shop, kind=Supply.OTHER)
    with pytest.raises(RuleRefused) as refused:
        actions.submit_purchase(purchase=other, actor=shop.requester)
    assert {one.rule_id for one in refused.value.verdicts} == {"R-BUD-08"}
    # Said to be research, which need not be compared, and bought of a print shop, which has to be.
    research = approved(shop, make_purchase(shop, kind=Supply.RESEARCH))
    [quote] = quoted(shop, research, PRICES[:1])
    with pytest.raises(RuleRefused) as refused:
        awarded(shop, research, quote)
    assert {one.rule_id for one in refused.value.verdicts} == {"R-BUD-09"}
    actions.withdraw_quote(quote=quote, note="换调研公司", actor=shop.buyer)
    agency = make_supplier(shop.firm.east, shop.firm.owner, kinds=[Supply.RESEARCH])
    quote = actions.put_quote(
        purchase=research, supplier=agency, offer=offer(research, PRICES[0]), actor=shop.buyer
    )
    assert awarded(shop, research, quote).status == Status.AWARDED


def test_terms_of_payment_stay_as_they_were_signed(shop: Shop) -> None:
    purchase = approved(shop, make_purchase(shop))
    purchase = awarded(shop, purchase, quoted(shop, purchase, PRICES)[1])
    contract = contracted(shop, purchase, ("预付款", 4_000, 5, True), ("到货款", 11_000, 40, False))
    contract = signed(shop, contract)
    first, second = contract.instalments.order_by("due_on")
    kept = {"contract": contract, "instalment": first, "actor": shop.buyer}
    same = {"name": first.name, "due_on": first.due_on, "is_advance": True}
    for change in (
        same | {"amount": Decimal(4_000), "is_advance": False},
        same | {"amount": Decimal(4_000), "due_on": clock.today()},
        same | {"amount": Decimal(3_999)},
    ):
        with pytest.raises(WrongState, match="approved and signed"):
            actions.put_instalment(**kept, **change)
    with pytest.raises(WrongState, match="approved and signed"):
        actions.remove_instalment(instalment=second, actor=shop.buyer)

    # An amendment with its own approval adds an instalment, and takes off from one.
    gifts = contract.lines.get(name="定制礼品")
    change = {"contract": contract, "line": gifts, "actor": shop.buyer}
    actions.amend_contract(**change, change=Decimal(900), reason="加印")
    decide(contract.subject)
    added = {"contract": contract, "name": "加印款", "amount": Decimal(900), "actor": shop.buyer}
    for field, more in (
        ("is_advance", {"due_on": clock.today() + timedelta(days=9), "is_advance": True}),
        ("due_on", {"due_on": clock.today() - timedelta(days=1)}),
    ):
        with pytest.raises(Invalid) as refused:
            actions.put_instalment(**added, **more)
        assert set(refused.value.fields) == {field}
    actions.put_instalment(**added, due_on=clock.today() + timedelta(days=9))
    actions.amend_contract(**change, change=Decimal(-1_000), reason="扣款")
    fitted = {"contract": contract, "instalment": second, "name": second.name, "due_on": second.due_on}
    with pytest.raises(WrongState):
        actions.put_instalment(**fitted, amount=Decimal(9_999), actor=shop.buyer)
    actions.put_instalment(**fitted, amount=Decimal(10_000), actor=shop.buyer)
    assert money_of_contract(contract).unscheduled == 0


def test_nobody_collects_chooses_and_signs_alone(shop: Shop) -> None:
    boss = shop.firm.owner
    purchase = approved(shop, make_purchase(shop))
    for supplier, row in zip(shop.suppliers, PRICES, strict=True):
        actions.put_quote(purchase=purchase, supplier=supplier, offer=offer(purchase, row), actor=boss)
    quote = purchase.quotes.order_by("pk")[1]
    choice = dict.fromkeys(purchase.lines.values_list("pk", flat=True), quote.pk)
    choose = {"purchase": purchase, "choice": choice, "reason": "价低"}
    with pytest.raises(NotAllowed, match="brought"):
        actions.award_purchase(**choose, actor=boss)
    actions.put_quote(
        purchase=purchase, supplier=quote.supplier, quote=quote, offer=offer(purchase, PRICES[1]), actor=shop.buyer
    )  # fmt: skip
    purchase = actions.award_purchase(**choose, actor=boss)
    contract = contracted(shop, purchase, ("全款", 15_000, 5, False))
    actions.submit_contract(contract=contract, actor=shop.buyer)
    decide(contract.subject)
    sign = {"contract": contract, "signed_on": clock.today(), "actor": boss}
    with pytest.raises(NotAllowed, match="chose"):
        actions.sign_contract(**sign, upload=None)
    assert set(interested_in_purchase(purchase.subject)) == {boss.pk}, "the lines are his (R-APR-15)"


def test_two_suppliers_and_one_never_signs(shop: Shop, client: Client) -> None:
    purchase = approved(shop, make_purchase(shop))
    quotes = quoted(shop, purchase, [(15, 200), (14, 210), (16, 190)])
    gifts, stands = purchase.lines.order_by("position")
    choice = {gifts.pk: quotes[1].pk, stands.pk: quotes[2].pk}
    purchase = actions.award_purchase(purchase=purchase, choice=choice, reason="分项", actor=shop.chooser)
    drop = {"purchase": purchase, "note": "供应商拒签", "actor": shop.chooser}
    with pytest.raises(WrongState, match="Nothing of it is signed"):
        actions.drop_rest(**drop)
    contract = signed(shop, contracted(shop, purchase, ("全款", 14_000, 5, False)))
    client.force_login(shop.chooser)
    address = reverse("purchasing:rest_drop", args=[purchase.pk])
    assert address in client.get(purchase.get_absolute_url()).content.decode()
    with pytest.raises(NotAllowed):
        actions.drop_rest(**(drop | {"actor": shop.buyer}))
    assert client.post(address, {"note": "供应商拒签"}).status_code == 302
    purchase.refresh_from_db()
    stands.refresh_from_db()
    assert (purchase.status, stands.winner) == (Status.ORDERED, None)
    assert money_of(shop.line("线下展架").account).reserved == 0
    assert money_of(shop.line("定制礼品").account).committed == 14_000
    told = JournalEntry.objects.get(kind="purchasing.rest_dropped").data
    assert (told["lines"], told["released"]) == ("展架", "950.00")
    assert not is_over(contract.pk)
    done = actions.complete_contract(contract=contract, note="完", actor=shop.firm.owner)
    assert (done.status, is_over(contract.pk)) == (ContractStatus.COMPLETED, True)
    assert proved()


@pytest.mark.req("BUD-17")
def test_a_tender_that_nobody_bid_for_is_repeated(shop: Shop) -> None:
    purchase = tendered(shop)
    tender = announced(shop, purchase)
    openers = (shop.chooser, shop.firm.owner)
    with clock.at(tender.opens_at + timedelta(minutes=1)):
        for person in openers:
            actions.sign_opening(tender=tender, actor=person)
        assert JournalEntry.objects.filter(kind="purchasing.tender_failed").exists()
        again = announced(shop, purchase)
        again.refresh_from_db()
        assert again.is_open_for_bids
        assert again.openings.count() == 0
        assert bid(shop, again).received_by == shop.buyer
        with pytest.raises(WrongState, match="Sealed bids"):
            actions.reopen_purchase(purchase=purchase, note="改", actor=shop.requester)
    with clock.at(again.opens_at + timedelta(minutes=1)):
        actions.sign_opening(tender=again, actor=openers[0])
        again.refresh_from_db()
        assert again.opened_at is None, "who signed the first opening counts once in this one"
        actions.sign_opening(tender=again, actor=openers[1])
        # Opened bids stay what they are when more money is asked for.
        purchase = actions.reopen_purchase(purchase=purchase, note="超出上限", actor=shop.requester)
        line = purchase.lines.order_by("position")[0]
        put = {"purchase": purchase, "line": line, "name": line.name, "budget_line": line.line, "measure": line.measure,
               "actor": shop.requester}  # fmt: skip
        with pytest.raises(WrongState, match="have bid"):
            actions.put_line(**put, quantity=line.quantity + 1, estimate=line.estimate)
        with pytest.raises(WrongState, match="have bid"):
            actions.remove_line(line=line, actor=shop.requester)
        with pytest.raises(WrongState, match="sealed"):
            quoted(shop, purchase, PRICES[1:2])
        actions.put_line(**put, quantity=line.quantity, estimate=line.estimate - 1)


def test_the_committee_takes_no_bids_in_and_the_requester_is_not_of_it(shop: Shop) -> None:
    purchase = tendered(shop)
    tender = announced(shop, purchase)
    people = [shop.requester, shop.firm.owner, shop.chooser]
    with pytest.raises(Invalid) as refused:
        actions.name_jury(tender=tender, people=people, actor=shop.chooser)
    assert set(refused.value.fields) == {"people"}
    people = [shop.buyer, shop.firm.approver, shop.firm.owner]
    actions.name_jury(tender=tender, people=people, actor=shop.chooser)
    with pytest.raises(NotAllowed, match="evaluate"):
        bid(shop, tender)
    assert Juror.objects.filter(tender=tender).count() == 3


@pytest.mark.once
def test_an_older_window_does_not_write_over_a_newer_one(shop: Shop, client: Client) -> None:
    purchase = approved(shop, make_purchase(shop))
    purchase = awarded(shop, purchase, quoted(shop, purchase, PRICES)[1])
    contract = contracted(shop, purchase)
    client.force_login(shop.buyer)
    address = reverse("purchasing:contract_change", args=[contract.pk])
    typed = {
        "number": "HT-1", "title": "甲", "terms": "按样", "starts_on": contract.starts_on, "ends_on": contract.ends_on,
        "seen": contract_stamp(contract),
    }  # fmt: skip
    assert client.post(address, typed).status_code == 302
    late = client.post(address, typed | {"title": "乙"})
    assert late.status_code == 409
    page = late.content.decode()
    contract.refresh_from_db()
    assert contract.title == "甲"
    assert 'value="乙"' in page
    assert contract_stamp(contract) in page
    # Having seen it, whoever saves again writes over it.
    assert client.post(address, typed | {"title": "乙", "seen": contract_stamp(contract)}).status_code == 302


@pytest.mark.once
def test_a_form_sent_twice_makes_one_purchase(shop: Shop, client: Client) -> None:
    client.force_login(shop.requester)
    typed = {
        "title": "海报", "kind": Supply.PRINT, "method": "quotes", "unit": shop.firm.department().pk, "price_weight": 60,
        "purpose": "张贴",
        "once": "one-and-the-same-token-0",
    }  # fmt: skip
    answers = [client.post(reverse("purchasing:purchase_create"), typed) for _time in range(2)]
    assert [one.status_code for one in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Purchase.objects.filter(title="海报").count() == 1
