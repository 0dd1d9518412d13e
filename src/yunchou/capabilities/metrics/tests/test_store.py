"""The table of the dashboard and the readings behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from yunchou.capabilities.metrics.actions import Point, record_readings
from yunchou.capabilities.metrics.models import Batch, Kind, Reading, Series, Source
from yunchou.capabilities.metrics.stores import STORE
from yunchou.capabilities.metrics.tables import DASHBOARD, SeriesRow
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.identity.tests.factories import make_unit
from yunchou.kernel.sheets.editor import save_row
from yunchou.kernel.sheets.layout import Part, write_part
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.values import Context, Figure
from yunchou.kernel.subjects.models import Subject

from . import toy

D = Decimal


@pytest.mark.req("DSH-01", whole=True)
def test_the_sheet_of_the_example_comes_back_cell_for_cell(subject: Subject) -> None:
    part = toy.example_part()
    STORE.save(subject, part.rows)
    loaded = STORE.load(subject)
    assert loaded == part.rows
    again = write_part(Part(DASHBOARD, loaded, None, part.frame), Context(year=2024))
    assert again == write_part(part, Context(year=2024))
    assert len(DASHBOARD.columns) == 9


@pytest.mark.req("DSH-07")
def test_figures_of_a_workbook_are_readings_with_source_and_time(
    subject: Subject, series: dict[str, Series]
) -> None:
    found = Reading.objects.filter(series=series["现场留资量"]).order_by("kind")
    assert [(r.kind, r.value, r.day) for r in found] == [
        ("cumulative", D(280), date(2024, 8, 2)),
        ("daily", D(65), date(2024, 8, 2)),
    ]
    assert {r.batch.source for r in found} == {Source.WORKBOOK}
    assert series["线索转化率"].kind == Kind.RATE
    assert series["曝光量"].figure("cumulative") == Figure(D(3_500_000))


def test_saving_the_same_rows_again_reads_nothing_new(subject: Subject, series: dict[str, Series]) -> None:
    before = Reading.objects.count()
    STORE.save(subject, STORE.load(subject))
    assert Reading.objects.count() == before == 10
    assert Batch.objects.count() == 1


def test_a_cell_changed_on_a_page_is_a_reading_of_today(subject: Subject, firm: Firm) -> None:
    series = toy.load_example(subject)
    kept = workbook().find("dashboard")
    assert kept is not None
    with clock.at("2024-08-03T10:00"):
        save_row(
            subject=subject, kept=kept, pk=series["转发量"].pk, cells={"cumulative": "2000"}, actor=firm.owner
        )
    newest = Reading.objects.filter(series=series["转发量"]).first()
    assert newest is not None
    assert (newest.value, newest.day, newest.batch.source) == (D(2000), date(2024, 8, 3), Source.PAGE)
    assert newest.batch.taken_by == firm.owner


def test_an_indicator_with_readings_from_elsewhere_stays(subject: Subject, firm: Firm) -> None:
    series = toy.load_example(subject)
    point = Point("社群", "转发量", date(2024, 8, 2), D(360))
    record_readings(subject=subject, points=[point], actor=firm.owner, source=Source.API, key="1")
    with pytest.raises(WrongState):
        STORE.delete_row(subject, series["转发量"].pk)
    with pytest.raises(WrongState):
        STORE.save(subject, [row for row in STORE.load(subject) if row.indicator != "转发量"])
    STORE.delete_row(subject, series["曝光量"].pk)
    assert Series.objects.filter(subject=subject).count() == 4


@pytest.mark.req("RPT-07")
def test_readings_are_only_ever_added(series: dict[str, Series]) -> None:
    reading = Reading.objects.first()
    assert reading is not None
    reading.value = D(1)
    for change in (
        reading.save,
        reading.delete,
        Reading.objects.all().delete,
        lambda: Reading.objects.update(value=1),
        lambda: Reading.objects.bulk_update([reading], ["value"]),
    ):
        with pytest.raises(TypeError):
            change()


FIGURES = st.none() | st.builds(
    Figure,
    value=st.decimals(0, 10**9, places=2).map(lambda value: value.normalize()),
    unit=st.sampled_from(["", "%", "人", "条"]),
    comparator=st.sampled_from(["", ">=", "<="]),
    label=st.sampled_from(["", "阅读量"]),
    change=st.sampled_from(["", "up"]),
)
ROWS = st.lists(
    st.builds(
        SeriesRow,
        channel=st.text("抖音社群", min_size=1, max_size=5),
        indicator=st.text("留资量率", min_size=1, max_size=5),
        today=FIGURES,
        cumulative=FIGURES,
        target=FIGURES,
        attainment=FIGURES,
        cause=st.text("原因", max_size=8),
    ),
    max_size=4,
)


class RoundTrip(TestCase):
    """Whatever figures a table holds, they come back, first and after a change."""

    @given(ROWS, ROWS)
    @settings(max_examples=20)
    def test_rows_come_back(self, first: list[Any], second: list[Any]) -> None:
        subject = toy.make_subject(make_unit())
        STORE.save(subject, first)
        assert STORE.load(subject) == tuple(first)
        kept = STORE.load(subject)
        changed = [replace(new, pk=old.pk) for new, old in zip(second, kept, strict=False)]
        STORE.save(subject, changed)
        assert STORE.load(subject) == tuple(changed)
