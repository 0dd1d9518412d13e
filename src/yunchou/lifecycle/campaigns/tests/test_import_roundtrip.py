"""Export then import gives an equal campaign, whatever its thirteen tables hold: a property over saved campaigns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.sheets.dossier import Dossier
from yunchou.kernel.sheets.layout import Part
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.table import Row, Table
from yunchou.kernel.sheets.tests.test_columns import values_of
from yunchou.kernel.sheets.values import TEAM, Context, Person
from yunchou.kernel.sheets.xlsx import read_workbook
from yunchou.lifecycle.campaigns import imports
from yunchou.lifecycle.campaigns.models import Audience, Campaign, Kind
from yunchou.lifecycle.campaigns.selectors import dossier_of
from yunchou.lifecycle.campaigns.tables import OVERVIEW, Category, OverviewRow

from . import example_workbook as example

START, END = date(2024, 7, 15), date(2024, 8, 10)
REQUIRED = {
    "name": "活动",
    "item": "礼品",
    "category": "物料成本",
    "amount": Decimal(1),
    "day": date(2024, 8, 1),
}


def _values(column: Any, people: tuple[Person, ...]) -> st.SearchStrategy[Any]:
    """What a column can hold: people of the company or names, and something where something is required."""
    if column.widget == "person":
        return st.none() | st.sampled_from(people)
    if column.widget == "people":
        return st.lists(st.sampled_from(people), max_size=2, unique=True).map(tuple)
    if isinstance(column, Category):
        return st.sampled_from(["", *Audience.values])
    found = values_of(column)
    if not column.required:
        return found
    return found.map(lambda value: REQUIRED.get(column.key, "某事") if value == column.empty else value)


@st.composite
def parts(draw: Any, table: Table[Any], people: tuple[Person, ...]) -> Part[Any]:
    """A table with up to three rows, and a stated total where it has one."""
    if table is OVERVIEW:
        return Part(table, (_overview(draw, people),))
    most = 1 if table.layout == "pairs" else 3
    rows = [_row(draw, table, people) for _n in range(draw(st.integers(0, most)))]
    stated = draw(st.none() | st.decimals(1, 10**6, places=2)) if table.footer else None
    return Part(table, tuple(rows), table.row(amount=stated) if stated else None)


def _row(draw: Any, table: Table[Any], people: tuple[Person, ...]) -> Row:
    row: Row = table.row(
        **{column.key: draw(_values(column, people)) for column in table.columns},
        extra=draw(
            st.dictionaries(st.sampled_from(["区域", "编号"]), st.sampled_from(["甲", 7]), max_size=1)
        ),
    )
    return row


def _overview(draw: Any, people: tuple[Person, ...]) -> OverviewRow:
    fixed = {
        "name": "生成的活动",
        "kind": draw(st.sampled_from(list(Kind))),
        "start_on": START,
        "end_on": END,
    }
    drawn = {c.key: draw(_values(c, people)) for c in OVERVIEW.columns if c.key not in fixed}
    people_count = drawn["expected_people"]
    drawn["expected_people"] = None if people_count is None else Decimal(int(people_count) % 10**6)
    return OverviewRow(**fixed, **drawn)


@st.composite
def dossiers(draw: Any, tables: tuple[Table[Any], ...], people: tuple[Person, ...]) -> Dossier:
    """A campaign in all of its tables."""
    return Dossier(tuple(draw(parts(table, people)) for table in tables))


def _saved(firm: Firm, dossier: Dossier) -> Campaign:
    """A campaign that people filled in on pages: it came from no workbook."""
    [row] = dossier.rows(OverviewRow)
    campaign = imports.create_campaign(
        name=row.name, kind=str(row.kind), unit=firm.department(), owner=firm.owner, actor=firm.owner, start_on=START, end_on=END
    )  # fmt: skip
    workbook().save(campaign.subject, dossier, actor=firm.owner)
    return Campaign.objects.select_related("subject__unit").get(pk=campaign.pk)


def _told(dossier: Dossier) -> list[tuple[str, str, str, str]]:
    """Every value of every table, one a line, so that a difference is seen at once."""
    tables = dossier.snapshot()["tables"]
    return [
        (key, f"{part} {n}", column, repr(value))
        for key, table in sorted(tables.items())
        for part in ("rows", "footer")
        for n, row in enumerate(table.get("rows", ()) if part == "rows" else [table.get("footer", {})])
        for column, value in sorted(row.items())
    ]


@pytest.mark.req("GEN-08")
@pytest.mark.django_db
def test_export_then_import_gives_an_equal_campaign() -> None:
    firm = company()
    people = (
        Person(firm.owner.name, firm.owner.pk),
        Person(firm.colleague.name, firm.colleague.pk),
        Person("某某"),
        TEAM,
    )

    @settings(max_examples=max(settings.default.max_examples // 6, 4))  # type: ignore[union-attr]
    @given(dossier=dossiers(workbook().tables, people))
    def holds(dossier: Dossier) -> None:
        with transaction.atomic():
            first = _saved(firm, dossier)
            kept = dossier_of(first)
            assert _told(kept) == _told(dossier)
            data = imports.workbook_of(first)
            run = imports.hand_in_workbook(
                upload=ContentFile(data, "活动.xlsx"), unit=firm.department(), actor=firm.owner
            )
            second = imports.create_from_workbook(run=run, actor=firm.owner)
            assert _told(dossier_of(second)) == _told(kept)
            assert read_workbook(imports.workbook_of(second)) == read_workbook(data)
            transaction.set_rollback(True)

    holds()


@pytest.mark.req("GEN-08")
@pytest.mark.django_db
@given(data=st.data())
def test_dossier_survives_the_workbook(data: Any) -> None:
    people = (Person("张晨"), Person("某某"), TEAM)
    dossier = data.draw(dossiers(example.TABLES, people))
    ctx = Context(year=START.year, start=START, end=END)
    sheets = read_workbook(workbook().export(dossier, ctx))
    assert _told(example.read(sheets).dossier) == _told(dossier)
