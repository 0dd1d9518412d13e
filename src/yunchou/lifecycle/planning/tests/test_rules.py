"""Sums, trees, periods and rules as values: no database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunchou.kernel.rules.registry import Params
from yunchou.kernel.sheets.dossier import Dossier
from yunchou.kernel.sheets.layout import Part as SheetPart
from yunchou.kernel.sheets.values import Person
from yunchou.lifecycle.planning import rules
from yunchou.lifecycle.planning.documents import DOCUMENTS, Kind, Part
from yunchou.lifecycle.planning.facts import Breakdown, DeadlineFacts, PlanFacts, missing_from
from yunchou.lifecycle.planning.periods import MONTHS, QUARTERS, Period, months_of, quarters_between
from yunchou.lifecycle.planning.sums import Coverage, gaps, share_gaps
from yunchou.lifecycle.planning.tables import TABLES, GoalRow, HeadRow, ItemRow, PartRow, ShareRow
from yunchou.lifecycle.planning.trees import leaves, total, tree_of, walk

VALUES = st.decimals(min_value=0, max_value=10**9, places=2)


def facts(kind: Kind = Kind.GROUP, *rows: Any, **more: Any) -> PlanFacts:
    parts = tuple(
        SheetPart(table, tuple(row for row in rows if isinstance(row, table.row))) for table in TABLES
    )
    values = {"period": Period(2025), "today": date(2024, 11, 12), "is_linked": True, **more}
    return PlanFacts(kind=kind, dossier=Dossier(parts), **values)


def told(rule: Any, ctx: Any, **params: Any) -> list[str]:
    return [str(v.reason) for v in rule.failures(ctx, Params({**rule.params, **params}))]


@given(st.lists(VALUES, min_size=12, max_size=12), st.integers(0, 16), VALUES)
def test_what_is_added_up_has_no_gap_and_one_change_shows_with_its_difference(
    months: list[Decimal], place: int, more: Decimal
) -> None:
    quarters = [sum((months[n - 1] for n in months_of(q)), Decimal(0)) for q in QUARTERS]
    values: dict[str, Any] = {f"m{n}": months[n - 1] for n in MONTHS} | {
        f"q{q}": quarters[q - 1] for q in QUARTERS
    }
    values |= {"year_value": sum(quarters, Decimal(0)), "metric": "销售额", "is_additive": True}
    assert gaps(GoalRow(**values)) == []
    key = ["year_value", *(f"q{q}" for q in QUARTERS), *(f"m{n}" for n in MONTHS)][place]
    changed = GoalRow(**{**values, key: values[key] + more})
    found = gaps(changed)
    assert bool(found) == (more > 0)
    assert all(abs(gap.difference) == more for gap in found)
    assert gaps(changed, more) == []
    assert gaps(GoalRow(**{**values, key: values[key] + more, "is_additive": False})) == []


@pytest.mark.rule("R-PLN-04", whole=True)
@pytest.mark.req("PLN-07")
def test_a_difference_is_told_beside_the_cell_and_overwrites_nothing() -> None:
    row = GoalRow(
        metric="销售额",
        is_additive=True,
        year_value=Decimal(100),
        q1=Decimal(30),
        q2=Decimal(60),
        m1=Decimal(31),
    )
    verdicts = rules.goals_add_up.failures(facts(Kind.GROUP, row))
    assert [(v.at[0].column, v.stored, v.computed, v.blocks) for v in verdicts] == [
        ("q1", "30", "31", False),
        ("year_value", "100", "90", False),
    ]
    assert verdicts[1].fix is not None
    assert list(verdicts[1].fix.changes.values()) == [Decimal(90)]
    assert told(rules.goals_add_up, facts(Kind.GROUP, row), tolerance=Decimal(10)) == []
    share = GoalRow(
        metric="市场份额", is_additive=False, year_value=Decimal(12), q1=Decimal(10), q2=Decimal(11)
    )
    assert told(rules.goals_add_up, facts(Kind.GROUP, share)) == []


@pytest.mark.req("PLN-07")
def test_sales_goals_are_shared_to_teams_and_persons() -> None:
    goal = GoalRow(metric="销售额", is_additive=True, year_value=Decimal(100))
    team, other = (
        ShareRow(metric="销售额", team="一组", value=Decimal(60)),
        ShareRow(metric="销售额", team="二组", value=Decimal(40)),
    )
    one = ShareRow(metric="销售额", team="一组", owner=Person("张", 1), value=Decimal(35))
    two = ShareRow(metric="销售额", team="一组", owner=Person("李", 2), value=Decimal(25))
    assert share_gaps([goal], [team, other, one, two]) == []
    [gap] = share_gaps([goal], [team, one, two])
    assert (gap.team, gap.stated, gap.computed) == ("", Decimal(100), Decimal(60))
    [gap] = share_gaps([goal], [team, other, one])
    assert (gap.team, gap.stated, gap.computed) == ("一组", Decimal(60), Decimal(35))
    assert len(told(rules.shares_add_up, facts(Kind.REGION, goal, team, one, two))) == 1


CODES = st.lists(
    st.sampled_from(["1", "1.1", "1.2", "1.2.1", "2", "2.1", "3", "3.1.1", "总"]), max_size=9, unique=True
)


@given(CODES, st.data())
def test_a_tree_has_every_item_once_and_its_money_is_that_of_its_leaves(codes: list[str], data: Any) -> None:
    rows = [ItemRow(code=code, title=code) for code in codes]
    nodes = tree_of(rows)
    assert sorted(node.place for node in walk(nodes)) == list(range(len(rows)))
    ends = {node.place for node in leaves(nodes)}
    rows = [
        ItemRow(code=row.code, budget=data.draw(VALUES) if place in ends else None)
        for place, row in enumerate(rows)
    ]
    priced = tree_of(rows)
    assert total(priced) == sum((row.budget for row in rows if row.budget is not None), Decimal(0))
    assert all(node.difference is None for node in walk(priced))


def test_money_cascades_with_the_items_and_differences_are_shown() -> None:
    rows = [
        HeadRow(name="计划", budget=Decimal(100)),
        ItemRow(code="1", title="一季度", budget=Decimal(60)),
        ItemRow(code="1.1", title="开门红", budget=Decimal(20)),
        ItemRow(code="1.2", title="植树节", budget=Decimal(30)),
        ItemRow(code="2", title="二季度", budget=Decimal(50)),
    ]
    ctx = facts(Kind.REGION, *rows)
    assert told(rules.money_adds_up, ctx) == [
        "Item 1: ¥60 is planned, the items below it add up to ¥50.",
        "The plan has ¥100, its items add up to ¥110.",
    ]
    assert Coverage(Decimal(100), Decimal(110)).level == "act"
    assert (Coverage(Decimal(100), Decimal(90)).level, Coverage(None, None).fraction) == ("watch", None)


@pytest.mark.req("PLN-01", "PLN-05")
def test_every_mandatory_part_is_missed() -> None:
    for kind, document in DOCUMENTS.items():
        bare = facts(kind)
        missing = missing_from(bare)
        assert {one.part for one in missing} == {spec.part for spec in document.parts} | (
            {"research"} if document.research else set()
        )
        rows = [
            PartRow(part=spec.part, aspect=a, text="写明") for spec in document.parts for a in spec.aspects
        ]
        left = missing_from(facts(kind, *rows, research=dict.fromkeys(document.research, 1)))
        assert len(left) == sum(len(spec.needs) for spec in document.parts)
        assert told(rules.parts_are_complete, bare)
    assert DOCUMENTS[Kind.GROUP].parts[0].part == Part.RECRUITMENT
    assert len(DOCUMENTS[Kind.MARKETING].parts) == 9


@pytest.mark.req("PLN-04")
def test_a_targeted_plan_gives_type_goal_and_budget_for_each_quarter() -> None:
    def item(month: int, **more: Any) -> ItemRow:
        values = {
            "kind": "定向活动",
            "goal": "复购 200 户",
            "budget": Decimal(10),
            "start_on": date(2025, month, 1),
        }
        return ItemRow(code=str(month), title="回馈", **{**values, **more})

    assert facts(Kind.TARGETED, item(1), item(5), item(9)).empty_quarters == (4,)
    assert facts(Kind.TARGETED, item(1), item(5, goal=""), item(9), item(12)).empty_quarters == (2,)
    assert facts(Kind.TARGETED, item(1, end_on=date(2025, 12, 31))).empty_quarters == ()


@pytest.mark.req("GOA-02", "PLN-08")
def test_goals_are_smart_and_serve_the_strategy() -> None:
    row = GoalRow(metric="满意度", year_value=Decimal(95), source="问卷", confirmed=("specific",))
    [reason] = told(rules.goals_are_smart, facts(Kind.REGION, row))
    assert reason == "The goal “满意度” lacks: Owner, Due, SMART confirmed."
    assert told(rules.goals_serve_the_strategy, facts(Kind.REGION, row))


@pytest.mark.rule("R-PLN-01", whole=True)
@pytest.mark.rule("R-PLN-02", whole=True)
@pytest.mark.req("PLN-15")
def test_deadlines_are_parameters() -> None:
    region, targeted = rules.year_plans_are_in_time, rules.targeted_plan_is_in_time
    declared = Params(region.params)
    assert rules.due_on(Kind.GROUP, 2025, declared) == date(2024, 12, 31)
    assert rules.reminded_on(Kind.REGION, 2025, declared) == date(2024, 11, 1)
    assert rules.due_on(Kind.TARGETED, 2025, Params(targeted.params)) == date(2025, 1, 31)
    assert rules.day_in(2025, 2, 31) == date(2025, 2, 28)
    late = DeadlineFacts(Kind.REGION, 2025, "华东区域", False, date(2025, 1, 3))
    assert told(region, late) == ["华东区域: the Regional year plan 2025 was due on 2024-12-31."]
    assert told(targeted, late) == []
    assert told(region, late, due_month=1, due_day=15) == [
        "华东区域: the Regional year plan 2025 was due on 2024-01-15."
    ]
    for fine in ({"is_approved": True}, {"today": date(2024, 12, 31)}):
        values = {
            "kind": Kind.REGION,
            "year": 2025,
            "unit": "x",
            "is_approved": False,
            "today": date(2025, 1, 3),
        }
        assert told(region, DeadlineFacts(**{**values, **fine})) == []


@pytest.mark.rule("R-PLN-05")
def test_what_the_breakdown_lacks_is_named() -> None:
    assert told(rules.plan_is_broken_down, Breakdown()) == []
    assert told(rules.plan_is_broken_down, Breakdown([3, 4], ["云谷"], ["Q1 2.1"])) == [
        "The breakdown still lacks: plan of quarter 3, plan of quarter 4, plan of the project 云谷, item Q1 2.1 complete."
    ]


def test_periods() -> None:
    assert Period(2025, 1).before == Period(2024, 4)
    assert Period(2025).before == Period(2024)
    assert (Period(2024, 1).last, Period(2025).last) == (date(2024, 3, 31), date(2025, 12, 31))
    assert [str(p) for p in quarters_between(date(2024, 11, 1), date(2025, 4, 1))] == [
        "2024 Q4",
        "2025 Q1",
        "2025 Q2",
    ]
    assert Period(2025).passed(date(2024, 1, 1)) == 0
    assert Period(2025).passed(date(2026, 1, 1)) == 1
