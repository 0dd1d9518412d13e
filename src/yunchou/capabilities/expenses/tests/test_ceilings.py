"""A claim past a ceiling: the special review is its way out, and what it grants passes the ceilings it was asked for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from yunchou.capabilities.expenses import actions
from yunchou.capabilities.expenses.models import Claim, Status
from yunchou.capabilities.expenses.rules import beyond_budget_is_reviewed
from yunchou.capabilities.expenses.selectors import claim_facts
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Entry
from yunchou.capabilities.ledger.states import Dimension, Effect, Kind, Slice
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.directory.organisation.positions import MANAGEMENT
from yunchou.directory.suppliers.tests.factories import make_supplier
from yunchou.kernel.approvals.actions import approve
from yunchou.kernel.core.errors import RuleRefused

from .stage import ADVERTS, GIFTS, POSTERS, Stage, put, voucher, waiting, write

pytestmark = pytest.mark.django_db
MATERIALS = Slice(Dimension.CATEGORY, "物料成本")


def proved() -> list[object]:
    return [*balances_are_their_entries(), *holds_are_what_was_not_used()]


def ceiling(stage: Stage, limit: int, cut: Slice = MATERIALS, **effects: Effect) -> None:
    ledger.set_ceiling(
        account=stage.plan, limit=Decimal(limit), cut=cut, reason="控制", actor=stage.finance, **effects
    )


@pytest.mark.rule("R-BUD-06")
@pytest.mark.rule("R-BUD-05")
def test_what_passes_a_ceiling_goes_to_the_special_review_and_is_then_paid(stage: Stage) -> None:
    ceiling(stage, 100)
    claim = stage.sent((POSTERS, "print", 400), (GIFTS, "gifts", 50), (ADVERTS, "advertising", 60))
    extras = {line.name[:2]: (line.extra, len(line.passes)) for line in claim.lines.all()}
    assert extras == {"线下": (300, 1), "定制": (50, 1), "抖音": (0, 0)}
    assert (stage.money(POSTERS).reserved, stage.money(GIFTS).reserved) == (100, 0)
    failures = beyond_budget_is_reviewed.failures(claim_facts(claim))
    assert [one.values["beyond"] for one in failures] == ["300.00", "50.00"]
    assert "物料成本" in str(failures[0].reason)
    # Somebody else is granted money past the same ceiling meanwhile.
    stage.paid((POSTERS, "print", 30))
    seats = []
    while task := waiting(claim):
        seats.append(task.assignee)
        approve(task=task, actor=task.assignee)
    assert seats[-1] == stage.firm.people[MANAGEMENT]
    # There was money enough: nothing had to be brought in, the ceiling alone was passed.
    assert not Entry.objects.filter(posting__kind=Kind.EXTRA).exists()
    claim = actions.pay_claim(claim=Claim.objects.get(pk=claim.pk), actor=stage.cashier)
    assert (claim.status, stage.money(POSTERS).spent, stage.money(GIFTS).spent) == (Status.PAID, 430, 50)
    with pytest.raises(RuleRefused):
        ledger.reserve(
            account=stage.line(POSTERS).account,  # type: ignore[arg-type]
            amount=Decimal(1),
            order=ledger.Order(actor=stage.finance),
        )
    assert proved() == []


def test_a_ceiling_on_expenses_alone_is_met_when_the_claim_is_sent(stage: Stage) -> None:
    ceiling(stage, 100, at_reserve=Effect.ALLOW, at_commit=Effect.ALLOW)
    claim = stage.sent((POSTERS, "print", 400))
    assert claim.lines.get().extra == 300
    claim = stage.decided(claim)
    assert actions.pay_claim(claim=claim, actor=stage.cashier).status == Status.PAID


def test_a_ceiling_that_warns_sends_nobody_to_the_review(stage: Stage) -> None:
    ceiling(stage, 100, at_reserve=Effect.WARN, at_commit=Effect.WARN, at_spend=Effect.WARN)
    assert stage.paid((POSTERS, "print", 400)).lines.get().extra == 0


def test_money_of_a_contract_past_a_ceiling_is_reviewed_and_stays_where_it_is_bound(stage: Stage) -> None:
    supplier = make_supplier(stage.firm.east, stage.firm.owner)
    account = stage.line(POSTERS).account
    assert account is not None
    order = ledger.Order(actor=stage.firm.owner, evidence="HT-1")
    hold = ledger.commit(account=account, amount=Decimal(800), supplier=supplier.pk, order=order).hold
    ceiling(stage, 100, at_reserve=Effect.ALLOW, at_commit=Effect.ALLOW)
    claim = actions.start_claim(actor=stage.claimant, activity=stage.activity, payee_supplier=supplier)
    write(claim)
    put(stage, claim, POSTERS, "print", 800, commitment=hold)
    voucher(claim, 800)
    claim = stage.decided(actions.submit_claim(claim=claim, actor=stage.claimant))
    line = claim.lines.get()
    assert (line.extra, line.hold, stage.money(POSTERS).committed) == (700, None, 800)
    assert actions.pay_claim(claim=claim, actor=stage.cashier).status == Status.PAID
    assert (stage.money(POSTERS).spent, stage.money(POSTERS).available) == (800, 200)
    assert proved() == []
