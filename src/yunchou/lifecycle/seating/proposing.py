"""Seating the rest: who could sit where, worked out without a database. The same people and tables give the same answer.

Whoever sits stays. Parties sit together where one table still holds them; important guests take VIP blocks first and
nobody else goes there; people kept apart are never put together, rather is somebody left over for a person to decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .neighbours import ROW, beside, is_at

Spot = tuple[int, int]
"""A table and a number at it."""


@dataclass(frozen=True)
class Person:
    """Somebody who comes. `party` is the same for all who came together, `group` for those of one organisation."""

    key: int
    party: int
    is_important: bool = False
    group: str = ""


@dataclass(frozen=True)
class Bench:
    """A table or a row, in the order in which they are filled."""

    key: int
    seats: int
    shape: str = "round"
    is_vip: bool = False


@dataclass
class _Room:
    """The room while it is filled."""

    benches: Sequence[Bench]
    foes: Mapping[int, Collection[int]]
    parties: Mapping[int, int]
    groups: Mapping[int, str]
    at: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def free(self, bench: Bench) -> list[int]:
        there = self.at[bench.key]
        return [number for number in range(1, bench.seats + 1) if number not in there]

    def bears(self, person: int, bench: Bench, number: int) -> bool:
        """Whether nobody sits together with this person who should not."""
        foes = self.foes.get(person)
        return not foes or not any(
            other in foes and is_at(bench.shape, bench.seats, number, taken)
            for taken, other in self.at[bench.key].items()
        )

    def put(self, person: int, bench: Bench, number: int) -> None:
        self.at[bench.key][number] = person

    def known(self, bench: Bench, person: Person) -> tuple[int, int]:
        """How many of the party, and of the organisation, sit there already."""
        there = self.at[bench.key].values()
        party = sum(self.parties.get(one) == person.party for one in there)
        group = sum(bool(person.group) and self.groups.get(one) == person.group for one in there)
        return party, group


def propose(
    people: Iterable[Person],
    benches: Sequence[Bench],
    taken: Mapping[Spot, int],
    apart: Iterable[Collection[int]] = (),
) -> dict[int, Spot]:
    """A seat for everybody who has none, as far as there are seats; `taken` says who sits where already.

    `apart` are groups of people of whom no two may sit together. Nobody is seated twice, no seat is given twice.
    """
    everybody = list(people)
    room = _Room(
        benches,
        _foes(apart),
        {one.key: one.party for one in everybody},
        {one.key: one.group for one in everybody},
    )
    by_key = {bench.key: bench for bench in benches}
    for (bench, number), person in taken.items():
        if bench in by_key:
            room.put(person, by_key[bench], number)
    sits = set(taken.values())
    found: dict[int, Spot] = {}
    for party in _parties([one for one in everybody if one.key not in sits]):
        for person, bench, number in _seat_party(room, party):
            found[person] = (bench, number)
    return found


def _foes(apart: Iterable[Collection[int]]) -> dict[int, set[int]]:
    foes: dict[int, set[int]] = defaultdict(set)
    for group in apart:
        for one in group:
            foes[one] |= set(group) - {one}
    return foes


def _parties(people: Iterable[Person]) -> list[list[Person]]:
    """Parties in the order in which they are seated: important ones first, larger ones next, organisations together."""
    parties: dict[int, list[Person]] = defaultdict(list)
    for one in people:
        parties[one.party].append(one)
    for party in parties.values():
        party.sort(key=lambda one: one.key)

    def turn(party: list[Person]) -> tuple[bool, int, str, int]:
        important = any(one.is_important for one in party)
        return not important, -len(party), party[0].group, party[0].key

    return sorted(parties.values(), key=turn)


def _seat_party(room: _Room, party: list[Person]) -> Iterator[tuple[int, int, int]]:
    """Seat a party on one table if it can be, otherwise one by one, each as near to the others as can be."""
    together = _together(room, party)
    if together:
        bench, numbers = together
        for person, number in zip(party, numbers, strict=True):
            room.put(person.key, bench, number)
            yield person.key, bench.key, number
        return
    if len(party) > 1:
        for person in party:
            yield from _seat_party(room, [person])


def _together(room: _Room, party: Sequence[Person]) -> tuple[Bench, list[int]] | None:
    """The best furniture that takes all of them, and on which seats; None where none does."""
    is_important = all(one.is_important for one in party)
    for bench in _by_preference(room, party[0], is_important):
        numbers = _numbers(room, bench, party)
        if numbers:
            return bench, numbers
    return None


def _by_preference(room: _Room, person: Person, is_important: bool) -> list[Bench]:
    """Furniture that may be used: where the party sits already, VIP blocks for VIPs, where colleagues sit, then in order."""
    allowed = [bench for bench in room.benches if is_important or not bench.is_vip]

    def turn(bench: Bench) -> tuple[bool, bool, bool]:
        party, group = room.known(bench, person)
        return not party, is_important and not bench.is_vip, not group

    return sorted(allowed, key=turn)


def _numbers(room: _Room, bench: Bench, party: Sequence[Person]) -> list[int]:
    """Seats for the party at one table, next to each other and to those of it who sit there; empty where there are none."""
    free = room.free(bench)
    if len(free) < len(party):
        return []
    own = {n for n, one in room.at[bench.key].items() if room.parties.get(one) == party[0].party}
    for start in sorted(free, key=lambda n: (own.isdisjoint(beside(bench.shape, bench.seats, n)), n)):
        numbers = _run(bench, set(free), start, len(party))
        if len(numbers) == len(party) and _peaceful(room, bench, party, numbers):
            return numbers
    spread = free[: len(party)]
    if len(party) > 1 and _peaceful(room, bench, party, spread):
        return spread
    return []


def _run(bench: Bench, free: set[int], start: int, count: int) -> list[int]:
    """So many free seats, each next to one before, from `start` on; fewer where there are no more."""
    run = [start]
    while len(run) < count:
        near = sorted(n for one in run for n in beside(bench.shape, bench.seats, one) if n in free - set(run))
        onward = [n for n in near if n > run[-1]] or near
        if not onward:
            break
        run.append(onward[0])
    return run


def _peaceful(room: _Room, bench: Bench, party: Sequence[Person], numbers: Sequence[int]) -> bool:
    """Whether all of them may sit there: with those who do, and with each other."""
    if not all(room.bears(one.key, bench, n) for one, n in zip(party, numbers, strict=True)):
        return False
    placed = list(zip(party, numbers, strict=True))
    return not any(
        other.key in room.foes.get(one.key, ())
        and (bench.shape != ROW or is_at(bench.shape, bench.seats, n, m))
        for i, (one, n) in enumerate(placed)
        for other, m in placed[i + 1 :]
    )
