"""The books in the finance department's columns: the sums below are the figures of the page, whatever is asked for."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.listings import COLUMNS, ENTRIES, open_entries
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.selectors import money_of, slices_of
from yunchou.capabilities.ledger.states import STATES, Dimension
from yunchou.directory.organisation.positions import FINANCE
from yunchou.kernel.access.actions import install_default_grants
from yunchou.kernel.identity.models import Appointment, Position, Unit, User
from yunchou.kernel.sheets.listings import Format, write_listing

from .books import Books, make_books

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 8)


@pytest.fixture
def books() -> Books:
    """A year of every kind of posting, in two months, over two channels."""
    books = make_books()
    stand, adverts, reserve = books.lines
    order = books.order
    held = ledger.reserve(
        account=adverts, amount=Decimal("6000.10"), order=order(on=MAY), channel="douyin"
    ).hold
    bound = ledger.commit(hold=held, amount=Decimal("4000.10"), order=order(on=MAY), channel="wechat").hold
    paid = ledger.spend(
        hold=bound,
        amount=Decimal("1500.05"),
        order=order(on=date(2026, 6, 2), evidence="FP-1", reason="=1+1"),
    )
    ledger.spend(account=stand, amount=Decimal(300), order=order(on=MAY))
    ledger.refund(posting=paid.posting, amount=Decimal("0.05"), order=order(on=date(2026, 6, 9)))
    ledger.transfer(source=reserve, target=stand, amount=Decimal(500), order=order(on=MAY))
    ledger.fund(account=books.plan, amount=Decimal(50_000), order=order(on=MAY))
    return books


def person(unit: Unit, name: str) -> User:
    position, _made = Position.objects.get_or_create(code=FINANCE, defaults={"name": "财务"})
    install_default_grants()
    user = User.objects.create(username=name, name=name)
    Appointment.objects.create(user=user, unit=unit, position=position, valid_from=date(2020, 1, 1))
    return user


def sums(user: User, account: Account, **asked: str) -> dict[str, Decimal]:
    """What the last line of the file says, read back from CSV."""
    lines = open_entries(user, {"account": str(account.pk), **asked})
    with write_listing(ENTRIES, lines, Format.CSV) as file:
        *_body, last = list(csv.reader(StringIO(file.read().decode("utf-8-sig"))))
    by_key = dict(zip([column.key for column in COLUMNS], last, strict=True))
    return {state: Decimal(by_key[f"by_{state}"]) for state in STATES}


def test_the_sums_of_the_list_are_the_figures_of_the_page(books: Books) -> None:
    treasurer = person(books.group, "treasurer")
    for account in (books.unit.parent, books.unit, books.plan, books.campaign, *books.lines):
        assert account is not None
        money = money_of(account)
        assert sums(treasurer, account) == {state: getattr(money, state.value) for state in STATES}
    for dimension in (Dimension.CATEGORY, Dimension.CHANNEL, Dimension.MONTH, Dimension.QUARTER):
        for value, money in slices_of(books.unit, dimension).items():
            found = sums(treasurer, books.unit, **{dimension: value})
            used = STATES if dimension == Dimension.CATEGORY else STATES[2:]
            assert {s: found[s] for s in used} == {s: getattr(money, s.value) for s in used}, (
                dimension,
                value,
            )
    for state in STATES:
        money = money_of(books.campaign)
        assert sums(treasurer, books.campaign, state=state)[state] == getattr(money, state.value)
    assert sums(treasurer, books.unit, kind="refund")["spent"] == Decimal("-0.05")


def test_the_workbook_has_the_columns_of_finance_and_no_formula(books: Books) -> None:
    treasurer = person(books.group, "treasurer")
    lines = open_entries(treasurer, {"account": str(books.unit.pk)})
    with write_listing(ENTRIES, lines, Format.XLSX) as file:
        sheet = openpyxl.load_workbook(BytesIO(file.read())).active
    head, *body, last = list(sheet.iter_rows(values_only=True))
    assert head == tuple(str(column.label) for column in COLUMNS)
    assert len(body) == lines.count
    keys = [column.key for column in COLUMNS]
    rows = [dict(zip(keys, row, strict=True)) for row in body]
    spent = next(row for row in rows if row["by_spent"] == 1500.05)
    assert spent["number"].startswith("PZ-2026-")
    assert [spent[k] for k in ("unit", "plan", "campaign", "line", "category", "vouchers", "channel", "reason")] == [
        "华南区域 2026", "华南年度计划", "开学季·青春焕新计划", "B5 抖音同城投放", "渠道成本", "FP-1", "wechat", "=1+1",
    ]  # fmt: skip
    assert (spent["by_committed"], spent["by_spent"], spent["amount"]) == (-1500.05, 1500.05, 1500.05)
    assert round(dict(zip(keys, last, strict=True))["by_spent"], 2) == 1800


def test_who_may_take_which_books(books: Books, client: Client) -> None:
    other = Unit.objects.create(code="north", kind="region", name="华北区域", parent=books.group)
    region, elsewhere = person(books.region, "south-finance"), person(other, "north-finance")
    address = reverse("sheets:listing_take", args=["ledger.entries"])
    client.force_login(region)
    assert client.post(f"{address}?account={books.unit.pk}", {"form": "csv"}).status_code == 200
    assert books.unit.parent is not None
    assert client.post(f"{address}?account={books.unit.parent.pk}").status_code == 404
    client.force_login(elsewhere)
    for pk in (books.unit.pk, books.lines[0].pk, 0, "x"):
        assert client.post(f"{address}?account={pk}").status_code == 404
        assert client.post(f"{address}?account={pk}&state=spent&supplier=1").status_code == 404


def test_a_thousand_lines_ask_as_much_as_one(books: Books) -> None:
    treasurer = person(books.group, "treasurer")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            list(open_entries(treasurer, {"account": str(books.unit.pk)}).rows)
        return len(asked)

    queries()
    before = queries()
    for _n in range(20):
        ledger.spend(account=books.lines[1], amount=Decimal(1), order=books.order(on=MAY))
    assert queries() == before
