"""Seating the rest: what holds whoever comes and whatever stands in the room. No database."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ..neighbours import beside, is_at, seat_text
from ..proposing import Bench, Person, propose


@st.composite
def evenings(draw: st.DrawFn) -> dict[str, Any]:
    """People in parties, furniture, who sits already, and who is kept apart."""
    benches = [
        Bench(
            n, draw(st.integers(1, 8)), draw(st.sampled_from(["round", "long", "row"])), draw(st.booleans())
        )
        for n in range(draw(st.integers(1, 5)))
    ]
    people = []
    for party in range(draw(st.integers(0, 9))):
        is_important = draw(st.booleans())
        group = draw(st.sampled_from(["", "甲", "乙"]))
        for _each in range(draw(st.integers(1, 4))):
            people.append(Person(100 + len(people), party, is_important, group))
    spots = [(bench.key, n) for bench in benches for n in range(1, bench.seats + 1)]
    keys = [one.key for one in people]
    sat = draw(st.integers(0, min(len(keys), len(spots))))
    taken = dict(zip(draw(st.permutations(spots))[:sat], draw(st.permutations(keys))[:sat], strict=True))
    pair = st.lists(st.sampled_from(keys or [0]), min_size=2, max_size=3, unique=True)
    apart = draw(st.lists(pair, max_size=3)) if len(keys) > 3 else []
    return {"people": people, "benches": benches, "taken": taken, "apart": apart}


@settings(max_examples=150, deadline=None)
@given(evenings())
def test_nobody_twice_no_seat_twice_blocks_and_distance_kept_and_nobody_left_for_nothing(
    evening: dict[str, Any],
) -> None:
    people, benches = evening["people"], {one.key: one for one in evening["benches"]}
    taken, by_key = evening["taken"], {one.key: one for one in people}
    found = propose(**evening)
    assert found == propose(**evening), "the same room gives the same proposal"
    assert not found.keys() & set(taken.values()), "whoever sits stays"
    assert len({*found.values(), *taken}) == len(found) + len(taken), "a seat is given once"
    foes = defaultdict(set)
    for group in evening["apart"]:
        for one in group:
            foes[one] |= set(group) - {one}
    at = {**taken, **{spot: key for key, spot in found.items()}}

    def meets(key: int, bench: Bench, number: int) -> bool:
        there = ((n, who) for (b, n), who in at.items() if b == bench.key and who != key)
        return any(who in foes[key] and is_at(bench.shape, bench.seats, number, n) for n, who in there)

    for key, (bench, number) in found.items():
        assert 1 <= number <= benches[bench].seats
        assert by_key[key].is_important or not benches[bench].is_vip
        assert not meets(key, benches[bench], number)
    left = [one for one in people if one.key not in found and one.key not in taken.values()]
    for one in left:
        for bench in benches.values():
            free = [n for n in range(1, bench.seats + 1) if (bench.key, n) not in at]
            allowed = free if one.is_important or not bench.is_vip else []
            assert all(meets(one.key, bench, n) for n in allowed), "somebody stands beside a seat that suits"
    if not evening["apart"]:
        parties = defaultdict(list)
        for one in people:
            parties[one.party].append(one)
        for party in parties.values():
            if any(one.key in taken.values() for one in party) or any(one.key not in found for one in party):
                continue
            room = {found[one.key][0] for one in party}
            spare = [
                sum((bench.key, n) not in at for n in range(1, bench.seats + 1))
                for bench in benches.values()
                if party[0].is_important or not bench.is_vip
            ]
            assert len(room) == 1 or max(spare, default=0) < len(party), (
                "a party is torn that a table could hold"
            )


def test_important_guests_take_their_block_first_and_companions_sit_next_to_each_other() -> None:
    benches = [Bench(1, 4), Bench(2, 4, is_vip=True), Bench(3, 6, "row")]
    people = [Person(1, 1, group="云栖"), Person(2, 2, True), Person(3, 2, True), Person(4, 4, group="云栖")]
    found = propose(people, benches, {(3, 2): 1})
    assert {found[2][0], found[3][0]} == {2}
    assert found[3][1] in set(beside("round", 4, found[2][1]))
    assert found[4] == (3, 1), "beside a colleague"
    assert propose(people, [], {}) == {}
    # Kept apart: another table, or no seat at all.
    pair = [Person(1, 1), Person(2, 2)]
    assert propose(pair, [Bench(1, 8)], {}, [[1, 2]]) == {1: (1, 1)}
    assert {spot[1] for spot in propose(pair, [Bench(1, 3, "row")], {}, [[1, 2]]).values()} == {1, 3}


def test_neighbours_by_shape_and_the_words_of_a_seat() -> None:
    assert set(beside("round", 10, 1)) == {2, 10}
    assert set(beside("row", 12, 1)) == {2}
    assert set(beside("long", 8, 3)) == {1, 5, 4}
    assert set(beside("round", 1, 1)) == set()
    assert set(beside("round", 2, 1)) == {2}
    assert (seat_text("3", 5), seat_text("A", 12), seat_text("湖景", 1)) == ("T3 · 5", "A · 12", "湖景 · 1")
