"""What the rules of this room say, by the numbers of the rule book."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from yunchou.capabilities.operations import rules
from yunchou.capabilities.operations.rules import IssueFacts, ReportFacts, RiskFacts
from yunchou.capabilities.operations.tables import RiskRow, extra_amounts, proposed_trigger
from yunchou.kernel.core import clock
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.rules.verdicts import Place
from yunchou.kernel.sheets.values import Person

DAY = date(2024, 8, 2)


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    return clock.moment(date(2024, 8, day), hour, minute)


def risk(**values: object) -> RiskRow:
    whole = {
        "scenario": "线下遇雨",
        "likelihood": 2,
        "impact": 3,
        "responses": ("准备雨棚",),
        "owner": Person("王"),
        "trigger": "降雨概率≥60%",
    }
    return RiskRow(**{**whole, **values})  # type: ignore[arg-type]


@pytest.mark.rule("R-RSK-01", whole=True)
@pytest.mark.req("RSK-01")
@pytest.mark.parametrize(
    ("likelihood", "impact", "score", "band"),
    [
        (3, 3, 9, "high"),
        (2, 3, 6, "high"),
        (2, 2, 4, "medium"),
        (1, 3, 3, "medium"),
        (1, 2, 2, "low"),
        (1, 1, 1, "low"),
    ],
)
def test_score_and_band(likelihood: int, impact: int, score: int, band: str) -> None:
    facts = RiskFacts((risk(likelihood=likelihood, impact=impact),))
    (verdict,) = rules.risks_are_scored.check(facts)
    assert verdict.passed
    assert (verdict.values["score"], verdict.values["band"]) == (score, band)


@pytest.mark.rule("R-RSK-01")
def test_a_risk_without_a_grade_is_not_assessed() -> None:
    (verdict,) = rules.risks_are_scored.failures(RiskFacts((risk(impact=None),)))
    assert Place("risks", 0, "impact") in verdict.at


@pytest.mark.rule("R-RSK-02", whole=True)
@pytest.mark.req("RSK-10")
@pytest.mark.parametrize(
    ("left_out", "column"),
    [({"responses": ()}, "responses"), ({"owner": None}, "owner"), ({"trigger": " "}, "trigger")],
)
def test_a_high_impact_must_be_prepared(left_out: dict[str, object], column: str) -> None:
    (verdict,) = rules.high_impact_is_prepared.failures(RiskFacts((risk(), risk(**left_out))))
    assert verdict.blocks
    assert verdict.at == (Place("risks", 1, column),)


@pytest.mark.rule("R-RSK-02")
def test_what_is_missing_is_named_together_and_a_medium_impact_is_let_be() -> None:
    facts = RiskFacts((risk(responses=(), owner=None, trigger=""), risk(impact=2, responses=())))
    (verdict,) = rules.high_impact_is_prepared.failures(facts)
    assert verdict.values["missing"] == "responses,owner,trigger"


@pytest.mark.rule("R-RPT-01")
@pytest.mark.req("RPT-01")
@pytest.mark.parametrize(
    ("now", "handed_in", "state"),
    [
        (at(16, 59), None, None),
        (at(17, 0), None, None),
        (at(17, 1), None, "missing"),
        (at(18), at(17), None),
        (at(18), at(17, 30), "late"),
    ],
)
def test_progress_report_is_due_at_five(now: datetime, handed_in: datetime | None, state: str | None) -> None:
    (verdict,) = rules.progress_report_in_time.check(ReportFacts(DAY, now, handed_in))
    assert verdict.values.get("state") == state
    assert verdict.passed is (state is None)


@pytest.mark.rule("R-RPT-02")
@pytest.mark.req("RPT-02")
@pytest.mark.parametrize(
    ("handed_in", "is_late"), [(at(9, 0, day=3), False), (at(9, 1, day=3), True), (at(20), False)]
)
def test_data_report_is_due_at_nine_the_next_day(handed_in: datetime, is_late: bool) -> None:
    (verdict,) = rules.data_report_in_time.check(ReportFacts(DAY, handed_in, handed_in))
    assert verdict.passed is not is_late


@pytest.mark.rule("R-RPT-01")
def test_another_limit_counts_where_one_is_set() -> None:
    params = Params({"limit": "18:00", "reminder": "17:30"})
    assert rules.progress_due(DAY, params) == at(18)


def issue(**values: object) -> IssueFacts:
    return IssueFacts(**{"is_large": True, "reported_at": at(13, 50), "now": at(15, 20), **values})  # type: ignore[arg-type]


@pytest.mark.rule("R-ISS-01")
@pytest.mark.parametrize(
    ("values", "passes"),
    [
        ({"is_large": False}, True),
        ({"is_large": False, "extra_cost": Decimal("0.01")}, False),
        ({"is_large": False, "touches_milestone": True}, False),
        ({"is_large": True, "extra_cost": Decimal("1000")}, True),
    ],
)
def test_small_is_without_money_and_milestone(values: dict[str, object], passes: bool) -> None:
    assert all(v.passed for v in rules.small_issue_is_small.check(issue(**values))) is passes


@pytest.mark.rule("R-ISS-02")
def test_a_large_issue_has_two_hours() -> None:
    def late(**values: object) -> object:
        return [v.values["late"] for v in rules.large_issue_is_answered.failures(issue(**values))]

    assert late(now=at(15, 50)) == []
    assert late(now=at(16, 20)) == [30]
    assert late(now=at(20), decided_at=at(15)) == []
    assert late(now=at(20), is_large=False) == []


@pytest.mark.rule("R-ISS-03")
def test_closing_needs_a_verification() -> None:
    assert rules.closed_issue_is_verified.failures(issue())
    assert not rules.closed_issue_is_verified.failures(issue(is_verified=True))


def test_amounts_that_measures_add() -> None:
    assert extra_amounts("追加5000元抖音投放预算") == 5000
    assert extra_amounts("投放1,000元DOU+\n追加 0.5 万元") == 6000
    assert extra_amounts("每人邀请5人") == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("预热期首日曝光量<50万", ("预热期首日曝光量", "<", 500_000)),
        ("气象预报显示降雨概率≥60%", ("气象预报显示降雨概率", ">=", 60)),
        ("物料未在8月1日前到位", None),
    ],
)
def test_trigger_in_words_proposes_a_condition(text: str, found: object) -> None:
    assert proposed_trigger(text) == found


def test_due_of_an_issue_counts_hours() -> None:
    assert rules.issue_due(at(13, 50), Params({"hours": 2})) == at(15, 50)
    assert at(15, 50) - at(13, 50) == timedelta(hours=2)
