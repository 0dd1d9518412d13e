"""To whom the money goes, who may send it there, and how an approval is taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.expenses import actions
from yunchou.capabilities.expenses.models import Claim, Status
from yunchou.capabilities.expenses.selectors import claim_content
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.commitments import sum_of, wanted_of
from yunchou.capabilities.ledger.models import Account, Entry, Hold, Posting
from yunchou.capabilities.ledger.selectors import account_of, money_of
from yunchou.capabilities.ledger.states import OWN, Kind, State
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.directory.organisation.positions import FINANCE
from yunchou.directory.organisation.tests.factories import staff
from yunchou.directory.suppliers.actions import block_supplier
from yunchou.directory.suppliers.models import Supplier
from yunchou.directory.suppliers.tests.factories import confirmed, make_supplier
from yunchou.kernel.approvals.actions import approve
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification

from .stage import GIFTS, POSTERS, Stage, put, voucher, waiting, write

pytestmark = pytest.mark.django_db
ACCOUNT = "6222020200112233445"


def proved() -> list[object]:
    return [*balances_are_their_entries(), *holds_are_what_was_not_used()]


def bound(stage: Stage, supplier: Supplier, amount: int, name: str = POSTERS) -> Hold:
    """Money of a line that a contract with the supplier binds."""
    account = stage.line(name).account
    assert account is not None
    order = ledger.Order(actor=stage.firm.owner, evidence="HT-1")
    return ledger.commit(account=account, amount=Decimal(amount), supplier=supplier.pk, order=order).hold


@pytest.fixture
def printer(stage: Stage) -> Supplier:
    known = make_supplier(stage.firm.east, stage.firm.owner, account=ACCOUNT, bank_name="工行")
    return confirmed(known, stage.finance)


@pytest.mark.rule("R-BUD-08")
def test_money_of_a_contract_goes_to_its_supplier_alone(stage: Stage, printer: Supplier) -> None:
    hold = bound(stage, printer, 800)
    mine = actions.start_claim(actor=stage.claimant, activity=stage.activity)
    with pytest.raises(Invalid, match=printer.name) as refused:
        put(stage, mine, POSTERS, "print", 800, commitment=hold)
    assert set(refused.value.fields) == {"commitment"}
    claim = actions.start_claim(actor=stage.claimant, activity=stage.activity, payee_supplier=printer)
    write(claim)
    put(stage, claim, POSTERS, "print", 800, commitment=hold)
    voucher(claim, 800)
    other = make_supplier(stage.firm.east, stage.firm.owner)
    for payee in ({"person": stage.claimant}, {"supplier": other}):
        with pytest.raises(Invalid) as refused:
            actions.set_payee(claim=claim, actor=stage.claimant, **payee)
        assert set(refused.value.fields) == {"payee_supplier"}
    # A payee that got there another way is neither sent nor paid.
    Claim.objects.filter(pk=claim.pk).update(payee_supplier=other)
    with pytest.raises(Invalid) as refused:
        actions.submit_claim(claim=claim, actor=stage.claimant)
    assert set(refused.value.fields) == {"payee"}
    Claim.objects.filter(pk=claim.pk).update(payee_supplier=printer)
    claim = stage.decided(actions.submit_claim(claim=claim, actor=stage.claimant))
    Claim.objects.filter(pk=claim.pk).update(payee_supplier=other)
    with pytest.raises(Invalid):
        actions.pay_claim(claim=claim, actor=stage.cashier)
    # The one it was merged into is the same one.
    Supplier.objects.filter(pk=printer.pk).update(merged_into=other)
    assert actions.pay_claim(claim=claim, actor=stage.cashier).status == Status.PAID
    assert Hold.objects.get(pk=hold.pk).open == 0
    assert proved() == []


def test_a_blocked_supplier_is_neither_sent_nor_paid_where_no_contract_was_made(
    stage: Stage, printer: Supplier
) -> None:
    hold = bound(stage, printer, 300, GIFTS)
    claim = stage.claim((POSTERS, "print", 400))
    actions.set_payee(claim=claim, actor=stage.claimant, supplier=printer)
    agreed = actions.start_claim(actor=stage.claimant, activity=stage.activity, payee_supplier=printer)
    write(agreed)
    put(stage, agreed, GIFTS, "gifts", 300, commitment=hold)
    voucher(agreed, 300)
    approved = stage.claim((POSTERS, "print", 100))
    actions.set_payee(claim=approved, actor=stage.claimant, supplier=printer)
    approved = stage.decided(actions.submit_claim(claim=approved, actor=stage.claimant))
    block_supplier(supplier=printer, reason="围标", actor=stage.firm.owner)
    with pytest.raises(Invalid, match="围标") as refused:
        actions.submit_claim(claim=Claim.objects.get(pk=claim.pk), actor=stage.claimant)
    assert set(refused.value.fields) == {"payee"}
    with pytest.raises(Invalid, match="围标"):
        actions.pay_claim(claim=approved, actor=stage.cashier)
    # What was agreed before goes on.
    done = stage.decided(actions.submit_claim(claim=agreed, actor=stage.claimant))
    assert actions.pay_claim(claim=done, actor=stage.cashier).status == Status.PAID


def test_the_contingency_is_drawn_on_and_not_claimed(stage: Stage) -> None:
    claim = actions.start_claim(actor=stage.claimant, activity=stage.activity)
    with pytest.raises(Invalid, match="contingenc") as refused:
        put(stage, claim, "应急备用金", "catering", 3000)
    assert set(refused.value.fields) == {"budget_line"}
    # Called otherwise in a change that nobody approved, it is still what was approved.
    BudgetLine.objects.filter(pk=stage.line("应急备用金").pk).update(item="杂项", category="渠道成本")
    with pytest.raises(Invalid):
        put(stage, claim, "杂项", "advertising", 3000)
    assert stage.money("杂项").used == 0


@pytest.mark.rule("R-APR-15")
def test_whoever_answers_for_the_line_does_not_decide_on_its_claim(stage: Stage) -> None:
    BudgetLine.objects.filter(pk=stage.line(POSTERS).pk).update(owner=stage.firm.approver)
    claim = stage.sent((POSTERS, "print", 400))
    task = waiting(claim)
    assert task is None or task.assignee != stage.firm.approver


def test_the_books_name_the_claim_and_say_nothing_of_what_it_tells(stage: Stage, client: Client) -> None:
    claim = stage.paid((POSTERS, "print", 400))
    actions.reverse_claim(claim=claim, actor=stage.cashier, reason="客人王某退席", amount=Decimal(100))
    back = stage.sent((POSTERS, "print", 100))
    actions.withdraw_claim(claim=back, actor=stage.claimant)
    told = set(Posting.objects.filter(document__in=[claim.pk, back.pk]).values_list("reason", flat=True))
    assert told == {claim.code, back.code}
    client.force_login(stage.firm.people["sales_manager"])
    assert client.get(claim.get_absolute_url()).status_code == 404
    page = client.get(f"/money/{stage.line(POSTERS).account_id}/")
    assert page.status_code == 200
    assert claim.purpose not in page.content.decode()


def test_the_journal_names_no_payee(stage: Stage) -> None:
    claim = stage.paid((POSTERS, "print", 400))
    entries = JournalEntry.objects.filter(
        subject=claim.pk, kind__in=("expenses.paid", "expenses.voucher_put")
    )
    assert entries.count() == 2
    for entry in entries:
        assert "payee" not in entry.data
        assert stage.claimant.name not in str(entry.sentence)


def test_an_approval_is_taken_back_and_everything_is_free_again(stage: Stage) -> None:
    stage.paid((POSTERS, "print", 900))
    free = money_of(stage.plan, OWN).available
    claim = stage.approved((POSTERS, "print", 400))
    assert money_of(stage.plan, OWN).available == free - 300
    with pytest.raises(Invalid) as refused:
        actions.revoke_approval(claim=claim, reason=" ", actor=stage.cashier)
    assert set(refused.value.fields) == {"reason"}
    for actor in (stage.claimant, stage.firm.approver):
        with pytest.raises(NotAllowed):
            actions.revoke_approval(claim=claim, reason="收款人有误", actor=actor)
    claim = actions.revoke_approval(claim=claim, reason="收款人有误", actor=stage.cashier)
    assert (claim.status, claim.approved_at) == (Status.RETURNED, None)
    assert (stage.money(POSTERS).available, stage.money(POSTERS).reserved) == (100, 0)
    # What the special review had brought in is where it came from.
    assert money_of(stage.plan, OWN).available == free
    assert [line.extra for line in claim.lines.all()] == [0]
    told = JournalEntry.objects.get(kind="expenses.revoked", subject=claim.pk)
    assert told.data["note"] == "收款人有误"
    assert "收款人有误" in str(Notification.objects.filter(user=stage.claimant).latest("pk"))
    with pytest.raises(WrongState):
        actions.revoke_approval(claim=claim, reason="再退", actor=stage.cashier)
    again = stage.decided(actions.submit_claim(claim=claim, actor=stage.claimant))
    paid = actions.pay_claim(claim=again, actor=stage.cashier)
    assert (paid.status, stage.money(POSTERS).spent) == (Status.PAID, 1300)
    # A payment that is taken back whole gives back what was granted for it.
    actions.reverse_claim(claim=paid, actor=stage.cashier, reason="退货")
    assert (stage.money(POSTERS).available, money_of(stage.plan, OWN).available) == (100, free)
    assert proved() == []


def test_the_revoking_dialog_asks_for_a_reason_and_leads_back(stage: Stage, client: Client) -> None:
    claim = stage.approved((POSTERS, "print", 400))
    address = reverse("expenses:claim_revoke", args=[claim.pk])
    client.force_login(stage.cashier)
    assert address in client.get(claim.get_absolute_url()).content.decode()
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "账户销户"}).status_code == 302
    assert Claim.objects.get(pk=claim.pk).status == Status.RETURNED
    client.force_login(stage.claimant)
    assert client.get(address).status_code == 403


def test_what_claims_under_way_want_of_a_contract_is_told(stage: Stage, printer: Supplier) -> None:
    hold = bound(stage, printer, 800)
    for amount in (300, 200):
        claim = actions.start_claim(actor=stage.claimant, activity=stage.activity, payee_supplier=printer)
        write(claim)
        put(stage, claim, POSTERS, "print", amount, commitment=hold)
        voucher(claim, amount)
        actions.submit_claim(claim=claim, actor=stage.claimant)
    wishes = wanted_of([hold.pk])[hold.pk]
    assert (sum_of(wishes), len({one.code for one in wishes})) == (500, 2)
    actions.withdraw_claim(claim=claim, actor=stage.claimant)
    assert sum_of(wanted_of([hold.pk])[hold.pk]) == 300


def test_a_payment_out_of_a_contract_that_comes_back_is_bound_by_it_again(
    stage: Stage, printer: Supplier
) -> None:
    hold = bound(stage, printer, 800)
    claim = actions.start_claim(actor=stage.claimant, activity=stage.activity, payee_supplier=printer)
    write(claim)
    put(stage, claim, POSTERS, "print", 800, commitment=hold)
    voucher(claim, 800)
    claim = actions.pay_claim(
        claim=stage.decided(actions.submit_claim(claim=claim, actor=stage.claimant)), actor=stage.cashier
    )
    actions.reverse_claim(claim=claim, actor=stage.cashier, reason="账号错误")
    hold.refresh_from_db()
    assert (hold.open, stage.money(POSTERS).committed, stage.money(POSTERS).available) == (800, 800, 200)
    again = actions.start_claim(actor=stage.claimant, activity=stage.activity, payee_supplier=printer)
    assert put(stage, again, POSTERS, "print", 800, commitment=hold).pk
    assert proved() == []


def test_a_refund_reaches_the_books_after_the_activity_was_cancelled(stage: Stage) -> None:
    claim = stage.paid((POSTERS, "print", 400))
    campaign = account_of(f"campaign:{stage.activity.pk}")
    assert campaign is not None
    ledger.cancel(account=campaign, to=stage.plan, order=ledger.Order(actor=stage.firm.owner))
    before = money_of(stage.plan, OWN).available
    actions.reverse_claim(claim=claim, actor=stage.cashier, reason="供应商退款")
    # It goes where the rest of the activity's money went.
    assert money_of(stage.plan, OWN).available == before + 400
    assert money_of(campaign).spent == 0
    assert proved() == []


def test_whoever_wrote_down_an_account_does_not_pay_to_it(stage: Stage) -> None:
    mine = make_supplier(stage.firm.east, stage.cashier, account=ACCOUNT, bank_name="工行")
    claim = stage.claim((POSTERS, "print", 400))
    actions.set_payee(claim=claim, actor=stage.claimant, supplier=mine)
    sent = claim_content(claim.subject)
    assert (sent["payee_key"], sent["payee_account"]) == (mine.pk, mine.account_digest)
    claim = stage.decided(actions.submit_claim(claim=Claim.objects.get(pk=claim.pk), actor=stage.claimant))
    # Nobody else has looked at it, and once somebody has, its writer does not pay to it all the same.
    with pytest.raises(Invalid, match="3445") as refused:
        actions.pay_claim(claim=claim, actor=stage.cashier)
    assert set(refused.value.fields) == {"payee"}
    confirmed(mine, stage.finance)
    with pytest.raises(NotAllowed, match="account"):
        actions.pay_claim(claim=claim, actor=stage.cashier)
    assert stage.money(POSTERS).spent == 0
    other = staff("钱多多", stage.firm.group, FINANCE, username="second_cashier")
    assert actions.pay_claim(claim=claim, actor=other).status == Status.PAID


def test_another_account_is_another_claim(stage: Stage, printer: Supplier) -> None:
    claim = stage.claim((POSTERS, "print", 400))
    actions.set_payee(claim=claim, actor=stage.claimant, supplier=printer)
    claim = actions.submit_claim(claim=Claim.objects.get(pk=claim.pk), actor=stage.claimant)
    task = waiting(claim)
    assert task is not None
    Supplier.objects.filter(pk=printer.pk).update(account_digest="another")
    with pytest.raises(WrongState):
        approve(task=task, actor=task.assignee)


def test_what_is_paid_shows_the_account_masked_and_keeps_it(
    stage: Stage, printer: Supplier, client: Client
) -> None:
    claim = stage.claim((POSTERS, "print", 400))
    actions.set_payee(claim=claim, actor=stage.claimant, supplier=printer)
    claim = stage.decided(actions.submit_claim(claim=Claim.objects.get(pk=claim.pk), actor=stage.claimant))
    client.force_login(stage.cashier)
    page = client.get(reverse("expenses:claim_pay", args=[claim.pk])).content.decode()
    assert "工行 •••• 3445" in page
    assert stage.firm.owner.name in page
    assert ACCOUNT not in page
    assert stage.finance.name in page
    assert actions.pay_claim(claim=claim, actor=stage.cashier).paid_to == "工行 •••• 3445"


def test_the_page_of_a_supplier_tells_of_its_claims(stage: Stage, printer: Supplier, client: Client) -> None:
    claim = stage.claim((POSTERS, "print", 400))
    actions.set_payee(claim=claim, actor=stage.claimant, supplier=printer)
    client.force_login(stage.claimant)
    page = client.get(printer.get_absolute_url())
    assert page.status_code == 200
    assert claim.code in page.content.decode()


def test_a_claim_of_many_lines_is_sent_and_paid_by_as_many_statements_as_one(stage: Stage) -> None:
    counts = []
    for lines in (1, 1, 6):
        claim = stage.claim(*[(POSTERS, "print", 10 + n) for n in range(lines)])
        with CaptureQueriesContext(connection) as sending:
            actions.submit_claim(claim=claim, actor=stage.claimant)
        claim = stage.decided(claim)
        with CaptureQueriesContext(connection) as paying:
            actions.pay_claim(claim=claim, actor=stage.cashier)
        counts.append((len(sending), len(paying)))
    assert counts[1] == counts[2]
    spent = Posting.objects.get(kind=Kind.SPEND, document=claim.pk)
    assert Entry.objects.filter(posting=spent).count() == 6
    assert stage.money(POSTERS).spent == 20 + 75
    actions.reverse_claim(claim=claim, actor=stage.cashier, reason="退", amount=Decimal(20))
    assert stage.line(POSTERS).actual == 75
    assert proved() == []


def test_a_cost_centre_pays_out_of_its_own_contracts_alone(stage: Stage, printer: Supplier) -> None:
    elsewhere = bound(stage, printer, 300)
    unit = stage.firm.department()
    claim = actions.start_claim(actor=stage.claimant, unit=unit, payee_supplier=printer)
    given = {"claim": claim, "cost_item": "print", "amount": Decimal(300), "actor": stage.claimant}
    with pytest.raises(Invalid) as refused:
        actions.put_line(**given, commitment=elsewhere)
    assert set(refused.value.fields) == {"commitment"}
    books = ledger.open_unit(unit=unit, year=2026)
    order = ledger.Order(actor=stage.finance)
    ledger.fund(account=books, amount=Decimal(500), into=State.AVAILABLE, order=order)
    own = ledger.commit(account=books, amount=Decimal(300), supplier=printer.pk, order=order).hold
    assert actions.put_line(**given, commitment=own).commitment == own
    assert Account.objects.get(pk=books.pk).kind == Account.Kind.UNIT


@pytest.mark.rule("R-BUD-10")
def test_a_large_amount_for_a_supplier_comes_out_of_a_contract(stage: Stage, printer: Supplier) -> None:
    account = stage.line(POSTERS).account
    assert account is not None
    more = Decimal(200_000)
    ledger.fund(account=account, amount=more, into=State.AVAILABLE, order=ledger.Order(actor=stage.finance))

    def claimed(amount: int) -> Claim:
        claim = stage.claim((POSTERS, "print", amount))
        actions.set_payee(claim=claim, actor=stage.claimant, supplier=printer)
        return actions.submit_claim(claim=Claim.objects.get(pk=claim.pk), actor=stage.claimant)

    with pytest.raises(RuleRefused) as refused:
        claimed(100_000)
    assert refused.value.verdicts[0].rule_id == "K-CLM-05"
    assert set(refused.value.fields) == {"lines"}
    assert claimed(60_000).status == Status.IN_APPROVAL
    with pytest.raises(RuleRefused):
        claimed(40_000)
    assert claimed(39_999).status == Status.IN_APPROVAL
    hold = bound(stage, printer, 90_000)
    claim = actions.start_claim(actor=stage.claimant, activity=stage.activity, payee_supplier=printer)
    write(claim)
    put(stage, claim, POSTERS, "print", 90_000, commitment=hold)
    voucher(claim, 90_000)
    assert actions.submit_claim(claim=claim, actor=stage.claimant).status == Status.IN_APPROVAL


def test_a_changed_case_goes_on_only_with_a_complete_claim(stage: Stage) -> None:
    claim = stage.sent((POSTERS, "print", 400))
    case = waiting(claim)
    assert case is not None
    assert case.step is not None
    Claim.objects.filter(pk=claim.pk).update(purpose="")
    with pytest.raises(RuleRefused) as refused:
        actions.claim_amended(claim.subject, case.step.case, stage.claimant)
    assert refused.value.verdicts[0].rule_id == "R-BUD-07"
    assert stage.money(POSTERS).reserved == 400
