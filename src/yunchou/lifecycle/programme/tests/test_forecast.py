"""What is expected, and what moving an item does; no database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ..forecast import ZERO, Slot, Span, change, forecast, insert, put

START = datetime(2024, 8, 2, 10, 30, tzinfo=UTC)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


@dataclass(frozen=True)
class One:
    starts_at: datetime
    minutes: int
    is_fixed: bool = False
    extra: int = 0
    began_at: datetime | None = None
    ended_at: datetime | None = None
    skipped_at: datetime | None = None


@st.composite
def plans(draw: st.DrawFn) -> list[Slot]:
    """Items one after the other, some with pauses between them, some fixed."""
    slots, at = [], START
    for key in range(1, draw(st.integers(2, 8)) + 1):
        at += minutes(draw(st.sampled_from([0, 0, 0, 5, 10])))
        length = draw(st.integers(1, 40))
        slots.append(Slot(key, at, length, draw(st.sampled_from([False, False, False, True]))))
        at += minutes(length)
    return slots


@st.composite
def evenings(draw: st.DrawFn) -> tuple[list[One], datetime]:
    """A plan of which the first items happened as they did, and the present moment."""
    items = [One(slot.starts_at, slot.minutes, slot.is_fixed) for slot in draw(plans())]
    now = START + minutes(draw(st.integers(-20, 5)))
    for n in range(draw(st.integers(0, len(items)))):
        if draw(st.sampled_from([False, False, False, True])):
            items[n] = replace(items[n], skipped_at=now)
            continue
        began = now
        now = began + minutes(draw(st.integers(0, 50)))
        is_last = draw(st.booleans())
        items[n] = replace(
            items[n], began_at=began, ended_at=None if is_last else now, extra=draw(st.integers(0, 9))
        )
        if is_last:
            break
    return items, now


@pytest.mark.req("EXE-06")
@settings(max_examples=80, deadline=None)
@given(evenings())
def test_a_forecast_keeps_order_fixed_times_and_the_plan(evening: tuple[list[One], datetime]) -> None:
    items, now = evening
    spans = forecast(items, now)
    found = [(item, span) for item, span in zip(items, spans, strict=True) if span]
    assert [item.skipped_at is None for item in items] == [span is not None for span in spans]
    for item, span in found:
        assert span.late == span.starts - item.starts_at
        if item.began_at is None:
            assert span.starts >= now
            assert not item.is_fixed or span.late >= ZERO, "nothing that is fixed begins before its time"
    coming = [pair for pair in found if pair[0].began_at is None]
    for (_one, first), (_two, second) in pairwise(found):
        assert second.starts >= first.ends or second not in [span for _item, span in coming]
    if not any(item.began_at or item.skipped_at for item in items) and now <= START:
        assert all(span.late == ZERO for _item, span in found), "nothing happened: the forecast is the plan"


def test_lateness_goes_on_until_a_pause_and_earliness_until_what_is_fixed() -> None:
    plan = [
        One(START, 10),
        One(START + minutes(10), 20),
        One(START + minutes(40), 20),
        One(START + minutes(60), 30, True),
    ]

    def late(items: list[One], now: datetime) -> list[int | None]:
        return [int(span.late.total_seconds() // 60) if span else None for span in forecast(items, now)]

    now = START + minutes(16)
    after = [replace(plan[0], began_at=START, ended_at=now), *plan[1:]]
    assert late(after, now) == [0, 6, 0, 0], "ten minutes of air swallow six of lateness"
    longer = [after[0], replace(after[1], began_at=now, extra=20), *after[2:]]
    assert late(longer, now) == [0, 6, 16, 16], (
        "what the host gives comes on top, and a fixed item may be late"
    )
    early = [replace(plan[0], began_at=START, ended_at=START + minutes(4)), *plan[1:]]
    assert late(early, START + minutes(4)) == [0, -6, -6, 0], "nobody dines before the time of dinner"
    skipped = [early[0], replace(early[1], skipped_at=now), *early[2:]]
    assert late(skipped, START + minutes(4)) == [0, None, -26, 0]
    tomorrow = [early[0], One(START + timedelta(days=1), 10)]
    assert late(tomorrow, START + minutes(4)) == [0, 0], "nobody comes earlier tomorrow"
    slots = [Slot(1, START, 10), Slot(2, START + minutes(10), 10), Slot(3, START + timedelta(days=1), 10)]
    assert set(change(slots, 1, minutes=20).moved) == {2}
    assert forecast([], now) == []
    assert isinstance(forecast(plan, now)[0], Span)


@pytest.mark.req("EXE-06")
@settings(max_examples=80, deadline=None)
@given(plans(), st.data())
def test_moving_one_item_shifts_what_follows_up_to_a_fixed_one(
    slots: list[Slot], data: st.DataObject
) -> None:
    fixed = {slot.key: slot.starts_at for slot in slots if slot.is_fixed}
    key = data.draw(st.sampled_from([slot.key for slot in slots]))
    n = key - 1
    by, length = data.draw(st.integers(-30, 30)), data.draw(st.integers(1, 60))
    laid = change(slots, key, starts_at=slots[n].starts_at + minutes(by), minutes=length)
    shift = laid.slots[n].ends_at - slots[n].ends_at
    wall = next((m for m in range(n + 1, len(slots)) if slots[m].is_fixed), len(slots))
    for m, (was, now) in enumerate(zip(slots, laid.slots, strict=True)):
        expected = shift if n < m < wall else minutes(by) if m == n else ZERO
        assert now.starts_at - was.starts_at == expected
    assert set(laid.moved) == {
        s.key for s, t in zip(slots, laid.slots, strict=True) if s.starts_at != t.starts_at
    }
    for one, two, over in laid.clashes:
        ends = {slot.key: slot.ends_at for slot in laid.slots}
        starts = {slot.key: slot.starts_at for slot in laid.slots}
        assert over == (ends[one] - starts[two]) // minutes(1) > 0

    place = data.draw(st.integers(0, len(slots) - 1))
    turned = put(slots, key, place)
    assert turned.slots[place].key == key
    assert sorted(slot.key for slot in turned.slots) == sorted(slot.key for slot in slots)
    low, high = min(n, place), max(n, place)
    for m, slot in enumerate(slots):
        if not low <= m <= high:
            assert turned.slots[m] == slot, "nothing outside of the two places moves"
    if not fixed:
        assert turned.slots[high].ends_at == slots[high].ends_at, "the same items take the same time"
        assert not turned.clashes
    others = {slot.key: slot.starts_at for slot in turned.slots if slot.key in fixed}
    assert others == fixed, "what is fixed keeps its time"

    new = Slot(0, slots[n].starts_at, length)
    made = insert(slots, new, n)
    assert made.slots[n] == new
    assert all(
        two.starts_at >= two_was.starts_at
        for two, two_was in zip(made.slots[n + 1 :], slots[n:], strict=True)
    )
    assert not [clash for clash in made.clashes if clash[1] not in fixed and clash[0] == 0]
