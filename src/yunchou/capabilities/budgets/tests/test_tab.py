"""The lines in their categories and columns, and how a person chooses them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.budgets.actions import choose_columns, settle_budget
from yunchou.capabilities.budgets.chart import SUB_ITEMS, Category
from yunchou.capabilities.budgets.columns import DEFAULT, heads_for
from yunchou.capabilities.budgets.selectors import summary
from yunchou.capabilities.budgets.stores import LINES, load_totals
from yunchou.capabilities.budgets.tables import BUDGET, LineRow
from yunchou.capabilities.ledger.models import Account
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.sheets.dossier import Dossier, read_dossier, write_sheets
from yunchou.kernel.sheets.layout import Part
from yunchou.kernel.sheets.persons import context_for
from yunchou.kernel.sheets.raw import RawWorkbook
from yunchou.kernel.sheets.values import Person
from yunchou.kernel.subjects.models import Subject

from .toys import make_budget

pytestmark = pytest.mark.once
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def firm(db: None) -> Firm:
    return company()


@pytest.fixture
def toy(firm: Firm) -> Subject:
    return make_budget(firm.department(), firm.owner)


@pytest.mark.req("BUD-04", whole=True)
def test_lines_stand_in_four_categories_and_unknown_ones_with_the_others(toy, firm, client: Client):
    rows = [
        *LINES.load(toy),
        LineRow(category="杂费", item="神秘支出", amount=Decimal(300)),
        LineRow(category="", item="短视频拍摄", amount=Decimal(700)),
    ]
    LINES.save(toy, rows)
    found = summary(toy)
    assert [each.name for each in found.categories] == [category.value for category in Category]
    assert [each.amount for each in found.categories] == [17_000, 16_700, 28_000, 7_300]
    client.force_login(firm.owner)
    page = client.get(reverse("budgets:budget_detail", args=[toy.pk])).content.decode()
    order = [page.index(f"<td>{category.value}</td>") for category in Category]
    assert order == sorted(order)
    assert order[-1] < page.index("神秘支出")
    assert "原填类别：杂费" in page
    form = client.get(reverse("sheets:row_add", args=[toy.pk, "budget"])).content.decode()
    listed = [*Category.values, *(item for items in SUB_ITEMS.values() for item in items)]
    for word in listed:
        assert f'<option value="{word}">' in form
    for category, items in SUB_ITEMS.items():
        assert {LineRow(item=item).group for item in items} == {category.value}, category
    words = ("加班", "讲师", "印刷", "礼品", "样品", "素材", "投放", "平台", "分成", "场地", "物流", "备用金")
    assert all(any(word in item for item in listed) for word in words)


@pytest.mark.req("BUD-06", whole=True)
def test_the_seven_columns_stand_on_the_page_and_in_the_workbook(toy, firm, client: Client):
    """An amount may be a product of factors, which is kept and checked (R-BUD-01)."""
    person = Person(firm.colleague.name, firm.colleague.pk)
    rows = [
        replace(row, actual=Decimal(980), variance_note="批量采购优惠", owner=person, approver=person)
        if row.item_name == "线下展架"
        else row
        for row in LINES.load(toy)
    ]
    LINES.save(toy, rows)
    client.force_login(firm.owner)
    page = client.get(reverse("budgets:budget_detail", args=[toy.pk]) + "?view=variance").content.decode()
    for head in ("明细项目", "预算", "实际", "差异说明", "负责人", "审批人"):
        assert f">{head}</th>" in page
    for words in (
        "物料成本",
        "线下展架",
        "5个×200元/个",
        "980",
        "批量采购优惠",
        "-2.00%",
        firm.colleague.name,
    ):
        assert words in page.replace("−", "-")
    ctx = context_for(toy)
    sheets = write_sheets(Dossier((Part(BUDGET, LINES.load(toy), load_totals(toy)),)), ctx)
    again = read_dossier(sheets, [BUDGET], ctx).dossier.rows(LineRow)
    row = next(row for row in again if row.item_name == "线下展架")
    assert (row.category, row.amount, row.actual, row.variance_note) == (
        "物料成本",
        1_000,
        980,
        "批量采购优惠",
    )
    assert (row.owner, row.approver, row.factors) == (person, person, (5, 200))
    assert isinstance(sheets, RawWorkbook)
    headings = ("成本类别", "明细项目", "预算金额", "实际支出", "差异说明", "负责人", "审批人")
    assert tuple(column.header for column in BUDGET.columns) == headings


def test_columns_are_chosen_and_remembered(toy, firm, client: Client):
    settle_budget(subject=toy, source=None, year=2026, actor=firm.owner)
    assert Account.objects.filter(subject=toy).exists()
    client.force_login(firm.owner)
    tab = reverse("budgets:budget_detail", args=[toy.pk])
    assert [head.key for head in heads_for(firm.owner)] == list(DEFAULT)
    page = client.get(tab).content.decode()
    for head in ("预算", "批准", "冻结", "占用", "实际", "预计", "剩余", "差异", "负责人"):
        assert f">{head}</th>" in page
    address = reverse("budgets:columns_choose", args=[toy.pk])
    answer = client.post(address, {"columns": ["left", "planned", "evil"]}, **HTMX)
    assert answer.status_code == 422
    assert client.post(address, {"columns": ["left", "planned"]}, **HTMX).status_code == 204
    assert [head.key for head in heads_for(firm.owner)] == ["planned", "left"]
    table = client.get(
        reverse("sheets:table", args=[toy.pk, "budget"]) + "?group_by=category"
    ).content.decode()
    assert ">剩余</th>" in table
    assert ">占用</th>" not in table
    choose_columns(columns=[], actor=firm.owner)
    assert [head.key for head in heads_for(firm.owner)] == list(DEFAULT)
    assert heads_for(firm.colleague) == heads_for(firm.owner)
