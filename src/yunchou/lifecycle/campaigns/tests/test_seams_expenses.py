"""Where claims meet changes of campaigns and contracts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.expenses import actions as expenses
from yunchou.capabilities.expenses.models import Claim
from yunchou.capabilities.expenses.models import Status as ClaimStatus
from yunchou.capabilities.ledger.selectors import holds_of, money_of
from yunchou.capabilities.purchasing import actions as purchasing
from yunchou.capabilities.purchasing.models import Contract
from yunchou.capabilities.purchasing.selectors.lists import late_contracts
from yunchou.capabilities.purchasing.selectors.money import money_with_claims
from yunchou.capabilities.purchasing.tests.conftest import media, shop  # noqa: F401
from yunchou.capabilities.purchasing.tests.factories import (
    Shop,
    approved,
    awarded,
    contracted,
    decide,
    make_purchase,
    quoted,
    signed,
)
from yunchou.directory.organisation.positions import FINANCE
from yunchou.directory.organisation.tests.factories import Firm, staff
from yunchou.kernel.approvals.actions import approve, install_definitions
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.identity.models import User
from yunchou.lifecycle.campaigns import actions
from yunchou.lifecycle.campaigns.models import Campaign, Status

from .test_changes import costlier, opened, rewrite, running

pytestmark = pytest.mark.django_db


def claim_on(campaign: Campaign, line: BudgetLine, amount: int, person: User) -> Claim:
    claim = expenses.start_claim(actor=person, activity=campaign.subject)
    expenses.write_texts(claim=claim, actor=person, texts=expenses.Texts("a", "b", "c", "d"))
    expenses.put_line(claim=claim, budget_line=line, cost_item="print", amount=Decimal(amount), actor=person)
    paper = expenses.Paper("invoice", f"F{amount}", "x", Decimal(amount), clock.today())
    expenses.put_voucher(claim=claim, paper=paper, actor=person)
    return claim


def test_a_change_that_renames_a_line_leaves_its_claims_as_they_were_sent(firm: Firm) -> None:
    install_definitions()
    campaign = running(firm, Status.APPROVED)
    line = BudgetLine.objects.get(subject=campaign.subject, item="舞台")
    claim = expenses.submit_claim(claim=claim_on(campaign, line, 5_000, firm.colleague), actor=firm.colleague)
    opened(campaign, firm)
    rewrite(campaign, "budget", lambda rows: [replace(rows[0], item="舞台2"), *rows[1:]], firm)
    task = Task.objects.filter(step__case__subject=claim.pk, state="waiting").first()
    assert task is not None
    approve(task=task, actor=task.assignee)


@pytest.mark.rule("R-APR-08")
def test_nothing_new_is_claimed_while_a_costlier_change_is_decided_on(firm: Firm) -> None:
    install_definitions()
    campaign = running(firm, Status.APPROVED)
    line = BudgetLine.objects.get(subject=campaign.subject, item="舞台")
    before = claim_on(campaign, line, 4_000, firm.colleague)
    change = opened(campaign, firm)
    costlier(campaign, firm)
    actions.send_change(change=change, actor=firm.owner)
    with pytest.raises(WrongState) as refused:
        claim_on(campaign, line, 5_000, firm.colleague)
    assert set(refused.value.fields) == {"budget_line"}
    with pytest.raises(WrongState) as sending:
        expenses.submit_claim(claim=before, actor=firm.colleague)
    assert set(sending.value.fields) == {"lines"}


@pytest.fixture
def contract(shop: Shop) -> Contract:  # noqa: F811
    purchase = approved(shop, make_purchase(shop))
    choice = quoted(shop, purchase, [(15, 200), (14, 200), (16, 190)])
    purchase = awarded(shop, purchase, choice[1])
    return signed(shop, contracted(shop, purchase, ("预付款", 4_000, 5, True), ("到货款", 11_000, 40, False)))


def paid_on(shop: Shop, contract: Contract, amount: int) -> Claim:  # noqa: F811
    install_definitions()
    hold = next(one for one in holds_of(contract.subject, shop.line("定制礼品").account))
    claim = expenses.start_claim(
        actor=shop.requester, activity=shop.activity, payee_supplier=contract.supplier
    )
    expenses.write_texts(claim=claim, actor=shop.requester, texts=expenses.Texts("a", "b", "c", "d"))
    expenses.put_line(
        claim=claim,
        budget_line=shop.line("定制礼品"),
        cost_item="gifts",
        amount=Decimal(amount),
        actor=shop.requester,
        commitment=hold,
    )
    paper = expenses.Paper("invoice", f"F{amount}", "x", Decimal(amount), clock.today())
    expenses.put_voucher(claim=claim, paper=paper, actor=shop.requester)
    expenses.submit_claim(claim=claim, actor=shop.requester)
    decide(claim.subject)
    return Claim.objects.get(pk=claim.pk)


def test_a_contract_ends_once_no_claim_counts_on_it_and_its_refunds_are_free(
    shop: Shop,  # noqa: F811
    contract: Contract,
) -> None:
    cashier = staff("秦岚", shop.firm.group, FINANCE, username="cashier")
    first = expenses.pay_claim(claim=paid_on(shop, contract, 4_000), actor=cashier)
    advance = contract.instalments.order_by("due_on")[0]
    purchasing.settle_advance(instalment=advance, note="已到货", actor=shop.buyer)
    waiting = paid_on(shop, contract, 2_000)
    with pytest.raises(WrongState, match=waiting.code):
        purchasing.complete_contract(contract=contract, note="完", actor=shop.firm.owner)
    expenses.revoke_approval(claim=waiting, reason="合同终止", actor=cashier)
    purchasing.complete_contract(contract=contract, note="完", actor=shop.firm.owner)
    account = shop.line("定制礼品").account
    free = money_of(account).available
    back = expenses.reverse_claim(claim=first, actor=cashier, reason="供应商退款", amount=Decimal(500))
    assert (back.status, money_of(account).available) == (ClaimStatus.PAID, free + 500)
    assert money_of(account).committed == 0


def test_a_contract_tells_what_is_due_and_what_of_it_nobody_has_claimed(
    shop: Shop,  # noqa: F811
    contract: Contract,
    client: Client,
) -> None:
    cashier = staff("秦岚", shop.firm.group, FINANCE, username="cashier")
    everybody = Contract.objects.all()
    with clock.at(clock.now() + timedelta(days=41)):
        assert late_contracts(everybody) == [contract.pk]
        money = money_with_claims(contract)
        assert (money.due, money.unclaimed) == (15_000, 15_000)
        claim = paid_on(shop, contract, 6_000)
        money = money_with_claims(contract)
        assert (money.due, money.unclaimed) == (15_000, 9_000)
        assert [(row.claimed, row.is_claimed) for row in money.instalments] == [(4_000, True), (2_000, False)]
        client.force_login(shop.buyer)
        page = client.get(contract.get_absolute_url()).content.decode()
        for words in ("截至今日应付未付", "¥15,000", "其中尚未报销", "¥9,000", "报销中 ¥2,000"):
            assert words in page
        expenses.pay_claim(claim=claim, actor=cashier)
        money = money_with_claims(contract)
        assert (money.due, money.unclaimed) == (9_000, 9_000)
        assert purchasing.follow_payments() == 1
        assert purchasing.follow_payments() == 0
        assert late_contracts(everybody) == [contract.pk]
    assert late_contracts(everybody) == []
