"""Whatever people do with money, the books stay sound: a machine of random verbs on a small tree."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account, Balance, Ceiling, Hold, Posting
from yunchou.capabilities.ledger.states import STATES, Dimension, Kind
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.kernel.core.errors import Refused

from .books import Books, make_books

STRESS = os.environ.get("YUNCHOU_STRESS") == "1"
AMOUNTS = st.integers(1, 1_200_000).map(lambda fen: Decimal(fen) / 100)
LIMIT = Decimal(9_000)


class Ledger(RuleBasedStateMachine):
    """Reserve, commit, spend, release, adjust, draw, transfer, reverse and cancel, in any order, with any amounts."""

    books: Books
    above: dict[int, int | None]

    @initialize()
    def begin(self) -> None:
        """Each run begins from the same books and leaves them as they were."""
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def teardown(self) -> None:
        """What is costly to prove is proved once, when all was done."""
        if hasattr(self, "atomic"):
            try:
                assert list(balances_are_their_entries()) == []
                assert list(holds_are_what_was_not_used()) == []
            finally:
                transaction.set_rollback(True)
                self.atomic.__exit__(None, None, None)

    @contextmanager
    def tried(self) -> Iterator[None]:
        """A refusal leaves every balance as it was; that the holds are so too, the proof at the end says."""
        try:
            yield
        except Refused:
            assert [(row.pk, *map(row.of, STATES)) for row in Balance.objects.order_by("pk")] == self.seen

    def line(self, n: int) -> Account:
        return Account.objects.get(pk=self.books.lines[n].pk)

    def hold(self, n: int) -> Hold | None:
        found = list(Hold.objects.filter(open__gt=0).select_related("account").order_by("pk"))
        return found[n % len(found)] if found else None

    @rule(n=st.integers(0, 2), amount=AMOUNTS, channel=st.sampled_from(["", "douyin"]))
    def reserve(self, n: int, amount: Decimal, channel: str) -> None:
        with self.tried():
            ledger.reserve(account=self.line(n), amount=amount, order=self.books.order(), channel=channel)

    @rule(n=st.integers(0, 9), line=st.integers(0, 2), amount=AMOUNTS, on_hold=st.booleans())
    def commit(self, n: int, line: int, amount: Decimal, on_hold: bool) -> None:
        source = {"hold": self.hold(n)} if on_hold and self.hold(n) else {"account": self.line(line)}
        with self.tried():
            ledger.commit(**source, amount=amount, order=self.books.order())  # type: ignore[arg-type]

    @rule(
        n=st.integers(0, 9),
        line=st.integers(0, 2),
        amount=AMOUNTS,
        on_hold=st.booleans(),
        month=st.integers(1, 12),
    )
    def spend(self, n: int, line: int, amount: Decimal, on_hold: bool, month: int) -> None:
        source = {"hold": self.hold(n)} if on_hold and self.hold(n) else {"account": self.line(line)}
        with self.tried():
            order = self.books.order(on=date(2026, month, 1))
            ledger.spend(**source, amount=amount, order=order, channel="douyin")  # type: ignore[arg-type]

    @rule(n=st.integers(0, 9), part=st.booleans())
    def release(self, n: int, part: bool) -> None:
        if hold := self.hold(n):
            with self.tried():
                ledger.release(hold=hold, amount=Decimal("0.01") if part else None, order=self.books.order())

    @rule(
        a=st.integers(0, 2),
        b=st.integers(0, 2),
        amount=AMOUNTS,
        kind=st.sampled_from([Kind.ADJUST, Kind.DRAW]),
    )
    def transfer(self, a: int, b: int, amount: Decimal, kind: Kind) -> None:
        with self.tried():
            ledger.transfer(
                source=self.line(a), target=self.line(b), amount=amount, kind=kind, order=self.books.order()
            )

    @rule(n=st.integers(0, 2), amount=AMOUNTS)
    def allot(self, n: int, amount: Decimal) -> None:
        with self.tried():
            share = ledger.Share(self.line(n), amount)
            ledger.allot(source=self.books.plan, shares=[share], order=self.books.order())

    @rule(n=st.integers(0, 9), amount=AMOUNTS)
    def refund(self, n: int, amount: Decimal) -> None:
        spent = list(Posting.objects.filter(kind=Kind.SPEND).order_by("pk"))
        if spent:
            with self.tried():
                ledger.refund(posting=spent[n % len(spent)], amount=amount, order=self.books.order())

    @rule(sure=st.integers(0, 9))
    def cancel(self, sure: int) -> None:
        if sure == 0:
            with self.tried():
                ledger.cancel(account=self.books.campaign, to=self.books.plan, order=self.books.order())

    @invariant()
    def nothing_is_negative_parts_add_up_and_the_ceiling_holds(self) -> None:
        rows = list(Balance.objects.order_by("pk"))
        self.seen = [(row.pk, *map(row.of, STATES)) for row in rows]
        whole = {row.account_id: row for row in rows if row.dimension == Dimension.ALL}
        own = {row.account_id: row for row in rows if row.dimension == Dimension.OWN}
        for pk, row in whole.items():
            children = [one for one in whole.values() if self.above[one.account_id] == pk]
            for state in STATES:
                assert row.of(state) >= 0
                kept = own[pk].of(state) if pk in own else 0
                assert not children or row.of(state) == kept + sum(child.of(state) for child in children)
        assert sum(whole[self.books.unit.pk].of(state) for state in STATES) == 100_000
        for row in rows:
            if (row.account_id, row.value) == (self.books.unit.pk, "douyin"):
                assert row.reserved + row.committed + row.spent <= LIMIT


@pytest.mark.django_db
@pytest.mark.req("BUD-14")
def test_whatever_is_posted_the_books_stay_sound() -> None:
    Ledger.books = books = make_books()
    Ledger.above = dict(Account.objects.values_list("pk", "parent_id"))
    Ceiling.objects.create(account=books.unit, limit=LIMIT, dimension=Dimension.CHANNEL, value="douyin")
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            # The guards are the same code everywhere; the daily runs on PostgreSQL are for its locks and types.
            max_examples=2000 if STRESS else 200 if connection.vendor == "sqlite" else 30,
            stateful_step_count=25 if STRESS else 9,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
