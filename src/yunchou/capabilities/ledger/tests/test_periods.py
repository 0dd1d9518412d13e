"""Ceilings that cannot be walked around: periods count what was taken in them, and a ceiling is of what there is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Ceiling
from yunchou.capabilities.ledger.selectors import slices_of
from yunchou.capabilities.ledger.states import Dimension, Slice
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.directory.suppliers.tests.factories import make_supplier
from yunchou.kernel.core.errors import Invalid, RuleRefused
from yunchou.kernel.identity.models import User

from .books import Books
from .test_posting import books, treasurer  # noqa: F401

pytestmark = pytest.mark.django_db
AUGUST, OCTOBER = date(2026, 8, 20), date(2026, 10, 10)
FOURTH = Slice(Dimension.QUARTER, "2026Q4")


def proved() -> list[object]:
    return [*balances_are_their_entries(), *holds_are_what_was_not_used()]


@pytest.mark.rule("R-BUD-05")
def test_what_is_released_or_comes_back_of_earlier_periods_makes_no_room(
    books: Books,  # noqa: F811
    treasurer: User,  # noqa: F811
) -> None:
    line = books.lines[1]
    parked = ledger.reserve(account=line, amount=Decimal(5_000), order=books.order(on=AUGUST)).hold
    spent = ledger.spend(account=line, amount=Decimal(3_000), order=books.order(on=AUGUST))
    ledger.set_ceiling(account=books.plan, limit=Decimal(1_000), cut=FOURTH, actor=treasurer)
    ledger.release(hold=parked, order=books.order(on=OCTOBER))
    ledger.refund(posting=spent.posting, amount=Decimal(2_000), order=books.order(on=OCTOBER))
    with pytest.raises(RuleRefused) as refused:
        ledger.reserve(account=line, amount=Decimal("1000.01"), order=books.order(on=OCTOBER))
    assert refused.value.verdicts[0].values["over"] == "0.01"
    ledger.reserve(account=line, amount=Decimal(1_000), order=books.order(on=OCTOBER))
    quarters = slices_of(books.unit, Dimension.QUARTER)
    assert (quarters["2026Q3"].reserved, quarters["2026Q4"].reserved) == (0, 1_000)
    # A refund of the quarter's own expense gives back what it took.
    assert proved() == []


def test_what_is_used_of_a_hold_leaves_the_period_of_the_hold(books: Books) -> None:  # noqa: F811
    line = books.lines[1]
    hold = ledger.reserve(account=line, amount=Decimal(5_000), order=books.order(on=AUGUST)).hold
    ledger.spend(hold=hold, amount=Decimal(2_000), order=books.order(on=OCTOBER))
    months = slices_of(books.unit, Dimension.MONTH)
    assert (months["2026-08"].reserved, months["2026-08"].spent) == (3_000, 0)
    assert (months["2026-10"].reserved, months["2026-10"].spent) == (0, 2_000)
    assert proved() == []


def test_money_that_comes_back_to_a_contract_is_bound_again_and_no_more_than_it_was(
    books: Books,  # noqa: F811
) -> None:
    order = books.order(on=AUGUST)
    bound = ledger.commit(account=books.lines[1], amount=Decimal(800), order=order).hold
    paid = ledger.spend(hold=bound, amount=Decimal(800), order=order)
    ledger.refund(entry=paid.entries[0], amount=Decimal(300), order=books.order(on=OCTOBER))
    bound.refresh_from_db()
    assert bound.open == 300
    again = ledger.spend(hold=bound, amount=Decimal(300), order=books.order(on=OCTOBER))
    ledger.refund(entry=again.entries[0], order=books.order(on=OCTOBER))
    bound.refresh_from_db()
    assert (bound.open, slices_of(books.unit, Dimension.MONTH)["2026-08"].committed) == (300, 300)
    assert proved() == []


@pytest.mark.req("BUD-14")
def test_a_ceiling_is_of_a_part_that_the_account_has(
    books: Books,  # noqa: F811
    treasurer: User,  # noqa: F811
) -> None:
    given = {"limit": Decimal(10), "actor": treasurer, "reason": "x"}
    for account, cut in (
        (books.unit, Slice(Dimension.CATEGORY, "物料成本 ")),
        (books.unit, Slice(Dimension.CATEGORY, "杂七杂八")),
        (books.unit, Slice(Dimension.SUPPLIER, "广州图文")),
        (books.unit, Slice(Dimension.SUPPLIER, "²")),
        (books.unit, Slice(Dimension.QUARTER, "2026Q5")),
        (books.unit, Slice(Dimension.MONTH, "2026-8")),
        (books.lines[0], Slice(Dimension.MONTH, "2026-08")),
        (books.lines[0], Slice(Dimension.CATEGORY, "物料成本")),
    ):
        with pytest.raises(Invalid) as refused:
            ledger.set_ceiling(account=account, cut=cut, **given)
        assert set(refused.value.fields) == {"cut"}, cut
    assert not Ceiling.objects.exists()
    assert ledger.set_ceiling(account=books.lines[0], **given)


def test_the_form_offers_what_there_is_and_names_suppliers(
    books: Books,  # noqa: F811
    treasurer: User,  # noqa: F811
    client: Client,
) -> None:
    client.force_login(treasurer)
    supplier = make_supplier(books.group, treasurer)
    address = f"/money/{books.unit.pk}/ceiling/"
    shown = client.get(address).content.decode()
    for part in ("category:渠道成本", "quarter:2026Q4", "month:2027-01", 'name="supplier"'):
        assert part in shown
    assert 'name="supplier"' not in client.get(f"/money/{books.lines[0].pk}/ceiling/").content.decode()
    given = {"limit": "10", "at_reserve": "block", "at_commit": "block", "at_spend": "block", "reason": "x"}
    for wrong in (
        {"cut": "supplier:广州图文"}, {"cut": "all:", "supplier": "广州图文"}, {"cut": "month:2026-08", "supplier": supplier.pk},
    ):  # fmt: skip
        assert client.post(address, given | wrong).status_code == 422
    assert client.post(address, given | {"cut": "all:", "supplier": supplier.pk}).status_code == 302
    assert Ceiling.objects.get().slice == Slice(Dimension.SUPPLIER, str(supplier.pk))
    assert supplier.name in client.get(f"/money/{books.unit.pk}/").content.decode()
