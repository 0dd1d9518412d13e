"""Two people at the same moment, in real threads: one payment, one voucher, one yuan."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection

from yunchou.capabilities.expenses import actions
from yunchou.capabilities.expenses.models import Booking, Claim, Status, Voucher
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.directory.organisation.positions import FINANCE
from yunchou.directory.organisation.tests.factories import staff
from yunchou.kernel.approvals.tests.races import together
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused, RuleRefused, WrongState
from yunchou.kernel.identity.models import User

from .stage import NOW, POSTERS, TODAY, Stage, make_stage

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time"),
]


@pytest.mark.rule("R-BUD-12")
def test_one_payment_one_voucher_and_one_reservation_win(scaled: Callable[[int, int], int]) -> None:
    """Each round: two payments of one claim, two claims of one voucher, two claims on the last yuan of a line."""
    with clock.at(NOW):
        stage = make_stage()
        second = staff("彭会计", stage.firm.group, FINANCE, username="cashier2")
        for number in range(scaled(3, 50)):
            _pay_twice(stage, second)
            _claim_one_voucher_twice(stage, f"FP-RACE-{number}")
            _send_two(stage)
        assert [*balances_are_their_entries(), *holds_are_what_was_not_used()] == []


def _pay_twice(stage: Stage, second: User) -> None:
    claim = stage.approved((POSTERS, "print", 10))
    before = stage.money(POSTERS).spent
    results = together(
        lambda: actions.pay_claim(claim=claim, actor=stage.cashier),
        lambda: actions.pay_claim(claim=claim, actor=second),
    )
    assert sorted(isinstance(one, WrongState) for one in results) == [False, True], results
    assert stage.money(POSTERS).spent == before + 10
    assert Booking.objects.filter(line__claim=claim).count() == 1


def _claim_one_voucher_twice(stage: Stage, number: str) -> None:
    one, two = (
        actions.start_claim(actor=person, activity=stage.activity)
        for person in (stage.claimant, stage.firm.owner)
    )

    def file(claim: Claim, typed: str) -> object:
        paper = actions.Paper("invoice", typed, "广州图文快印", Decimal(88), TODAY)
        return actions.put_voucher(claim=claim, paper=paper, actor=claim.claimant)

    results = together(lambda: file(one, number), lambda: file(two, number.lower().replace("-", "—")))
    assert sorted(isinstance(each, RuleRefused) for each in results) == [False, True], results
    assert Voucher.objects.filter(number__iregex=number.replace("-", ".")).count() == 1


def _send_two(stage: Stage) -> None:
    """Together they pass what the line has: what is held never does, and who comes second is beyond the budget."""
    left = stage.money(POSTERS).available
    claims = [stage.claim((POSTERS, "print", str(left - 1)), actor=person)
              for person in (stage.claimant, stage.firm.owner)]  # fmt: skip
    results = together(*(lambda c=c: actions.submit_claim(claim=c, actor=c.claimant) for c in claims))  # type: ignore[misc]
    assert not [one for one in results if isinstance(one, Refused)], results
    lines = [claim.lines.get() for claim in claims]
    assert sorted(line.extra for line in lines) == [0, left - 2]
    assert stage.money(POSTERS).available == 0
    for claim in claims:
        actions.withdraw_claim(claim=claim, actor=claim.claimant)
    assert Claim.objects.filter(pk__in=[c.pk for c in claims], status=Status.WITHDRAWN).count() == 2
