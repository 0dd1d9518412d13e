"""Between contracts and claims: what is claimed out of a contract stays payable until it is paid or taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from yunchou.capabilities.expenses import actions as expenses
from yunchou.capabilities.expenses.models import Claim
from yunchou.capabilities.expenses.models import Status as ClaimStatus
from yunchou.capabilities.ledger.selectors import holds_of, money_of
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.capabilities.purchasing import actions
from yunchou.capabilities.purchasing.models import Contract, ContractStatus
from yunchou.capabilities.purchasing.tests.factories import (
    Shop,
    approved,
    awarded,
    contracted,
    decide,
    make_purchase,
    make_shop,
    quoted,
    signed,
)
from yunchou.directory.organisation.positions import FINANCE
from yunchou.directory.organisation.tests.factories import Firm, staff
from yunchou.kernel.approvals.actions import install_definitions
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(firm: Firm) -> Shop:
    return make_shop(firm)


def claim_on(shop: Shop, contract: Contract, amount: int) -> Claim:
    """An approved claim for gifts out of the contract."""
    install_definitions()
    hold = next(
        one for one in holds_of(contract.subject) if one.account_id == shop.line("定制礼品").account_id
    )
    claim = expenses.start_claim(
        actor=shop.requester, activity=shop.activity, payee_supplier=contract.supplier
    )
    expenses.write_texts(
        claim=claim, actor=shop.requester, texts=expenses.Texts("背景", "用途", "参与", "效果")
    )
    expenses.put_line(
        claim=claim, budget_line=shop.line("定制礼品"), cost_item="gifts", amount=Decimal(amount), commitment=hold,
        actor=shop.requester,
    )  # fmt: skip
    paper = expenses.Paper("invoice", f"F{amount}", contract.supplier.name, Decimal(amount), clock.today())
    expenses.put_voucher(claim=claim, paper=paper, actor=shop.requester)
    claim = expenses.submit_claim(claim=claim, actor=shop.requester)
    decide(claim.subject)
    return Claim.objects.get(pk=claim.pk)


def test_a_contract_neither_ends_nor_shrinks_below_what_is_claimed(shop: Shop) -> None:
    purchase = approved(shop, make_purchase(shop))
    purchase = awarded(shop, purchase, quoted(shop, purchase, [(15, 200), (14, 200), (16, 190)])[1])
    contract = signed(shop, contracted(shop, purchase, ("全款", 15_000, 0, False)))
    claim = claim_on(shop, contract, 12_000)
    assert claim.status == ClaimStatus.APPROVED
    with pytest.raises(WrongState, match=claim.code):
        actions.complete_contract(contract=contract, note="完", actor=shop.firm.owner)
    line = contract.lines.get(name="定制礼品")
    less = {"contract": contract, "line": line, "reason": "少", "actor": shop.buyer}
    with pytest.raises(Invalid, match=claim.code) as refused:
        actions.amend_contract(**less, change=Decimal(-5_000))
    assert "2,000.00" in str(refused.value.fields["change"])
    actions.amend_contract(**less, change=Decimal(-2_000))

    cashier = staff("秦岚", shop.firm.group, FINANCE, username="cashier")
    assert expenses.pay_claim(claim=claim, actor=cashier).status == ClaimStatus.PAID
    done = actions.complete_contract(contract=contract, note="完", actor=shop.firm.owner)
    assert done.status == ContractStatus.COMPLETED
    money = money_of(shop.line("定制礼品").account)
    assert (money.committed, money.spent) == (0, 12_000)
    # What comes back after the end is free again, not bound by what is over.
    expenses.reverse_claim(claim=Claim.objects.get(pk=claim.pk), actor=cashier, reason="退款")
    money = money_of(shop.line("定制礼品").account)
    assert (money.committed, money.spent, money.available) == (0, 0, 15_000)
    assert not [*balances_are_their_entries(), *holds_are_what_was_not_used()]
