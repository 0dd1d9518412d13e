"""The return on investment and attainments: the vectors of the rules document, and what makes a figure provisional."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.metrics.pace import attainment
from yunchou.kernel.sheets.dossier import Dossier
from yunchou.kernel.sheets.layout import Part
from yunchou.kernel.sheets.values import Figure
from yunchou.lifecycle.campaigns.facts import CampaignFacts
from yunchou.lifecycle.campaigns.tests import example_workbook as example
from yunchou.lifecycle.reviews.evaluation import Sales, goals_without, return_of
from yunchou.lifecycle.reviews.rules import (
    attainments_are_computed,
    retrospective_is_complete,
    return_on_investment,
    roi_is_sound,
)
from yunchou.lifecycle.reviews.tables import EVALUATION, RETROSPECTIVE, EvaluationRow, RetroRow

LATER = date(2024, 9, 20)


@pytest.fixture
def facts() -> CampaignFacts:
    reading = example.read()
    return replace(example.facts_of(reading.dossier, reading), today=LATER)


def with_rows(facts: CampaignFacts, key: str, rows: tuple) -> CampaignFacts:
    parts = tuple(Part(part.table, rows) if part.table.key == key else part for part in facts.dossier.parts)
    return replace(facts, dossier=Dossier(parts))


@pytest.mark.rule("R-EVA-01")
@pytest.mark.req("EVA-02")
@pytest.mark.vector("ROI")
@pytest.mark.parametrize(
    ("cost", "result"),
    [
        pytest.param(77_000, "549.35", id="stated cost"),
        pytest.param(68_000, "635.29", id="corrected budget"),
        pytest.param(69_000, "624.64", id="lines without contingency plus both additions"),
    ],
)
def test_return_on_investment(cost: int, result: str) -> None:
    assert return_on_investment(Decimal(500_000), Decimal(cost)) == Decimal(result)


@pytest.mark.rule("R-EVA-01")
@pytest.mark.parametrize(("gain", "cost"), [(Decimal(1), None), (Decimal(1), Decimal(0)), (None, Decimal(1))])
def test_return_is_not_computed_from_nothing(gain: Decimal | None, cost: Decimal | None) -> None:
    assert return_on_investment(gain, cost) is None


@pytest.mark.rule("R-EVA-02")
@pytest.mark.req("EVA-01")
@pytest.mark.vector("attainment")
@pytest.mark.parametrize(
    ("actual", "target", "percent"),
    [("620", "500", "124.0"), ("1530", "1200", "127.5"), ("16.2", "15", "108.0"), ("549", "300", "183.0"),
     ("92", "85", "108.2")],
)  # fmt: skip
def test_attainment_of_an_evaluated_indicator(actual: str, target: str, percent: str) -> None:
    assert attainment(Decimal(actual), Decimal(target)) == Decimal(percent)


@pytest.mark.rule("R-EVA-02")
def test_attainments_of_the_example_agree_with_its_numbers(facts: CampaignFacts) -> None:
    verdicts = attainments_are_computed.check(facts)
    assert [v.values["attainment"] for v in verdicts] == ["124.0", "127.5", "108.0", "183.0", "108.2"]
    assert all(v.passed for v in verdicts)


@pytest.mark.rule("R-EVA-01")
@pytest.mark.req("EVA-02")
def test_return_of_the_example_is_provisional_and_says_why(facts: CampaignFacts) -> None:
    found = return_of(facts, Sales())
    assert found.result == Decimal("549.35")
    assert [reason.msgid for reason in found.reasons] == [
        "The cost is a budget: no actual cost is booked.",
        "The gain of ¥{gain} is exactly the sales target: gross sales, no gain above a baseline.",
    ]
    assert [(one.cost, one.result) for one in found.alternatives] == [
        (Decimal(77_000), Decimal("549.35")),
        (Decimal(68_000), Decimal("635.29")),
        (Decimal(69_000), Decimal("624.64")),
    ]
    assert (found.sales.gross, found.sales.attributed, found.sales.incremental) == (None, None, None)


@pytest.mark.rule("R-EVA-01")
def test_return_is_final_with_booked_costs_and_a_baseline(facts: CampaignFacts) -> None:
    booked = tuple(replace(line, actual=line.amount) for line in facts.lines)
    found = return_of(
        with_rows(facts, "budget", booked), Sales(Decimal(500_000), Decimal(200_000), Decimal(250_000))
    )
    assert not found.is_provisional
    assert (found.cost, found.gain) == (Decimal(68_000), Decimal(300_000))
    assert found.result == Decimal("341.18")
    assert Decimal("267.65") in [one.result for one in found.alternatives]


@pytest.mark.rule("R-EVA-01")
def test_return_stays_provisional_while_lines_wait_for_their_cost(facts: CampaignFacts) -> None:
    first, *rest = facts.lines
    partly = (replace(first, actual=first.amount), *rest)
    found = return_of(with_rows(facts, "budget", partly), Sales(Decimal(500_000), Decimal(200_000)))
    [reason] = found.reasons
    open_lines = sum(bool(line.amount) and not line.is_contingency for line in rest)
    assert reason.params == {"count": open_lines, "total": open_lines + 1}


@pytest.mark.rule("R-EVA-06")
@pytest.mark.req("EVA-11")
def test_return_waits_for_the_conversion_window(facts: CampaignFacts) -> None:
    def waits(day: date) -> bool:
        reasons = return_of(replace(facts, today=day), Sales()).reasons
        return any("still convert" in reason.msgid for reason in reasons)

    assert waits(date(2024, 9, 8))
    assert not waits(date(2024, 9, 9))


@pytest.mark.rule("R-EVA-01")
def test_unknown_cost_is_not_computable(facts: CampaignFacts) -> None:
    nothing = with_rows(with_rows(facts, "roi", ()), "budget", (LineRow(item="场地"),))
    found = return_of(nothing, Sales(Decimal(10), Decimal(0)))
    assert found.cost is None
    assert found.result is None
    assert roi_is_sound.check(nothing) == []


@pytest.mark.rule("R-EVA-06")
@pytest.mark.req("EVA-01")
def test_goals_without_row_and_goals_without_actual(facts: CampaignFacts) -> None:
    missing = ["品牌搜索指数", "线索留资量", "有效线索率", "活动期销售额"]
    assert [name for _d, name, _t in goals_without(facts, actual=False)] == missing
    empty = EvaluationRow(dimension="品牌曝光", indicator="品牌搜索指数", target=Figure(Decimal(30), "%"))
    rows = (*facts.dossier.rows(EvaluationRow), empty)
    added = with_rows(facts, "evaluation", rows)
    assert [name for _d, name, _t in goals_without(added, actual=False)] == missing[1:]
    assert [name for _d, name, _t in goals_without(added, actual=True)] == missing


def retro(*rows: RetroRow) -> CampaignFacts:
    return CampaignFacts(Dossier((Part(EVALUATION, ()), Part(RETROSPECTIVE, rows))), today=LATER)


@pytest.mark.rule("R-RET-02")
@pytest.mark.req("RET-02")
def test_successes_and_problems_may_not_be_empty() -> None:
    failed = retrospective_is_complete.check(retro(RetroRow(module="成功经验", points=("快闪店",))))
    assert [v.values["module"] for v in failed] == ["问题与不足"]


@pytest.mark.rule("R-RET-02")
@pytest.mark.req("RET-04")
def test_missed_indicator_needs_a_root_cause(facts: CampaignFacts) -> None:
    rows = (
        EvaluationRow(
            dimension="转化",
            indicator="线索转化率",
            target=Figure(Decimal(15), "%"),
            actual=Figure(Decimal(12), "%"),
        ),
    )
    missed = with_rows(facts, "evaluation", rows)
    assert any("线索转化率" in str(v.reason) for v in retrospective_is_complete.check(missed))
    told = (
        *facts.dossier.rows(RetroRow),
        RetroRow(module="问题与不足", points=("线索转化率低:咨询未及时跟进",)),
    )
    assert not any(
        "线索转化率" in str(v.reason)
        for v in retrospective_is_complete.check(with_rows(missed, "retrospective", told))
    )


@pytest.mark.rule("R-RET-02")
@pytest.mark.req("RET-05")
def test_action_without_person_date_or_effect_is_refused() -> None:
    parts = (RetroRow(module="成功经验", points=("a",)), RetroRow(module="问题与不足", points=("b",)))
    failed = retrospective_is_complete.check(
        retro(*parts, RetroRow(module="改进行动项", points=("更新手册",)))
    )
    assert [v.values["missing"] for v in failed] == ["owner,due_on,effect"]
