"""A claim from the first word to the payment: who may, what is refused at which field, and where every yuan stands."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from yunchou.capabilities.budgets.stores import LINES
from yunchou.capabilities.expenses import actions
from yunchou.capabilities.expenses.models import Booking, Claim, ClaimLine, Status, Voucher
from yunchou.capabilities.expenses.rules import beyond_budget_is_reviewed
from yunchou.capabilities.expenses.selectors import claim_content, claim_facts, may_pay
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Entry, Hold, Posting
from yunchou.capabilities.ledger.selectors import account_of, money_of
from yunchou.capabilities.ledger.states import OWN, Kind
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.directory.organisation.positions import FINANCE, MANAGEMENT
from yunchou.directory.suppliers.tests.factories import make_supplier, paper
from yunchou.kernel.approvals.actions import approve, reject, return_case
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, Refused, RuleRefused, WrongState
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.actions import open_subject

from .stage import ADVERTS, GIFTS, POSTERS, TODAY, Stage, put, voucher, waiting, write

pytestmark = pytest.mark.django_db


def proved() -> list[object]:
    return [*balances_are_their_entries(), *holds_are_what_was_not_used()]


@pytest.mark.req("BUD-18")
@pytest.mark.req("BUD-21", whole=True)
@pytest.mark.rule("R-BUD-07", whole=True)
def test_an_incomplete_claim_is_refused_naming_every_missing_part_at_its_field(stage: Stage) -> None:
    claim = actions.start_claim(actor=stage.claimant, activity=stage.activity)
    with pytest.raises(RuleRefused) as refused:
        actions.submit_claim(claim=claim, actor=stage.claimant)
    missing = {"background", "purpose", "participants", "effect", "lines", "vouchers"}
    assert set(refused.value.fields) == missing
    assert {verdict.rule_id for verdict in refused.value.verdicts} == {"R-BUD-07"}
    assert "Participants" in str(refused.value.fields["participants"])
    write(claim)
    put(stage, claim, POSTERS, "print", 400)
    voucher(claim, 400)
    for name in ("background", "purpose", "participants", "effect"):
        before = getattr(Claim.objects.get(pk=claim.pk), name)
        actions.write_texts(claim=claim, texts=actions.Texts(**{name: "   "}), actor=stage.claimant)
        with pytest.raises(RuleRefused) as refused:
            actions.submit_claim(claim=claim, actor=stage.claimant)
        assert set(refused.value.fields) == {name}
        actions.write_texts(claim=claim, texts=actions.Texts(**{name: before}), actor=stage.claimant)
    assert actions.submit_claim(claim=claim, actor=stage.claimant).status == Status.IN_APPROVAL


def test_a_claim_goes_the_whole_way_and_the_books_follow(stage: Stage) -> None:
    claim = stage.claim((POSTERS, "print", "400.10"), (ADVERTS, "advertising", 9000))
    assert claim.code == "BX-2026-0001"
    claim = actions.submit_claim(claim=claim, actor=stage.claimant)
    assert (stage.money(POSTERS).reserved, stage.money(ADVERTS).reserved) == (Decimal("400.10"), 9000)
    seats = []
    while task := waiting(claim):
        seats.append(task.assignee)
        approve(task=task, actor=task.assignee)
    assert seats == [stage.firm.approver, stage.finance]
    claim.refresh_from_db()
    assert claim.status == Status.APPROVED
    paid = actions.pay_claim(claim=claim, actor=stage.cashier, on=TODAY - timedelta(days=5), note="网银")
    assert (paid.status, paid.paid_by, paid.paid_on) == (Status.PAID, stage.cashier, date(2026, 8, 15))
    assert (stage.money(POSTERS).spent, stage.money(POSTERS).reserved) == (Decimal("400.10"), 0)
    assert [stage.line(name).actual for name in (POSTERS, ADVERTS)] == [Decimal("400.10"), 9000]
    spends = Posting.objects.filter(kind=Kind.SPEND)
    numbers = ", ".join(claim.vouchers.values_list("number", flat=True))
    assert {(one.evidence, one.document_id, one.subject_id) for one in spends} == {
        (numbers, claim.pk, stage.activity.pk)
    }
    kinds = set(JournalEntry.objects.filter(subject=claim.pk).values_list("kind", flat=True))
    assert {"expenses.submitted", "expenses.approved", "expenses.paid"} <= kinds
    assert Notification.objects.filter(kind="expenses.paid", user=stage.claimant).count() == 1
    assert proved() == []


def test_what_was_sent_is_free_again_when_it_comes_back(stage: Stage) -> None:
    ways: list[Any] = [
        (return_case, Status.RETURNED),
        (lambda task, actor, opinion: actions.withdraw_claim(claim=claim, actor=stage.claimant), Status.WITHDRAWN),
        (reject, Status.REJECTED),
    ]  # fmt: skip
    claim = stage.claim((POSTERS, "print", 400), number="FP-77")
    for way, state in ways:
        actions.submit_claim(claim=claim, actor=stage.claimant)
        assert stage.money(POSTERS).reserved == 400
        task = waiting(claim)
        assert task is not None
        way(task=task, actor=task.assignee, opinion="凭证不清晰")
        claim.refresh_from_db()
        assert (claim.status, stage.money(POSTERS).available) == (state, 1000)
    again = actions.start_claim(actor=stage.claimant, activity=stage.activity)
    assert voucher(again, 400, number="FP-77").claim == again
    with pytest.raises(WrongState):
        actions.submit_claim(claim=claim, actor=stage.claimant)
    gone = actions.discard_claim(claim=again, actor=stage.claimant, reason="重复")
    assert (gone.status, voucher(stage.claim(), 400, number="FP-77").is_void) == (Status.DISCARDED, False)
    assert proved() == []


@pytest.mark.req("BUD-12")
@pytest.mark.req("BUD-20")
def test_nothing_is_booked_before_the_budget_is_approved_or_without_a_bearer(stage: Stage) -> None:
    planned = open_subject(
        kind="budgettoy", unit=stage.firm.department(), title="未批活动", address="/", actor=stage.firm.owner
    )
    with pytest.raises(WrongState) as refused:
        actions.start_claim(actor=stage.claimant, activity=planned)
    assert "not approved" in str(refused.value.fields["activity"])
    with pytest.raises(Invalid) as nowhere:
        actions.start_claim(actor=stage.claimant)
    assert set(nowhere.value.fields) == {"activity", "unit"}
    with pytest.raises(NotAllowed):
        actions.start_claim(actor=stage.firm.outsider, activity=stage.activity)
    with pytest.raises(NotAllowed):
        actions.start_claim(actor=stage.claimant, unit=stage.firm.south)
    assert Claim.objects.count() == 0


@pytest.mark.rule("R-BUD-12", whole=True)
@pytest.mark.req("BUD-20", whole=True)
def test_the_same_voucher_is_refused_however_it_is_typed(stage: Stage) -> None:
    first = stage.claim((POSTERS, "print", 400), number="FP-2026-0081")
    mine = actions.start_claim(actor=stage.claimant, activity=stage.activity)
    for number, payee in (
        ("FP-2026-0081", "广州图文快印"),
        ("fp-2026-0081", " 广州 图文快印 "),
        ("ＦＰ－２０２６－００８１", "广州图文快印"),
        ("FP—2026—0081", "广州图文\u200b快印"),
    ):
        with pytest.raises(RuleRefused) as refused:
            voucher(mine, "400.0", number=number, payee=payee)
        assert refused.value.verdicts[0].rule_id == "R-BUD-12"
        assert first.code in str(refused.value.fields["number"])
        assert stage.claimant.name in str(refused.value.fields["number"])
    theirs = actions.start_claim(
        actor=stage.firm.people["sales_manager"], unit=stage.firm.department("east", "sales")
    )
    with pytest.raises(RuleRefused) as hidden:
        voucher(theirs, 400, number="FP-2026-0081")
    assert first.code not in str(hidden.value.fields["number"])
    assert "may not see" in str(hidden.value.fields["number"])
    # Another amount or payee is another voucher, and a voucher may be typed anew in its own claim.
    assert voucher(mine, "400.01", number="FP-2026-0081")
    assert voucher(mine, 400, number="FP-2026-0081", payee="深圳图文快印")
    own = first.vouchers.get()
    again = actions.Paper("receipt", "fp 2026-0081".replace(" ", "-"), "广州图文快印", Decimal(400), TODAY)
    assert actions.put_voucher(claim=first, paper=again, actor=stage.claimant, voucher=own).kind == "receipt"
    assert Voucher.objects.count() == 3


@pytest.mark.once
def test_bad_input_is_refused_at_its_field_and_nothing_is_written(stage: Stage) -> None:
    claim = actions.start_claim(actor=stage.claimant, activity=stage.activity)
    for amount in ("0", "-1", "0.001", "1000000000000", "NaN"):
        for act in (lambda a: put(stage, claim, POSTERS, "print", a), lambda a: voucher(claim, a)):
            with pytest.raises(Invalid) as refused:
                act(amount)
            assert set(refused.value.fields) == {"amount"}, amount
    cases: list[tuple[Any, str]] = [
        (lambda: put(stage, claim, POSTERS, "nothing", 1), "cost_item"),
        (lambda: put(stage, claim, POSTERS, "advertising", 1), "cost_item"),
        (lambda: voucher(claim, 1, number="　"), "payee"),
        (lambda: voucher(claim, 1, issued_on=TODAY + timedelta(days=1)), "issued_on"),
        (lambda: voucher(claim, 1, issued_on=None), "issued_on"),
        (lambda: voucher(claim, 1, issued_on=date(2020, 1, 1)), "issued_on"),
        (lambda: voucher(claim, 1, kind="cheque"), "kind"),
    ]
    for act, field in cases:
        with pytest.raises(Invalid) as refused:
            act() if field != "payee" else voucher(claim, 1, payee=" ")
        assert set(refused.value.fields) == {field}
    with pytest.raises(Invalid) as refused:
        actions.write_texts(
            claim=claim,
            texts=actions.Texts(),
            actor=stage.claimant,
            stated_total=Decimal(-5),
            states_total=True,
        )
    assert set(refused.value.fields) == {"stated_total"}
    assert (ClaimLine.objects.count(), Voucher.objects.count()) == (0, 0)


def test_a_typed_total_and_vouchers_that_differ_are_refused_with_the_difference(stage: Stage) -> None:
    claim = stage.claim((POSTERS, "print", 400), (GIFTS, "gifts", 1500))
    claim.vouchers.filter(amount=1500).delete()
    voucher(claim, "1400.50")
    actions.write_texts(
        claim=claim,
        texts=actions.Texts(),
        actor=stage.claimant,
        stated_total=Decimal(2000),
        states_total=True,
    )
    with pytest.raises(RuleRefused) as refused:
        actions.submit_claim(claim=claim, actor=stage.claimant)
    assert "99.50" in str(refused.value.fields["vouchers"])
    assert "100.00" in str(refused.value.fields["stated_total"])
    assert stage.money(GIFTS).reserved == 0


@pytest.mark.req("BUD-22", whole=True)
@pytest.mark.rule("R-BUD-06", whole=True)
@pytest.mark.vector("X-05")
def test_beyond_the_budget_goes_to_the_special_review_and_is_not_paid_before(stage: Stage) -> None:
    stage.paid((POSTERS, "print", 700))
    claim = stage.sent((POSTERS, "print", 500))
    line = claim.lines.get()
    assert (line.extra, stage.money(POSTERS).reserved) == (200, 300)
    [failure] = beyond_budget_is_reviewed.failures(claim_facts(claim))
    assert failure.values["beyond"] == "200.00"
    with pytest.raises(WrongState):
        actions.pay_claim(claim=claim, actor=stage.cashier)
    # Even a state forged past the flow does not pay what nobody reviewed.
    Claim.objects.filter(pk=claim.pk).update(status=Status.APPROVED)
    with pytest.raises(RuleRefused) as refused:
        actions.pay_claim(claim=claim, actor=stage.cashier)
    assert refused.value.verdicts[0].rule_id == "R-BUD-06"
    Claim.objects.filter(pk=claim.pk).update(status=Status.IN_APPROVAL)

    seats = []
    while task := waiting(claim):
        seats.append(task.assignee)
        approve(task=task, actor=task.assignee)
    assert seats == [stage.firm.approver, stage.finance, stage.firm.people[MANAGEMENT]]
    assert "R-BUD-06" in {reason.rule for reason in Case.objects.get(subject=claim.pk).as_reasons()}
    [extra] = Entry.objects.filter(posting__kind=Kind.EXTRA)
    assert (extra.amount, extra.source, extra.posting.document_id) == (200, stage.plan, claim.pk)
    claim = actions.pay_claim(claim=Claim.objects.get(pk=claim.pk), actor=stage.cashier)
    assert (claim.status, stage.money(POSTERS).spent, stage.line(POSTERS).actual) == ("paid", 1200, 1200)

    # Where nothing above has it, it comes from outside the books, and is told as such.
    left = money_of(stage.plan, OWN).available
    ledger.transfer(
        source=stage.plan, target=account_of(f"line:{stage.line(GIFTS).pk}"), amount=left,
        order=ledger.Order(actor=stage.finance),
    )  # type: ignore[arg-type]  # fmt: skip
    stage.paid((POSTERS, "print", 50))
    outside = Entry.objects.filter(posting__kind=Kind.EXTRA).order_by("-pk")[0]
    assert (outside.amount, outside.source) == (50, None)
    assert proved() == []


def test_who_claims_or_decides_does_not_pay(stage: Stage) -> None:
    claim = stage.approved()
    for actor in (stage.claimant, stage.finance, stage.firm.approver, stage.firm.outsider):
        with pytest.raises(NotAllowed):
            actions.pay_claim(claim=claim, actor=actor)
    assert (may_pay(claim, stage.cashier), may_pay(claim, stage.finance)) == (True, False)
    own = stage.claim(actor=stage.firm.owner)
    actions.set_payee(claim=own, actor=stage.firm.owner, person=stage.cashier)
    own = stage.decided(actions.submit_claim(claim=own, actor=stage.firm.owner))
    with pytest.raises(NotAllowed, match="paid"):
        actions.pay_claim(claim=own, actor=stage.cashier)
    with pytest.raises(NotAllowed, match=stage.claimant.name):
        actions.put_line(
            claim=stage.claim(), budget_line=stage.line(POSTERS), cost_item="print", amount=Decimal(1),
            actor=stage.firm.owner,
        )  # fmt: skip


def test_a_closed_month_and_a_day_to_come_are_refused_and_the_claim_stays_payable(stage: Stage) -> None:
    claim = stage.approved()
    ledger.close_month(
        account=ledger.open_unit(unit=stage.firm.east, year=2026), month="2026-07", actor=stage.finance
    )
    for day in (date(2026, 7, 31), TODAY + timedelta(days=1)):
        with pytest.raises(Refused) as refused:
            actions.pay_claim(claim=claim, actor=stage.cashier, on=day)
        assert set(refused.value.fields) == {"on"}
    claim.refresh_from_db()
    assert (claim.status, Booking.objects.count()) == (Status.APPROVED, 0)
    assert actions.pay_claim(claim=claim, actor=stage.cashier).status == Status.PAID


def test_a_payment_is_taken_back_in_parts_or_whole(stage: Stage) -> None:
    claim = stage.paid((POSTERS, "print", 400), (GIFTS, "gifts", 600), number="FP-900")
    with pytest.raises(Invalid) as refused:
        actions.reverse_claim(claim=claim, actor=stage.cashier, reason=" ")
    assert set(refused.value.fields) == {"reason"}
    with pytest.raises(Invalid, match=r"1,000\.00.*0\.01"):
        actions.reverse_claim(claim=claim, actor=stage.cashier, reason="退货", amount=Decimal("1000.01"))
    part = actions.reverse_claim(claim=claim, actor=stage.cashier, reason="退货", amount=Decimal(650))
    assert (part.status, stage.money(GIFTS).spent, stage.money(POSTERS).spent) == (Status.PAID, 0, 350)
    assert stage.line(POSTERS).actual == 350
    whole = actions.reverse_claim(claim=claim, actor=stage.cashier, reason="发票作废")
    assert (whole.status, stage.money(POSTERS).spent) == (Status.REVERSED, 0)
    assert Posting.objects.filter(kind=Kind.REFUND, document=claim.pk).count() == 3
    assert voucher(stage.claim(), 400, number="FP-900")
    with pytest.raises(Refused):
        actions.reverse_claim(claim=claim, actor=stage.cashier, reason="再退")
    assert proved() == []


def test_a_contract_is_paid_out_of_what_it_has_bound(stage: Stage) -> None:
    account = account_of(f"line:{stage.line(GIFTS).pk}")
    assert account is not None
    supplier = make_supplier(stage.firm.east, stage.firm.owner)
    contract = ledger.commit(
        account=account, amount=Decimal(10_500), order=ledger.Order(actor=stage.finance, reason="礼品合同"),
        supplier=supplier.pk,
    ).hold  # fmt: skip
    claim = actions.start_claim(actor=stage.claimant, activity=stage.activity, payee_supplier=supplier)
    write(claim)
    with pytest.raises(Invalid, match=r"0\.01 too much") as refused:
        put(stage, claim, GIFTS, "gifts", "10500.01", commitment=contract)
    assert set(refused.value.fields) == {"amount"}
    with pytest.raises(Invalid) as other:
        put(stage, claim, POSTERS, "print", 100, commitment=contract)
    assert set(other.value.fields) == {"commitment"}
    put(stage, claim, GIFTS, "gifts", 7000, commitment=contract)
    voucher(claim, 7000)
    actions.submit_claim(claim=claim, actor=stage.claimant)
    assert (stage.money(GIFTS).reserved, stage.money(GIFTS).committed) == (0, 10_500)
    second = actions.start_claim(actor=stage.claimant, activity=stage.activity, payee_supplier=supplier)
    write(second)
    put(stage, second, GIFTS, "gifts", 4000, commitment=contract)
    voucher(second, 4000)
    with pytest.raises(WrongState, match=r"500\.00 too much"):
        actions.submit_claim(claim=second, actor=stage.claimant)
    actions.pay_claim(claim=stage.decided(claim), actor=stage.cashier)
    assert (stage.money(GIFTS).spent, Hold.objects.get(pk=contract.pk).open) == (7000, 3500)
    assert Entry.objects.get(posting__kind=Kind.SPEND).supplier_id == supplier.pk
    assert proved() == []


def test_a_cost_centre_bears_what_belongs_to_no_activity(stage: Stage) -> None:
    unit = stage.firm.department()
    books = ledger.open_unit(unit=unit, year=2026)
    ledger.fund(account=books, amount=Decimal(500), into="available", order=ledger.Order(actor=stage.finance))  # type: ignore[arg-type]
    claim = actions.start_claim(actor=stage.claimant, unit=unit)
    write(claim)
    actions.put_line(claim=claim, cost_item="training", amount=Decimal(300), actor=stage.claimant)
    actions.put_line(claim=claim, cost_item="travel", amount=Decimal(250), actor=stage.claimant)
    voucher(claim, 600)
    claim = actions.submit_claim(claim=claim, actor=stage.claimant)
    assert sorted(line.extra for line in claim.lines.all()) == [0, 50]
    assert money_of(books).reserved == 500
    actions.pay_claim(claim=stage.decided(claim), actor=stage.cashier)
    assert money_of(books).spent == 550
    assert proved() == []


def test_a_line_does_not_go_while_a_claim_holds_its_money(stage: Stage) -> None:
    claim = stage.sent((POSTERS, "print", 400))
    line = stage.line(POSTERS)
    with pytest.raises(WrongState):
        LINES.delete_row(stage.activity, line.pk)
    with pytest.raises(WrongState, match=claim.code):
        line.delete()
    # Rewritten in a change that nobody has approved: the claim is decided on as the line was approved.
    sent = claim_content(claim.subject)
    line.item, line.category = "户外大屏", "渠道成本"
    line.save()
    assert claim_content(claim.subject) == sent
    actions.withdraw_claim(claim=claim, actor=stage.claimant)
    line.delete()
    kept = ClaimLine.objects.get(claim=claim)
    assert (kept.line, kept.name.startswith(POSTERS)) == (None, True)
    with pytest.raises(RuleRefused) as refused:
        actions.submit_claim(claim=claim, actor=stage.claimant)
    assert "no longer in the budget" in str(refused.value.fields["lines"])


def test_a_voucher_has_its_picture_and_a_new_number_follows(stage: Stage) -> None:
    claim = stage.claim()
    picture = actions.keep_picture(claim=claim, upload=paper("票.pdf"), actor=stage.claimant)
    kept = claim.vouchers.get()
    told = actions.Paper("invoice", kept.number, kept.payee, kept.amount, TODAY)
    kept = actions.put_voucher(
        claim=claim, paper=told, actor=stage.claimant, attachment=picture, voucher=kept
    )
    assert kept.attachment == picture
    actions.remove_voucher(voucher=kept, actor=stage.claimant)
    assert not claim.vouchers.exists()
    with clock.at("2027-01-05T09:00"):
        ledger.open_unit(unit=stage.firm.east, year=2027)
        assert stage.claim().code == "BX-2027-0001"
    assert stage.firm.people[FINANCE] == stage.finance
