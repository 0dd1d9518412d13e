"""The alert rules against the worked check of the rules document (section 10), without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from yunchou.capabilities.metrics.models import Comparison
from yunchou.capabilities.metrics.rules import (
    DashboardFacts,
    SeriesFacts,
    alert_is_answered,
    attainment_is_computed,
    conversion_is_high_enough,
    shown_state_follows_the_rules,
    todays_rate_is_near_target,
    volume_keeps_pace,
)
from yunchou.kernel.core import clock
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.rules.verdicts import Place

from . import toy

D = Decimal
ROWS = toy.example_part().rows
EXAMPLE = tuple(SeriesFacts(row, n) for n, row in enumerate(ROWS))
FACTS = DashboardFacts(EXAMPLE)
EXPOSURE, DOUYIN, FORWARDS, POPUP, CONVERSION = range(5)


def failing(rule: object, facts: DashboardFacts, params: Params | None = None) -> set[int | None]:
    return {verdict.at[0].row for verdict in rule.failures(facts, params)}  # type: ignore[attr-defined]


@pytest.mark.rule("R-DSH-01", whole=True)
@pytest.mark.req("DSH-02")
def test_stated_attainments_are_those_computed() -> None:
    assert not attainment_is_computed.failures(FACTS)
    verdicts = attainment_is_computed.check(FACTS)
    assert [v.values["attainment"] for v in verdicts] == ["70.0", "42.5", "60.0", "56.0", "83.3"]


@pytest.mark.rule("R-DSH-02")
@pytest.mark.req("DSH-03")
def test_only_leads_are_alerted_against_the_full_target() -> None:
    assert failing(volume_keeps_pace, FACTS) == {DOUYIN, POPUP}
    verdict = volume_keeps_pace.failures(FACTS)[1]
    assert verdict.at == (Place("dashboard", POPUP, "cumulative"),)
    assert verdict.clause == "004 四(二)"


@pytest.mark.rule("R-DSH-02", whole=True)
@pytest.mark.req("DSH-04")
@pytest.mark.vector("pop-up leads on pace")
def test_leads_are_alerted_by_what_is_due_by_now() -> None:
    windowed = tuple(
        replace(one, start_on=window[0], end_on=window[1])
        for one in EXAMPLE
        if (window := toy.WINDOWS.get(one.row.channel))
    )
    with clock.at("2024-08-02T15:20") as now:
        facts = DashboardFacts(windowed, now)
        [verdict] = volume_keeps_pace.failures(facts)
    assert verdict.values == {"expected": "375.00", "share": "74.7", "missing": "20"}
    assert "280" in str(verdict.reason)
    assert "375" in str(verdict.reason)
    after_the_end = DashboardFacts(windowed, clock.moment(date(2024, 8, 11)))
    assert failing(volume_keeps_pace, after_the_end) == {DOUYIN, POPUP}


@pytest.mark.rule("R-DSH-03", whole=True)
@pytest.mark.req("DSH-03")
def test_conversion_is_alerted_below_ten_percent() -> None:
    assert not conversion_is_high_enough.failures(FACTS)
    row = ROWS[CONVERSION]
    assert row.cumulative
    for value, is_low in ((D("9.99"), True), (D(10), False)):
        low = replace(row, cumulative=replace(row.cumulative, value=value))
        facts = DashboardFacts((SeriesFacts(low, 0),))
        assert bool(conversion_is_high_enough.failures(facts)) is is_low


@pytest.mark.rule("R-DSH-04", whole=True)
def test_the_rate_of_the_day_is_an_option() -> None:
    assert not todays_rate_is_near_target.failures(FACTS)
    [verdict] = todays_rate_is_near_target.failures(FACTS, Params({"gap": D(20), "is_on": True}))
    assert verdict.at[0].row == CONVERSION
    assert verdict.values["share"] == "73.3"


@pytest.mark.req("DSH-03")
@pytest.mark.req("DSH-04")
def test_thresholds_are_set_per_indicator() -> None:
    facts = tuple(
        replace(EXAMPLE[n], comparison=comparison, threshold=threshold)
        for n, comparison, threshold in (
            (FORWARDS, Comparison.FINAL, None),
            (DOUYIN, Comparison.FINAL, D(60)),
            (POPUP, Comparison.NONE, None),
            (CONVERSION, Comparison.LEVEL, D(13)),
            (CONVERSION, Comparison.DAY, D(30)),
        )
    )
    assert failing(volume_keeps_pace, DashboardFacts(facts)) == {FORWARDS}
    assert failing(conversion_is_high_enough, DashboardFacts(facts)) == {CONVERSION}
    assert not todays_rate_is_near_target.failures(DashboardFacts(facts))


def test_what_should_stay_low_is_alerted_above_its_target() -> None:
    row = replace(ROWS[FORWARDS], indicator="投诉量")
    facts = SeriesFacts(row, 0, lower_is_better=True, comparison=Comparison.PACE)
    assert not volume_keeps_pace.failures(DashboardFacts((facts,)))
    assert row.target
    above = replace(facts, row=replace(row, target=replace(row.target, value=D(1000))))
    [verdict] = volume_keeps_pace.failures(DashboardFacts((above,)))
    assert "1000" in str(verdict.reason)


@pytest.mark.rule("R-DSH-05")
@pytest.mark.req("DSH-06")
def test_half_an_hour_to_answer() -> None:
    assert alert_is_answered.check(30)[0].passed
    assert alert_is_answered.check(31)[0].values["late"] == 1


@pytest.mark.req("DSH-05")
def test_states_that_follow_no_rule_are_shown_beside_ours() -> None:
    found = {v.at[0].row: (v.stored, v.computed) for v in shown_state_follows_the_rules.failures(FACTS)}
    assert found == {
        DOUYIN: ("normal", "alert"),
        FORWARDS: ("alert", "normal"),
        POPUP: ("normal", "alert"),
        CONVERSION: ("alert", "normal"),
    }
