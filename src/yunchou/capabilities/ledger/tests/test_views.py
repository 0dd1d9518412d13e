"""The books on pages: who sees them, what they say, ceilings and months."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Ceiling
from yunchou.capabilities.ledger.selectors.pages import picture_of
from yunchou.capabilities.ledger.states import Dimension
from yunchou.directory.organisation.positions import FINANCE
from yunchou.kernel.access.actions import install_default_grants
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Appointment, Position, User

from .books import Books, make_books

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def books() -> Books:
    return make_books(year=clock.today().year)


@pytest.fixture
def treasurer(books: Books) -> User:
    position, _made = Position.objects.get_or_create(code=FINANCE, defaults={"name": "财务"})
    install_default_grants()
    person = User.objects.create(username="treasurer", name="钱")
    Appointment.objects.create(user=person, unit=books.group, position=position, valid_from=date(2020, 1, 1))
    return person


def address(account, name: str = "account_detail") -> str:
    return reverse(f"ledger:{name}", args=[account.pk])


def test_the_books_open_at_the_top_and_lead_down_to_the_entries(books, treasurer, client: Client):
    line = books.lines[1]
    ledger.spend(
        account=line,
        amount=Decimal(9_600),
        channel="douyin",
        order=books.order(evidence="DY-0731", reason="首周"),
    )
    client.force_login(treasurer)
    assert client.get(reverse("ledger:account_list")).url == address(books.unit.parent)
    page = client.get(address(books.unit)).content.decode()
    for words in ("华南年度计划", "渠道成本", "douyin", "DY-0731", "9,600", "9.6%"):
        assert words in page
    narrowed = client.get(address(books.unit), {"category": "物料成本", "month": "wrong"}).content.decode()
    assert "DY-0731" not in narrowed
    assert (
        client.get(address(books.unit), {"kind": "spend", "channel": "douyin"})
        .content.decode()
        .count("DY-0731")
        == 1
    )


def test_the_books_are_not_for_strangers(books, client: Client):
    assert client.get(address(books.unit)).status_code == 302
    client.force_login(User.objects.create(username="stranger", name="客"))
    assert client.get(address(books.unit)).status_code == 404
    assert client.post(address(books.unit, "ceiling_edit")).status_code == 404


def test_a_ceiling_is_set_in_a_dialog_and_shown(books, treasurer, client: Client):
    client.force_login(treasurer)
    given = {"cut": "category:随便", "limit": "-1", "at_reserve": "warn", "at_commit": "block",
             "at_spend": "block", "reason": "控制"}  # fmt: skip
    refused = client.post(address(books.unit, "ceiling_edit"), given)
    assert refused.status_code == 422
    assert {"cut", "limit"} <= set(refused.context["form"].errors)
    done = client.post(
        address(books.unit, "ceiling_edit"), given | {"cut": "category:渠道成本", "limit": "15000"}
    )
    assert done.status_code == 302
    assert Ceiling.objects.get().limit == 15_000
    assert "15,000" in client.get(address(books.unit)).content.decode()


@pytest.mark.req("BUD-23")
def test_a_unit_shows_its_rates_its_months_and_what_is_to_be_expected(books, treasurer, client: Client):
    year = clock.today().year
    with clock.at(f"{year}-05-20T10:00"):
        for month, amount in ((1, 900), (2, 1_200), (3, 1_500), (4, 1_800), (5, 100)):
            order = books.order(on=date(year, month, 8), evidence=f"FP-{month}")
            ledger.spend(account=books.lines[1], amount=Decimal(amount), order=order)
        ledger.close_month(account=books.unit.parent, month=f"{year}-01", actor=treasurer)
        client.force_login(treasurer)
        page = client.get(address(books.unit))
        body = page.content.decode()
        months = page.context["months"]
        assert [one.spent for one in months[:6]] == [900, 1_200, 1_500, 1_800, 100, 0]
        assert [one.expected for one in months[3:6]] == [None, 1_500, 1_500]
        assert page.context["year_end"] == 5_400 + 8 * 1_500
        assert [one.state for one in months[:6]] == ["closed", "open", "open", "open", "open", "later"]
        assert "集团" in body[body.index('id="months"') :]
        charts = page.context["charts"]
        assert charts["months"]["series"][0]["values"][:6] == [900, 1200, 1500, 1800, 100, None]
        assert charts["running"]["target"]["value"] == 100_000
        assert charts["running"]["expected"]["values"][-1] == pytest.approx(100_000)
        assert charts["running"]["series"][1]["values"][-1] == 17_400
        assert body.count("data-chart=") == 2
        assert page.context["rates"][1]["rows"][0].name == "渠道成本"
        # Every figure leads to its entries.
        for query in ("state=spent", f"month={year}-03&state=spent", "category=渠道成本&state=spent"):
            shown = client.get(f"{address(books.unit)}?{query}").content.decode()
            assert "FP-3" in shown, query
            assert ("FP-4" in shown) is ("month" not in query)
        assert "FP-3" not in client.get(f"{address(books.unit)}?state=reserved").content.decode()
        assert f"?month={year}-03&amp;state=spent#entries" in body
        plan = client.get(address(books.plan)).content.decode()
        assert "data-chart" not in plan


def test_a_page_asks_the_same_whatever_is_below(books, treasurer, client: Client):
    client.force_login(treasurer)
    client.get(address(books.unit))
    with CaptureQueriesContext(connection) as few:
        client.get(address(books.unit))
    for number in range(2, 8):
        make_books(year=clock.today().year, number=number)
    with CaptureQueriesContext(connection) as many:
        client.get(address(books.unit))
    assert len(many) == len(few)
    assert len(few) <= 26, "\n".join(query["sql"][:150] for query in few)


@pytest.mark.req("BUD-23")
def test_categories_add_up_to_what_is_approved(books, treasurer, client: Client):
    picture = picture_of(books.unit)
    [cut] = [one for one in picture.cuts if one.dimension == Dimension.CATEGORY]
    assert cut.unassigned is not None
    assert sum((row.money for row in cut.rows), cut.unassigned).approved == picture.money.approved
    assert cut.whole is not None
    assert cut.whole.approved == picture.money.approved
    client.force_login(treasurer)
    assert "尚未编入预算明细" in client.get(address(books.unit)).content.decode()
    assert all(one.unassigned is None for one in picture_of(books.lines[1]).cuts)
