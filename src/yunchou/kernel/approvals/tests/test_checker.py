"""The checker of routing rows: gaps, overlaps, rows that never apply, and what cannot be published."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from yunchou.directory.organisation.routes import ROUTES
from yunchou.kernel.approvals.checker import Problem, check_rows
from yunchou.kernel.approvals.conditions import Condition, Fact, FactType, Kind, Row, StepSpec
from yunchou.kernel.approvals.registry import definitions

FACTS = {
    "large": Fact("Large", FactType.FLAG),
    "cost": Fact("Cost", FactType.MONEY),
    "kind": Fact("Kind", FactType.TEXT, {"a": "A", "b": "B"}),
}
LARGE, SMALL = Condition("large", "eq", True), Condition("large", "eq", False)
HEAD, BOSS = StepSpec(Kind.APPROVE, "head", 10), StepSpec(Kind.APPROVE, "boss", 20)
FILED = StepSpec(Kind.FILE, "club", 90)


def row(*conditions: Condition, steps: tuple[StepSpec, ...] = (HEAD,), **changes: Any) -> Row:
    return Row(
        **{"rule": "R-T", "clause": "0", "sentence": "s", "conditions": conditions, "steps": steps, **changes}
    )


def told(*rows: Row, **known: Any) -> list[tuple[str, tuple[int, ...]]]:
    return [(p.kind, p.rows) for p in check_rows(rows, FACTS, **known)]


def over(limit: int, op: str = "gt") -> Condition:
    return Condition("cost", op, Decimal(limit))


@pytest.mark.req("APR-01")
def test_rows_that_cover_everything_once_have_no_problem() -> None:
    assert told(row(LARGE), row(SMALL)) == []
    assert told(row(over(100, "le")), row(over(100))) == []
    assert told(row(Condition("kind", "in", ["a"])), row(Condition("kind", "eq", "b"))) == []


@pytest.mark.parametrize(
    ("rows", "example"),
    [
        ([row(LARGE)], {"large": False}),
        ([row(over(100)), row(over(100, "lt"))], {"cost": Decimal(100)}),
        ([row(Condition("kind", "eq", "a"))], {"kind": "b"}),
        # Told by as few facts as are needed: whatever is large, but only when it is also of kind b.
        ([row(SMALL), row(LARGE, Condition("kind", "eq", "a"))], {"large": True, "kind": "b"}),
    ],
)
def test_a_gap_is_told_with_the_facts_that_fall_into_it(rows: list[Row], example: dict[str, Any]) -> None:
    [gap] = check_rows(rows, FACTS)
    assert (gap.kind, gap.level, gap.stops, gap.example) == ("gap", "watch", False, example)
    assert "No row applies" in str(gap.text)


@pytest.mark.req("APR-01")
def test_rows_that_only_file_for_the_record_cannot_be_published() -> None:
    """It would be approved with nobody deciding; beside a row that decides, filing is fine."""
    [error] = check_rows([row(LARGE), row(SMALL, steps=(FILED,))], FACTS)
    assert (error.kind, error.stops, error.example) == ("error", True, {"large": False})
    assert "nobody decides" in str(error.text)
    assert told(row(), row(SMALL, steps=(FILED,))) == [("overlap", (1, 0))]


def test_overlaps_are_legal_and_unreachable_rows_are_told() -> None:
    always, never = row(), row(over(200), over(100, "lt"))
    assert told(always, row(LARGE, steps=(BOSS,)), row(over(5))) == [
        ("overlap", (1, 0)),
        ("overlap", (2, 0, 1)),
    ]
    assert told(always, never) == [("unreachable", (1,))]
    assert told(always, row(LARGE, SMALL)) == [("unreachable", (1,))]


@pytest.mark.parametrize(
    "wrong",
    [
        row(Condition("moon", "eq", True)),
        row(Condition("large", "gt", True)),
        row(Condition("cost", "gt", "much")),
        row(Condition("kind", "eq", "c")),
        row(steps=()),
        row(steps=(StepSpec("nod", "head", 1),)),
        row(steps=(StepSpec(Kind.RATIO, "head", 1),)),
        row(steps=(StepSpec(Kind.APPROVE, "", 1),)),
        row(steps=(StepSpec(Kind.APPROVE, "nobody", 1),)),
        row(steps=(HEAD, StepSpec(Kind.REVIEW, "head", 30))),
    ],
)
def test_what_cannot_be_published_is_an_error(wrong: Row) -> None:
    problems = check_rows([row(), wrong], FACTS, positions={"head", "boss", "club"})
    assert [(p.kind, p.rows, p.stops) for p in problems] == [("error", (1,), True)]
    assert str(problems[0].text).startswith("Row 2")


def test_no_row_at_all_and_opposite_orders_are_errors() -> None:
    assert told() == [("error", ())]
    first = row(LARGE, steps=(HEAD, BOSS))
    second = row(over(0, "ge"), steps=(StepSpec(Kind.REVIEW, "boss", 5), StepSpec(Kind.REVIEW, "head", 8)))
    problems = check_rows([first, second, row(SMALL)], FACTS)
    assert [(p.kind, p.rows) for p in problems if p.stops] == [("error", (0, 1))]
    assert told(first, row(SMALL, *second.conditions, steps=second.steps)) == []


@pytest.mark.req("APR-01")
@pytest.mark.parametrize("key", [key for key in ROUTES if key in definitions])
def test_shipped_routes_have_neither_errors_nor_gaps(key: str) -> None:
    declared = definitions[key]
    problems: list[Problem] = check_rows(declared.rows, declared.facts)
    assert [str(p.text) for p in problems if p.kind != "overlap"] == []
