"""The table at the door, the signature on a ticket, and many scans made one state: pure functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunchou.kernel.core import clock
from yunchou.lifecycle.events import door as room
from yunchou.lifecycle.events.door.codes import base36, is_genuine, read_code
from yunchou.lifecycle.events.door.decision import TABLE, decide, facts_of, table
from yunchou.lifecycle.events.door.fold import Row, State, fold
from yunchou.lifecycle.events.models import Direction, Doubt, Verdict

from .door_factories import EVENING

VECTORS = json.loads((Path(room.__file__).parent / "vectors.json").read_text("utf-8"))


def changed(base: Any, change: Any) -> Any:
    """`base` with `change` laid over it; None takes it away."""
    if not isinstance(change, Mapping) or not isinstance(base, Mapping):
        return change
    return {**base, **{key: changed(base.get(key), value) for key, value in change.items()}}


@pytest.mark.once
@pytest.mark.rule("R-EXE-03")
@pytest.mark.req("EXE-03")
def test_table_says_what_the_vectors_say_and_every_line_has_one() -> None:
    spoken = set()
    for case in VECTORS["cases"]:
        given = changed(VECTORS["base"], {k: v for k, v in case.items() if k not in ("name", "then")})
        line = decide(facts_of(given["guest"], given["session"], given["scan"], online=given["online"]))
        assert [line.verdict, line.why, line.tone] == case["then"], case["name"]
        spoken.add(line.why)
    assert spoken == {line.why for line in TABLE}
    exported = json.loads(json.dumps(table()))
    assert [line["why"] for line in exported["lines"]] == [line.why for line in TABLE]


@pytest.mark.once
def test_a_code_is_read_or_it_is_none() -> None:
    assert read_code("YC1.v.16.secret.sign") is not None
    for text in (
        "",
        "42",
        "https://example.cn/g/abc",
        "YC1.v.16.secret",
        "YC1.!.16.s.s",
        "YC2.v.16.s.s",
        "Y" * 400,
    ):
        assert read_code(text) is None, text
    assert [int(base36(n), 36) for n in (0, 35, 36, 10**12)] == [0, 35, 36, 10**12]
    assert not is_genuine("YC1.v.16.secret.c2ln", "")
    assert not is_genuine("YC1.v.16.secret.", "not a key")


SCANS = st.lists(
    st.builds(
        Row,
        key=st.uuids(version=4),
        at=st.integers(0, 8).map(lambda n: EVENING + timedelta(minutes=n)),
        device=st.integers(1, 3),
        verdict=st.sampled_from(Verdict.values),
        direction=st.sampled_from(Direction.values),
        is_forced=st.booleans(),
        is_undo=st.sampled_from([False, False, False, True]),
        invalid=st.sampled_from(["", "", "", Doubt.GONE.value]),
    ),
    max_size=8,
)


@pytest.mark.once
@pytest.mark.rule("R-EXE-03")
@pytest.mark.req("EXE-03")
@given(rows=SCANS, data=st.data())
def test_scans_make_the_same_state_however_they_are_shuffled_doubled_or_divided(
    rows: list[Row], data: st.DataObject
) -> None:
    whole = fold(rows)
    shuffled = data.draw(st.permutations(rows))
    doubled = [*shuffled, *data.draw(st.lists(st.sampled_from(rows), max_size=4))] if rows else []
    cut = data.draw(st.integers(0, len(doubled)))
    assert fold([*doubled[cut:], *doubled[:cut]]) == whole
    counted = [row for row in rows if row.verdict in (Verdict.LET_IN, Verdict.LET_OUT)]
    let_in = [row.at for row in counted if row.direction == "in"]
    if not any(row.is_undo for row in counted):
        assert whole.first_in_at == (min(let_in) if let_in else None)


def row(n: int, minute: int, device: int = 1, **fields: Any) -> Row:
    direction = fields.pop("direction", "in")
    verdict = Verdict.LET_IN if direction == "in" else Verdict.LET_OUT
    return Row(UUID(int=n), EVENING + timedelta(minutes=minute), device, verdict, direction, **fields)


@pytest.mark.once
@pytest.mark.rule("R-EXE-03")
def test_two_doors_let_the_same_guest_in_counts_once_with_the_first_time_and_asks_a_person() -> None:
    twice = fold([row(2, 5, device=2), row(1, 1, where="A 门")])
    assert twice == State(
        True, EVENING + timedelta(minutes=1), "A 门", EVENING + timedelta(minutes=5), {UUID(int=2): "twice"}
    )
    # Out between the two, let in by somebody on purpose, or read twice by the same camera: nobody has to decide.
    assert not fold([row(1, 1), row(3, 3, direction="out"), row(2, 5, device=2)]).doubts
    assert not fold([row(1, 1), row(2, 5, device=2, is_forced=True)]).doubts
    assert not fold([row(1, 1), row(2, 1)]).doubts
    assert not fold([row(1, 1), row(2, 2, direction="out")]).is_inside
    # The wrong person, taken back at once: as if they had never come.
    undone = fold([row(1, 1), row(2, 2, direction="out", is_undo=True)])
    assert (undone.is_inside, undone.first_in_at) == (False, None)
    assert clock.local(EVENING).hour == 18
