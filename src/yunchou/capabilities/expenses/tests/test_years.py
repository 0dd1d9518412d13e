"""Over New Year: what was given for one year is paid in the next, stands in its month, and closes with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.expenses import actions
from yunchou.capabilities.expenses.models import Claim, ExpenseReport, Status
from yunchou.capabilities.expenses.selectors import executed, summary_of
from yunchou.capabilities.expenses.selectors.reports import figures_of, moved_since, report_summary
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.selectors import money_of
from yunchou.capabilities.ledger.states import State
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.directory.organisation.positions import FINANCE
from yunchou.directory.organisation.tests.factories import staff
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState

from .stage import ADVERTS, POSTERS, Stage, voucher, write

pytestmark = pytest.mark.django_db
DECEMBER, JANUARY = "2026-12-30T10:00", "2027-01-05T10:00"


def centre_claim(stage: Stage, amount: int) -> Claim:
    claim = actions.start_claim(actor=stage.claimant, unit=stage.firm.department())
    write(claim)
    actions.put_line(claim=claim, amount=Decimal(amount), cost_item="travel", actor=stage.claimant)
    voucher(claim, amount, issued_on=date(2026, 12, 20))
    return actions.submit_claim(claim=claim, actor=stage.claimant)


@pytest.mark.req("BUD-19")
def test_a_january_payment_of_last_years_money_stands_in_january_and_closes_with_it(stage: Stage) -> None:
    stage.paid((POSTERS, "print", 100))
    with clock.at(DECEMBER):
        late = stage.approved((POSTERS, "print", 400))
        stage.paid((ADVERTS, "advertising", 50))
    with clock.at(JANUARY):
        books = ledger.open_unit(unit=stage.firm.east, year=2027)
        actions.pay_claim(claim=late, actor=stage.cashier)
        january = summary_of(stage.firm.east, "2027-01")
        assert (january.total, january.before) == (400, 50)
        assert summary_of(stage.firm.east, "2026-12").total == 50
        assert january.by_account == {f"line:{stage.line(POSTERS).pk}": 400}
        report = actions.open_report(unit=stage.firm.east, month="2027-01", actor=stage.finance)
        actions.write_note(
            report=report, account=f"line:{stage.line(POSTERS).pk}", text="跨年", actor=stage.finance
        )
        ledger.close_month(account=books, month="2027-01", actor=stage.finance)
    with clock.at("2027-02-05T10:00"):
        again = stage.approved((POSTERS, "print", 300))
        with pytest.raises(WrongState, match="2027-01") as refused:
            actions.pay_claim(claim=again, actor=stage.cashier, on=date(2027, 1, 31))
        assert set(refused.value.fields) == {"on"}
        assert actions.pay_claim(claim=again, actor=stage.cashier).status == Status.PAID


def test_money_of_a_year_is_not_spent_before_it(stage: Stage) -> None:
    claim = stage.approved((POSTERS, "print", 400))
    with pytest.raises(Invalid, match="2026") as refused:
        actions.pay_claim(claim=claim, actor=stage.cashier, on=date(2025, 12, 31))
    assert set(refused.value.fields) == {"on"}
    assert Claim.objects.get(pk=claim.pk).status == Status.APPROVED


def test_a_cost_centre_beyond_its_budget_is_approved_and_paid_over_new_year(stage: Stage) -> None:
    with clock.at(DECEMBER):
        claim = centre_claim(stage, 500)
        books = claim.lines.get().account
        assert books is not None
        assert (books.year, claim.lines.get().extra) == (2026, 500)
    with clock.at(JANUARY):
        claim = stage.decided(claim)
        assert actions.pay_claim(claim=claim, actor=stage.cashier).status == Status.PAID
        assert money_of(books).spent == 500
    assert [*balances_are_their_entries(), *holds_are_what_was_not_used()] == []


def test_verifying_finds_what_neither_a_claim_nor_a_voucher_stands_behind(stage: Stage) -> None:
    stage.paid((POSTERS, "print", 100))
    account = stage.line(ADVERTS).account
    assert account is not None
    with clock.at("2026-09-03T10:00"):
        report = actions.open_report(unit=stage.firm.east, month="2026-08", actor=stage.finance)
        actions.verify_month(report=report, actor=stage.finance)
        on = date(2026, 8, 31)
        with_paper = ledger.Order(actor=stage.finance, on=on, evidence="FP-1")
        ledger.spend(account=account, amount=Decimal(5), order=with_paper)
        actions.verify_month(report=report, actor=stage.finance)
        loose = ledger.spend(
            account=account, amount=Decimal(5), order=ledger.Order(actor=stage.finance, on=on)
        )
        with pytest.raises(WrongState, match=loose.posting.number):
            actions.verify_month(report=report, actor=stage.finance)


def test_money_that_moved_between_lines_is_seen_though_the_sum_is_the_same(stage: Stage) -> None:
    stage.paid((POSTERS, "print", 100), (ADVERTS, "advertising", 100))
    with clock.at("2026-09-03T10:00"):
        report = actions.open_report(unit=stage.firm.east, month="2026-08", actor=stage.finance)
        ExpenseReport.objects.filter(pk=report.pk).update(figures=figures_of(report_summary(report)))
        report.refresh_from_db()
        assert moved_since(report) is None
        figures = report.figures
        figures["accounts"] = [
            [key, str(Decimal(amount) + more)]
            for (key, amount), more in zip(figures["accounts"], (5, -5), strict=True)
        ]
        report.figures = figures
        moved = moved_since(report)
        assert moved is not None
        assert moved.amount == 0


@pytest.mark.req("BUD-24")
def test_an_analysis_has_the_figures_of_its_period_alone(stage: Stage) -> None:
    stage.paid((POSTERS, "print", 100))
    with clock.at("2026-10-10T10:00"):
        stage.paid((POSTERS, "print", 50))
    found = {period: executed(stage.firm.east, period) for period in ("2026Q3", "2026-08", "2026-10")}
    assert {period: one.spent for period, one in found.items()} == {
        "2026Q3": 100,
        "2026-08": 100,
        "2026-10": 50,
    }
    assert (found["2026Q3"].approved, found["2026-08"].approved) == (25_000, Decimal("8333.33"))


def test_a_note_is_written_on_accounts_of_the_report_alone(stage: Stage, client: Client) -> None:
    person = staff("区财务", stage.firm.south, FINANCE, username="southfin")
    with clock.at("2026-09-03T10:00"):
        ledger.open_unit(unit=stage.firm.south, year=2026)
        report = actions.open_report(unit=stage.firm.south, month="2026-08", actor=person)
        client.force_login(person)
        account = stage.line(POSTERS).account
        assert account is not None
        address = reverse("expenses:report_note", args=[report.pk])
        assert client.get(f"{address}?account={account.key}").status_code == 404
        own = Account.objects.get(key=f"unit:{stage.firm.south.pk}:2026")
        assert client.get(f"{address}?account={own.key}").status_code == 200


def test_held_money_counts_where_it_was_taken(stage: Stage) -> None:
    """A purchase of the cost centre that was sent in December is charged to the books of December."""
    unit = stage.firm.department()
    with clock.at(DECEMBER):
        books = ledger.open_unit(unit=unit, year=2026)
        order = ledger.Order(actor=stage.finance)
        ledger.fund(account=books, amount=Decimal(500), into=State.AVAILABLE, order=order)
        claim = centre_claim(stage, 300)
        assert claim.lines.get().account == books
    with clock.at(JANUARY):
        claim = actions.withdraw_claim(claim=claim, actor=stage.claimant)
        assert (claim.lines.get().account, money_of(books).available) == (None, 500)
        sent = actions.submit_claim(claim=claim, actor=stage.claimant)
        bears = sent.lines.get().account
        assert bears is not None
        assert bears.year == 2027
