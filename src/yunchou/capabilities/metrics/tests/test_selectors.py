"""What the dashboard shows, goal pace of many subjects, and the charts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from yunchou.capabilities.metrics.actions import Point, record_readings
from yunchou.capabilities.metrics.charts import charts_of, history_of
from yunchou.capabilities.metrics.models import Series, Source
from yunchou.capabilities.metrics.selectors import NO_READINGS, NO_TARGETS, dashboard, signals
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.signals import Level

from . import toy

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.mark.req("DSH-01")
@pytest.mark.req("DSH-04")
@pytest.mark.req("DSH-05")
def test_the_dashboard_at_the_moment_of_the_mockup(subject: Subject, series: dict[str, Series]) -> None:
    with translation.override("en"):
        shown = dashboard(subject, clock.now())
        rows = [
            (
                line.series.indicator,
                str(line.words),
                line.level,
                line.rule.id if line.rule else "",
                line.shown_expected,
                line.differs,
            )
            for line in shown.lines
        ]
    assert rows == [
        ("曝光量", "140%", Level.FINE, "", "2.5M", False),
        ("线索留资量", "85%", Level.FINE, "R-DSH-02", "1,000", False),
        ("转发量", "120%", Level.FINE, "", "1,500", True),
        ("现场留资量", "74.7%", Level.WATCH, "R-DSH-02", "375", True),
        ("线索转化率", "above the line", Level.FINE, "R-DSH-03", "≥10%", True),
    ]
    assert (shown.alarms, shown.differing) == (1, 3)
    assert [channel for channel, _lines in shown.by_channel] == ["抖音", "社群", "线下快闪店", "整体"]


@pytest.mark.req("DSH-01")
def test_goal_pace_names_the_slowest(subject: Subject, series: dict[str, Series]) -> None:
    signal = signals([subject.pk], clock.now())[subject.pk]
    assert signal.level == Level.WATCH
    with translation.override("en"):
        assert str(signal.value) == "74.7%"
        assert "现场留资量" in str(signal.part)
        assert str(signal.reason) == "280 / 500, due today 375; 4 others are fine"
    assert (signal.fraction, signal.expected) == (0.56, 0.75)
    ended = signals([subject.pk], clock.now() + timedelta(days=4))[subject.pk]
    assert ended.level == Level.ACT


def test_nothing_known_is_unknown(subject: Subject, firm: Firm) -> None:
    assert signals([subject.pk], clock.now()) == {subject.pk: NO_TARGETS}
    Series.objects.create(subject=subject, channel="抖音", indicator="曝光量", target={"value": "5"})
    assert signals([subject.pk], clock.now()) == {subject.pk: NO_READINGS}


def test_as_many_queries_for_one_as_for_many(
    firm: Firm, subject: Subject, series: dict[str, Series], django_assert_num_queries: Any
) -> None:
    others = [toy.make_subject(firm.department(), code=f"C{n}") for n in range(8)]
    for other in others:
        toy.load_example(other)
    with django_assert_num_queries(3):
        signals([subject.pk], clock.now())
    with django_assert_num_queries(3):
        found = signals([subject.pk, *(other.pk for other in others)], clock.now())
    assert len(found) == 9
    with django_assert_num_queries(4):
        dashboard(subject, clock.now())


@pytest.mark.req("DSH-09")
def test_charts_draw_what_was_read(
    subject: Subject, firm: Firm, series: dict[str, Series], django_assert_num_queries: Any
) -> None:
    for days, (douyin, shop) in enumerate([(110, 40), (115, 45), (125, 60)], 1):
        day = clock.today() - timedelta(days=4 - days)
        points = [
            Point("抖音", "线索留资量", day, D(douyin)),
            Point("线下快闪店", "现场留资量", day, D(shop)),
        ]
        record_readings(
            subject=subject, points=points, actor=firm.owner, source=Source.API, key=str(day), history=True
        )
    lines = dashboard(subject, clock.now()).lines
    with django_assert_num_queries(1):
        pace, daily, rate = charts_of(lines, clock.now())
    assert pace.data["labels"][0] == "07-25"
    assert pace.data["labels"][-1] == "08-10"
    due = pace.data["expected"]["values"]
    assert (due[8], due[-1]) == (1375.0, 2500.0)
    assert due == sorted(due)
    assert pace.data["series"][0]["values"][8:10] == [1130.0, None]
    assert pace.figure == "1,130 / 2,500"
    assert [one["name"] for one in daily.data["series"]] == ["抖音", "线下快闪店"]
    assert daily.data["series"][1]["values"] == [40.0, 45.0, 60.0, 65.0]
    assert (rate.data["target"]["value"], rate.data["threshold"]["value"]) == (15.0, 10.0)
    history = history_of(lines[3], clock.now())
    assert [(each.day.day, each.value) for each in history.days] == [(2, 65), (1, 60), (31, 45), (30, 40)]
    assert history.chart is not None
