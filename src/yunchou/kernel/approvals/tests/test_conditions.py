from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from yunchou.kernel.approvals.conditions import (
    STRICTNESS,
    Condition,
    Kind,
    Reason,
    Row,
    StepSpec,
    union,
)
from yunchou.kernel.core.text import say

from .toys import FACTS, ROWS

POSITIONS = ("region", "club", "centre", "finance", "vp", "manager")

steps = st.builds(
    StepSpec,
    kind=st.sampled_from([kind for kind in Kind if kind != Kind.RATIO]),
    position=st.sampled_from(POSITIONS),
    level=st.integers(1, 5),
)
rows = st.lists(st.lists(steps, min_size=1, max_size=5), min_size=1, max_size=5)


@pytest.mark.rule("R-APR-14")
@pytest.mark.req("APR-14")
@given(rows)
def test_the_union_holds_each_role_once_and_climbs(demanded: list[list[StepSpec]]) -> None:
    matched = [(Reason(f"R-APR-{n:02}", "001 §5", say(f"row {n}")), row) for n, row in enumerate(demanded)]
    merged = union(matched)
    roles = [demand.position for demand in merged]
    every = [step for row in demanded for step in row]
    assert len(roles) == len(set(roles))
    assert set(roles) == {step.position for step in every}
    assert [d.level for d in merged] == sorted(d.level for d in merged)
    for demand in merged:
        asked = [step for step in every if step.position == demand.position]
        # Nothing that a row demands of a role is weakened or lost.
        assert demand.kind == max((s.kind for s in asked), key=lambda kind: STRICTNESS.index(Kind(kind)))
        assert demand.level == max(step.level for step in asked)
        rules = {reason.rule for reason, row in matched if any(s.position == demand.position for s in row)}
        assert {reason.rule for reason in demand.reasons} == rules


@given(rows, st.randoms())
def test_the_union_does_not_depend_on_the_order_of_rows(
    demanded: list[list[StepSpec]], random: object
) -> None:
    matched = [(Reason(f"R-APR-{n:02}", "", say(f"row {n}")), row) for n, row in enumerate(demanded)]
    shuffled = list(matched)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = union(matched), union(shuffled)
    assert {(d.position, d.kind, d.level) for d in one} == {(d.position, d.kind, d.level) for d in other}


@pytest.mark.parametrize(
    ("op", "value", "amount", "expected"),
    [
        ("gt", 100_000, "100000.00", False),
        ("gt", 100_000, "100000.01", True),
        ("le", "100000", Decimal("100000"), True),
        ("in", [1, 2], 2, True),
        ("ne", 5, 5, False),
        ("lt", 5, None, False),
        ("ne", 5, None, False),
    ],
)
@pytest.mark.req("APR-01")
def test_a_condition_compares_exactly(op: str, value: object, amount: object, expected: bool) -> None:
    assert Condition("amount", op, value).holds({"amount": amount}, FACTS) is expected


@pytest.mark.parametrize(
    ("condition", "step"),
    [
        (Condition("colour", "eq", 1), StepSpec(Kind.APPROVE, "vp", 1)),
        (Condition("in_plan", "gt", True), StepSpec(Kind.APPROVE, "vp", 1)),
        (Condition("in_plan", "eq", 1), StepSpec(Kind.APPROVE, "vp", 1)),
        (Condition("amount", "gt", "much"), StepSpec(Kind.APPROVE, "vp", 1)),
        (Condition("amount", "like", 1), StepSpec(Kind.APPROVE, "vp", 1)),
        (Condition("amount", "gt", 1), StepSpec("nod", "vp", 1)),
        (Condition("amount", "gt", 1), StepSpec(Kind.RATIO, "vp", 1)),
        (Condition("amount", "gt", 1), StepSpec(Kind.APPROVE, "vp", 1, ratio=50)),
    ],
)
def test_a_faulty_row_is_refused_when_declared(condition: Condition, step: StepSpec) -> None:
    with pytest.raises(ImproperlyConfigured):
        Row("R-APR-03", "", "x", (condition,), (step,)).check(FACTS)


def test_a_reason_says_the_facts() -> None:
    reason = ROWS[0].reason({"in_plan": True, "amount": Decimal("50000"), "form": "plain"}, FACTS)
    assert str(reason.text) == "In plan, 50,000 yuan"
    assert Reason.from_json(reason.to_json()) == reason


def test_a_condition_says_itself() -> None:
    assert str(Condition("amount", "gt", 100_000).words(FACTS)) == "Amount > 100,000"
