"""Rules of the proposal as pure functions: no database but where the working calendar is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from yunchou.capabilities.budgets.tables import LineRow
from yunchou.kernel.calendar.days import WorkingCalendar
from yunchou.kernel.calendar.selectors import pinned
from yunchou.kernel.core.text import Say
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.sheets.dossier import Dossier
from yunchou.kernel.sheets.layout import Part
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.values import Context, DueRule, Figure, Person
from yunchou.lifecycle.campaigns.facts import CampaignFacts
from yunchou.lifecycle.campaigns.models import Kind
from yunchou.lifecycle.campaigns.rules import proposal
from yunchou.lifecycle.campaigns.rules.execution import Approval, nothing_runs_unapproved
from yunchou.lifecycle.campaigns.tables import MODULES, GoalRow, ModuleRow, OverviewRow
from yunchou.lifecycle.campaigns.words import listed, quoted

GOAL = GoalRow(
    dimension="品牌曝光", metrics=("阅读量",), targets=(Figure(Decimal(100), "万", ">="),), data_sources=("微博后台",),
    owner=Person("张"), due=DueRule(3),
)  # fmt: skip


def facts(*rows: Any, **overview: Any) -> CampaignFacts:
    """A campaign with these rows, whatever tables they belong to."""
    first = OverviewRow(
        **{"name": "开学季", "start_on": date(2024, 7, 15), "end_on": date(2024, 8, 10)} | overview
    )
    parts = tuple(
        Part(table, tuple(row for row in (first, *rows) if isinstance(row, table.row)))
        for table in workbook().tables
    )
    ctx = Context(year=2024, start=first.start_on, end=first.end_on)
    return CampaignFacts(Dossier(parts), ctx, date(2024, 8, 2))


def lines(*amounts: str) -> list[LineRow]:
    return [LineRow(category="物料", item="海报", amount=Decimal(amount)) for amount in amounts]


@pytest.mark.rule("R-TYP-01")
@pytest.mark.req("TYP-09")
@pytest.mark.vector("large event")
@pytest.mark.parametrize(
    ("people", "cost", "large"),
    [
        (300, "100000.00", False),
        (301, "0", True),
        (0, "100000.01", True),
        (301, "100000.01", True),
        (0, "0", False),
    ],
)
def test_large_begins_above_the_limits(people: int, cost: str, large: bool) -> None:
    [verdict] = proposal.is_large.check(facts(*lines(cost), expected_people=Decimal(people)))
    assert verdict.passed is not large


@pytest.mark.rule("R-TYP-01")
def test_cost_is_the_sum_of_the_lines() -> None:
    [verdict] = proposal.is_large.check(facts(*lines("60000", "40000.01")))
    assert verdict.values["criteria"] == "cost"
    assert verdict.values["cost"] == "100000.01"


@pytest.mark.rule("R-TYP-01")
def test_coordination_and_brand_make_large_each_by_itself() -> None:
    for ticked in ({"is_cross_department": True}, {"is_brand_related": True}, {"kind": Kind.PR}):
        [verdict] = proposal.is_large.check(facts(**ticked))
        assert not verdict.passed


@pytest.mark.rule("R-TYP-01")
@pytest.mark.req("TYP-09")
def test_the_narrow_reading_wants_all_three_or_brand() -> None:
    narrow = Params({**proposal.is_large.params, "match": "all_then_brand"})
    two = facts(*lines("200000"), expected_people=Decimal(400))
    three = facts(*lines("200000"), expected_people=Decimal(400), is_cross_department=True)
    brand = facts(is_brand_related=True)
    assert [proposal.is_large.check(each, narrow)[0].passed for each in (two, three, brand)] == [
        True,
        False,
        False,
    ]


@pytest.mark.rule("R-TYP-01")
def test_every_criterion_met_is_named() -> None:
    [verdict] = proposal.is_large.check(
        facts(*lines("200000"), expected_people=Decimal(400), is_brand_related=True)
    )
    assert verdict.values["criteria"] == "people,cost,brand"
    assert "¥200,000.00" in str(verdict.reason) or "200,000" in str(verdict.reason)


@pytest.mark.rule("R-TYP-02")
@pytest.mark.req("APR-06")
def test_out_of_plan_needs_a_reason() -> None:
    rule = proposal.is_justified_outside_plan
    [silent], [told], [linked] = (
        rule.check(each)
        for each in (facts(), facts(out_of_plan_reason="社区需要"), facts(plan_item="2024 年度计划 3.2"))
    )
    assert silent.blocks
    assert silent.at[0].column == "out_of_plan_reason"
    assert told.passed
    assert told.values["out_of_plan"]
    assert linked.passed


@pytest.mark.rule("R-GOA-01")
@pytest.mark.req("GOA-02")
@pytest.mark.parametrize(
    ("column", "empty"),
    [("metrics", ()), ("targets", ()), ("data_sources", ()), ("owner", None), ("due", None)],
)
def test_a_goal_needs_each_of_the_five_parts(column: str, empty: Any) -> None:
    [verdict] = proposal.goals_are_smart.failures(facts(replace(GOAL, **{column: empty})))
    assert verdict.blocks
    assert column in [place.column for place in verdict.at]
    assert str(verdict.fix_text)


@pytest.mark.rule("R-GOA-01")
def test_a_complete_goal_passes_and_none_at_all_does_not() -> None:
    assert proposal.goals_are_smart.failures(facts(GOAL)) == []
    assert len(proposal.goals_are_smart.failures(facts())) == 1


@pytest.mark.rule("R-GOA-01")
def test_each_indicator_has_its_own_number() -> None:
    two = replace(GOAL, metrics=("阅读量", "搜索量"))
    [verdict] = proposal.goals_are_smart.failures(facts(two))
    assert verdict.at[0].column == "targets"


@pytest.mark.rule("R-GOA-02")
@pytest.mark.req("GOA-06")
@pytest.mark.vector("goal deadlines")
@pytest.mark.parametrize(("days", "due"), [(1, "2024-08-12"), (3, "2024-08-14"), (5, "2024-08-16")])
def test_deadlines_are_working_days_after_the_end(days: int, due: str) -> None:
    with pinned(WorkingCalendar()):
        [verdict] = proposal.deadlines_follow_the_end.check(facts(replace(GOAL, due=DueRule(days))))
    assert verdict.values["due"] == due


@pytest.mark.rule("R-GOA-02")
def test_deadlines_move_with_the_end_and_skip_holidays() -> None:
    with pinned(WorkingCalendar()):
        goal = replace(GOAL, due=DueRule(1))
        [verdict] = proposal.deadlines_follow_the_end.check(facts(goal, end_on=date(2024, 9, 30)))
        [unset] = proposal.deadlines_follow_the_end.check(facts(goal, start_on=None, end_on=None))
    assert verdict.values["due"] == "2024-10-08"
    assert unset.blocks


def creative(**contents: str) -> list[ModuleRow]:
    return [
        ModuleRow(module=module, content=contents.get(module, "内容"), alternative="备选")
        for module in MODULES
    ]


@pytest.mark.rule("R-CRE-01")
@pytest.mark.req("CRE-02")
@pytest.mark.req("CRE-03")
def test_a_missing_module_and_a_missing_alternative_block() -> None:
    rows = creative()[1:]
    rows[0] = replace(rows[0], alternative=" ")
    found = proposal.creative_plan_is_complete.failures(facts(*rows, kind=Kind.MARKETING))
    assert [verdict.values.get("module") for verdict in found] == ["活动主题", "活动形式"]
    assert all(verdict.blocks for verdict in found)


@pytest.mark.rule("R-CRE-01")
@pytest.mark.req("CRE-06")
@pytest.mark.parametrize(
    ("plan", "count"),
    [
        ("预热期(7.20-7.25):海报\n爆发期(7.26-8.5):直播", 0),
        ("预热期(7.20-7.26):海报\n爆发期(7.26-8.5):直播", 1),
        ("预热期(7.10-7.25):海报", 1),
        ("收尾期(8.6-8.12):名单", 1),
    ],
)
def test_phases_neither_overlap_nor_leave_the_campaign(plan: str, count: int) -> None:
    found = proposal.creative_plan_is_complete.failures(facts(*creative(内容规划=plan), kind=Kind.MARKETING))
    assert len(found) == count


@pytest.mark.rule("R-CRE-01")
def test_other_kinds_need_no_creative_plan() -> None:
    assert proposal.creative_plan_is_complete.failures(facts(kind=Kind.HIGH_END)) == []


@pytest.mark.rule("R-APR-07")
@pytest.mark.req("APR-08")
def test_what_is_missing_is_named() -> None:
    [verdict] = nothing_runs_unapproved.check(Approval(False, ("区域公司领导层", "总经理"), is_sent=True))
    assert verdict.blocks
    assert verdict.values["missing"] == "区域公司领导层,总经理"
    assert isinstance(verdict.reason, Say)
    assert "区域公司领导层" in verdict.fix_text
    assert nothing_runs_unapproved.check(Approval(True))[0].passed


def test_lists_are_joined_as_the_language_of_the_reader_joins_them() -> None:
    missing = listed(["区域公司", quoted("总经理"), "副总裁"])
    with override("zh-hans"):
        assert str(missing) == "区域公司、“总经理”、副总裁"
    with override("en"):
        assert str(missing) == "区域公司, “总经理”, 副总裁"
    assert str(listed([])) == ""
