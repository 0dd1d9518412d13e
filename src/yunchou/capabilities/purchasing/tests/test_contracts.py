"""Contracts: signed out of what was reserved, paid through the ledger, changed, completed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.selectors import holds_of, money_of
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.capabilities.purchasing import actions
from yunchou.capabilities.purchasing.models import Amendment, Contract, ContractStatus, Status
from yunchou.capabilities.purchasing.selectors import money_of_contract
from yunchou.directory.suppliers.tests.factories import paper
from yunchou.kernel.approvals.actions import return_case
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty

from .factories import Shop, approved, awarded, contracted, decide, make_purchase, quoted, signed


@pytest.fixture
def contract(shop: Shop) -> Contract:
    """14,000 for gifts and 1,050 for stands: 4,000 in advance, the rest on delivery."""
    purchase = approved(shop, make_purchase(shop))
    choice = quoted(shop, purchase, [(15, 200), (14, 200), (16, 190)])
    purchase = awarded(shop, purchase, choice[1])
    return contracted(shop, purchase, ("预付款", 4_000, 5, True), ("到货款", 11_000, 40, False))


def pay(shop: Shop, contract: Contract, amount: int) -> ledger.Posted:
    """As a claim does it: out of what the contract has bound."""
    hold = next(hold for hold in holds_of(contract.subject) if hold.open >= amount)
    return ledger.spend(
        hold=hold, amount=Decimal(amount), order=ledger.Order(actor=shop.firm.owner, evidence="FP-1")
    )


def proved() -> bool:
    return not [*balances_are_their_entries(), *holds_are_what_was_not_used()]


@pytest.mark.req("BUD-12")
@pytest.mark.req("BUD-14")
def test_a_contract_binds_what_was_reserved_and_is_paid_from_it(shop: Shop, contract: Contract) -> None:
    gifts = shop.line("定制礼品").account
    contract = signed(shop, contract)
    assert contract.purchase.status == Status.ORDERED
    assert (money_of(gifts).reserved, money_of(gifts).committed, money_of(gifts).available) == (
        0,
        14_000,
        1_000,
    )
    assert {hold.supplier_id for hold in holds_of(contract.subject)} == {contract.supplier_id}
    assert Duty.objects.open().filter(kind="purchasing.instalment", owner=shop.buyer).count() == 2

    paid = pay(shop, contract, 4_000)
    money = money_of_contract(contract)
    assert (money.amount, money.paid, money.open) == (15_000, 4_000, 11_000)
    assert [row.is_paid for row in money.instalments] == [True, False]
    assert actions.follow_payments() == 1
    with pytest.raises(WrongState):
        actions.complete_contract(contract=contract, note="已交货", actor=shop.firm.owner)
    advance = money.advances[0].instalment
    actions.settle_advance(instalment=advance, note="首批 300 份到货验收", actor=shop.buyer)
    with pytest.raises(WrongState):
        actions.settle_advance(instalment=advance, note="再来一次", actor=shop.buyer)
    ledger.refund(posting=paid.posting, amount=Decimal(1_000), order=ledger.Order(actor=shop.firm.owner))
    assert money_of_contract(contract).paid == 3_000
    with clock.at(clock.now() + timedelta(days=41)):
        assert [row.is_late for row in money_of_contract(contract).instalments] == [True, True]
    done = actions.complete_contract(contract=contract, note="余量不再交付", actor=shop.firm.owner)
    assert (done.status, money_of(gifts).committed, money_of(gifts).spent) == (
        ContractStatus.COMPLETED,
        0,
        3_000,
    )
    assert not Duty.objects.open().filter(kind="purchasing.instalment").exists()
    assert proved()


def test_more_is_approved_first_and_less_is_free_at_once(shop: Shop, contract: Contract) -> None:
    gifts = shop.line("定制礼品").account
    contract = signed(shop, contract)
    line = contract.lines.order_by("pk")[0]
    change = {"contract": contract, "line": line, "actor": shop.buyer}
    with pytest.raises(RuleRefused, match=r"1,000\.00"):
        actions.amend_contract(**change, change=Decimal(1_001), reason="加印")
    more = actions.amend_contract(**change, change=Decimal(900), reason="加印 60 份")
    assert (more.state, money_of(gifts).reserved) == (Amendment.State.SENT, 900)
    with pytest.raises(WrongState):
        actions.amend_contract(**change, change=Decimal(-5), reason="少")
    task = Task.objects.waiting().filter(step__case=more.case).select_related("step__case", "assignee").get()
    return_case(task=task, actor=task.assignee, opinion="说明用途")
    assert (money_of(gifts).reserved, money_of(gifts).available) == (0, 1_000)
    actions.amend_contract(**change, change=Decimal(900), reason="加印 60 份，用于第二场")
    decide(contract.subject)
    assert (money_of(gifts).committed, money_of_contract(contract).amount) == (14_900, 15_900)
    pay(shop, contract, 14_000)
    with pytest.raises(Invalid) as refused:
        actions.amend_contract(**change, change=Decimal(-901), reason="扣款")
    assert "900.00" in str(refused.value.fields["change"])
    less = actions.amend_contract(**change, change=Decimal(-400), reason="质量扣款")
    assert (less.state, less.case, money_of(gifts).committed) == (Amendment.State.IN_FORCE, None, 500)
    assert money_of_contract(contract).amount == 15_500
    for bad in ("0", "0.001", "NaN"):
        with pytest.raises(Invalid) as refused:
            actions.amend_contract(**change, change=Decimal(bad), reason="错")
        assert "change" in refused.value.fields
    assert proved()


def test_who_chose_or_bought_does_not_approve_and_totals_are_sums(shop: Shop, contract: Contract) -> None:
    from yunchou.capabilities.purchasing.approvals import interested_in_contract

    assert set(interested_in_contract(contract.subject)) == {
        shop.requester.pk,
        shop.chooser.pk,
        shop.buyer.pk,
        # The owner of the lines that it is charged to (R-APR-15).
        shop.firm.owner.pk,
    }
    with pytest.raises(NotAllowed):
        actions.sign_contract(contract=contract, signed_on=clock.today(), upload=paper(), actor=shop.buyer)
    with pytest.raises(WrongState):
        actions.sign_contract(
            contract=contract, signed_on=clock.today(), upload=paper(), actor=shop.firm.owner
        )
    last = contract.instalments.last()
    put = {"contract": contract, "name": "尾款", "due_on": clock.today(), "actor": shop.buyer}
    with pytest.raises(Invalid) as refused:
        actions.put_instalment(**put, amount=Decimal(1))
    assert "1.00" in str(refused.value.fields["amount"])
    actions.remove_instalment(instalment=last, actor=shop.buyer)
    with pytest.raises(Invalid, match=r"11,000\.00"):
        actions.submit_contract(contract=contract, actor=shop.buyer)
    with pytest.raises(Invalid) as refused:
        actions.draft_contract(
            purchase=contract.purchase, supplier=shop.suppliers[0], number="HT-2", actor=shop.buyer
        )
    assert "supplier" in refused.value.fields
    with pytest.raises(WrongState):
        actions.draft_contract(
            purchase=contract.purchase, supplier=contract.supplier, number="HT-2", actor=shop.buyer
        )
    actions.give_up_contract(contract=contract, note="改签框架", actor=shop.buyer)
    with pytest.raises(Invalid) as refused:
        actions.draft_contract(
            purchase=contract.purchase, supplier=contract.supplier, number=" ht-1 ", actor=shop.buyer
        )
    assert "number" in refused.value.fields
    assert actions.draft_contract(
        purchase=contract.purchase, supplier=contract.supplier, number="HT-2", actor=shop.buyer
    ).is_editable
