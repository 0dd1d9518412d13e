"""Every row of R-APR-01..19 and X-01..X-05 of rules.md on facts: exactly the stated steps, in order.

What is expected is written down here a second time, from the text of the rules, and not read from the code.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from yunchou.directory.organisation import positions as p
from yunchou.directory.organisation.routes import ROUTES
from yunchou.kernel.approvals.conditions import Row, union
from yunchou.kernel.approvals.registry import definitions
from yunchou.kernel.approvals.rules import (
    Conflict,
    Waiting,
    nobody_decides_on_his_own,
    steps_do_not_wait_for_ever,
)
from yunchou.kernel.core.text import Say
from yunchou.lifecycle.campaigns.approvals import FACTS
from yunchou.lifecycle.campaigns.models import Kind
from yunchou.lifecycle.campaigns.rules.execution import Approval, nothing_runs_unapproved

REGION, CLUB, CENTRE = p.REGIONAL_LEADERSHIP, p.GROUP_CUSTOMER_CLUB, p.GROUP_SERVICE_CENTRE
VP, GM, TOP, MONEY = p.VP_MARKETING, p.GENERAL_MANAGER, p.MANAGEMENT, p.FINANCE

SHARE = Say("owns the budget line “物料”")

Steps = list[tuple[str, str]]


def steps(rows: tuple[Row, ...], facts: dict[str, Any]) -> Steps:
    """The merged steps of all rows that match: (position, what it does)."""
    matched = [(row.reason(facts, FACTS), row.steps) for row in rows if row.matches(facts, FACTS)]
    return [(demand.position, str(demand.kind)) for demand in union(matched)]


def campaign(**known: Any) -> dict[str, Any]:
    """An ordinary customer event of a region, unless told otherwise."""
    usual: dict[str, Any] = {
        "in_plan": True, "is_large": False, "is_joint": False, "is_regional": True, "is_strategic": False,
        "has_exception": False, "kind": "customer", "unit_level": "department", "cost": Decimal(1),
        "joint_cost": Decimal(1), "people": 10,
    }  # fmt: skip
    return usual | known


# The table of the source: (region, in plan, large) -> steps. Those of the group itself are our assumption.
BASE: dict[tuple[bool, bool, bool], Steps] = {
    (True, True, False): [(REGION, "approve"), (CLUB, "file")],
    (True, True, True): [(REGION, "approve"), (CLUB, "review"), (VP, "approve")],
    (True, False, False): [(REGION, "review"), (CENTRE, "approve")],
    (True, False, True): [(REGION, "review"), (CENTRE, "approve"), (VP, "approve")],
    (False, True, False): [(CENTRE, "approve"), (CLUB, "file")],
    (False, True, True): [(CLUB, "review"), (CENTRE, "approve"), (VP, "approve")],
    (False, False, False): [(CENTRE, "approve")],
    (False, False, True): [(CENTRE, "approve"), (VP, "approve")],
}
ORDER = (REGION, MONEY, CLUB, CENTRE, VP, GM, TOP)
STRICTER = ("file", "review", "approve")


def expected(regional: bool, in_plan: bool, large: bool, kind: str, cost: int, flags: set[str]) -> Steps:
    """What the text demands, merged by hand: lower level first, each role once, the filing last."""
    demanded = list(BASE[regional, in_plan, large])
    if kind == "high_end":
        demanded.append((TOP, "approve"))
    if kind == "marketing":
        demanded.append((GM, "approve"))
        if cost > 100_000 or "strategic" in flags:
            demanded += [(VP, "review"), (MONEY, "review"), (TOP, "approve")]
    if "exception" in flags:
        demanded.append((MONEY, "review"))
    if "joint" in flags and large:
        demanded.append((VP, "approve"))
    merged: dict[str, str] = {}
    for role, act in demanded:
        merged[role] = max(merged.get(role, "file"), act, key=STRICTER.index)
    filed = [(role, act) for role, act in merged.items() if act == "file"]
    return [(role, merged[role]) for role in ORDER if merged.get(role, "file") != "file"] + filed


@pytest.mark.rule("R-APR-03")
@pytest.mark.rule("R-APR-04")
@pytest.mark.rule("R-APR-05")
@pytest.mark.rule("R-APR-06")
@pytest.mark.rule("R-APR-09")
@pytest.mark.rule("R-APR-10")
@pytest.mark.rule("R-APR-13")
@pytest.mark.rule("R-APR-14", whole=True)
@pytest.mark.req("APR-01")
@pytest.mark.req("APR-09", whole=True)
@pytest.mark.req("APR-14", whole=True)
def test_every_combination_gets_exactly_the_stated_steps() -> None:
    """Region or group, in plan or not, large or not, every kind, below, at and above the limit, with every flag."""
    flags = [{*some} for some in product(*[("", flag) for flag in ("strategic", "exception", "joint")])]
    asked = 0
    for regional, in_plan, large, kind, cost, told in product(
        (True, False), (True, False), (True, False), Kind.values, (60_000, 100_000, 100_001), flags
    ):
        facts = campaign(
            is_regional=regional,
            in_plan=in_plan,
            is_large=large,
            kind=kind,
            joint_cost=Decimal(cost),
            is_strategic="strategic" in told,
            has_exception="exception" in told,
            is_joint="joint" in told,
        )
        wanted = expected(regional, in_plan, large, kind, cost, told)
        assert steps(ROUTES["campaign"], facts) == wanted, facts
        asked += 1
    assert asked == 2 * 2 * 2 * 6 * 3 * 8


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        pytest.param(
            "group_plan", [(CENTRE, "review"), (VP, "approve")],
            marks=[pytest.mark.rule("R-APR-01"), pytest.mark.req("APR-02")],
        ),
        pytest.param(
            "regional_plan", [(REGION, "review"), (CENTRE, "approve")],
            marks=[pytest.mark.rule("R-APR-02"), pytest.mark.req("APR-03")],
        ),
        pytest.param(
            "marketing_plan", [(p.DEPT_HEAD, "approve"), (MONEY, "approve"), (TOP, "approve")],
            marks=[pytest.mark.rule("R-APR-11"), pytest.mark.req("APR-10")],
        ),
        pytest.param("period_budget", [(TOP, "approve")], marks=pytest.mark.rule("R-APR-12")),
        pytest.param("special_review", [(MONEY, "review"), (TOP, "approve")]),
        pytest.param("evaluation_report", [(CLUB, "review")], marks=pytest.mark.rule("R-APR-18")),
        pytest.param("rule_change", [(TOP, "approve")], marks=pytest.mark.rule("R-APR-19")),
    ],
)  # fmt: skip
def test_what_has_one_route(kind: str, wanted: Steps) -> None:
    """Year plans of group and regions go their own ways, and budgets of a period theirs (X-01)."""
    assert steps(ROUTES[kind], {}) == wanted


@pytest.mark.rule("R-APR-17")
@pytest.mark.req("APR-16")
def test_an_adjustment_goes_to_whoever_had_the_last_word() -> None:
    """Exactly one approver for every campaign, and the one whose step came last in its own route."""
    for regional, in_plan, large, kind, cost, strategic in product(
        (True, False), (True, False), (True, False), Kind.values, (60_000, 100_001), (True, False)
    ):
        facts = campaign(
            is_regional=regional,
            in_plan=in_plan,
            is_large=large,
            kind=kind,
            joint_cost=Decimal(cost),
            is_strategic=strategic,
        )
        told = {"strategic"} if strategic else set()
        last = [step for step in expected(regional, in_plan, large, kind, cost, told) if step[1] == "approve"]
        assert steps(ROUTES["adjustment"], facts) == last[-1:], facts


@pytest.mark.rule("R-APR-04")
def test_x02_any_one_criterion_makes_large_and_x04_the_region_stays_first() -> None:
    """X-02 decides whether `is_large` holds (rules of the proposal); once it does, no row asks for the reason."""
    for in_plan in (True, False):
        found = steps(ROUTES["campaign"], campaign(is_large=True, in_plan=in_plan))
        assert found[0][0] == REGION
        assert found[-1] == (VP, "approve")


def test_x03_routes_of_several_regulations_are_merged_and_x05_has_three_ways_out() -> None:
    """A large high-end event asks 001 and 003; an overspend may draw on the contingency, be adjusted, or be reviewed."""
    both = steps(ROUTES["campaign"], campaign(is_large=True, kind="high_end"))
    assert both == [(REGION, "approve"), (CLUB, "review"), (VP, "approve"), (TOP, "approve")]
    assert {"adjustment", "special_review"} <= set(ROUTES)


def test_every_row_of_the_rules_has_its_row_here() -> None:
    """R-APR-07, 08 and 14 to 16 are no routes but rules of the engine and of the campaign."""
    told = {row.rule for rows in ROUTES.values() for row in rows}
    ours = {f"R-APR-{n:02d}" for n in range(1, 20)} - {f"R-APR-{n:02d}" for n in (7, 8, 14, 15, 16)}
    assert {rule for rule in told if rule.startswith("R-APR-")} == ours
    for key, rows in ROUTES.items():
        declared = definitions.get(key)
        for row in rows:
            row.check(declared.facts if declared else FACTS)
            assert row.clause
        assert {step.position for step in row.steps} <= set(p.ALL_CODES)


@pytest.mark.rule("R-APR-07")
def test_r_apr_07_names_the_missing_step() -> None:
    [refused] = nothing_runs_unapproved.check(Approval(False, ("营销主管副总裁",), is_sent=True))
    assert refused.blocks
    assert "营销主管副总裁" in str(refused.reason)
    assert nothing_runs_unapproved.check(Approval(True))[0].passed


@pytest.mark.rule("R-APR-15")
def test_r_apr_15_gives_the_step_to_somebody_else() -> None:
    [given] = nobody_decides_on_his_own.check(Conflict("冯雅琴", SHARE, "王德明"))
    assert not given.blocks
    [refused] = nobody_decides_on_his_own.check(Conflict("冯雅琴", SHARE))
    assert refused.blocks


@pytest.mark.rule("R-APR-16")
def test_r_apr_16_reminds_after_one_day_and_escalates_after_two() -> None:
    said = [steps_do_not_wait_for_ever.check(Waiting(days))[0] for days in (0, 1, 2)]
    assert [one.passed for one in said] == [True, False, False]
    assert str(said[1].reason) != str(said[2].reason)
