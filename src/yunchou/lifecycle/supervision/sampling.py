"""Drawing the sample of an audit. Pure: the same population, share and seed give the same sample, on any machine.

Half of a sample are the largest amounts, since that is where an error costs most; they are always in. The other half is
drawn at random from all the rest, so that nobody can know that what is small is never looked at. What has no amount is
drawn at random altogether.

The draw is by rank of SHA-256(seed:key), so that it needs no random generator and anybody can repeat it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import Say


@dataclass(frozen=True)
class Candidate:
    """A thing that may be drawn. `key` tells it from all others for good, `what` is its own
    kind, where its population has several; `concerned` are ids of people.
    """

    key: str
    title: str
    on: date
    amount: Decimal | None = None
    what: str = ""
    detail: Say | str = ""
    person: int | None = None
    concerned: tuple[int, ...] = ()
    document: int | None = None
    address: str = ""


@dataclass(frozen=True)
class Drawn:
    """What was drawn, and whether for its amount."""

    candidate: Candidate
    is_largest: bool


def size_of(population: int, share: Decimal) -> int:
    """How many are drawn: `share` percent rounded up, at least one of what there is, at most everything."""
    wanted = (Decimal(population) * share / 100).to_integral_value(ROUND_CEILING)
    return min(population, max(1, int(wanted)))


def draw(population: Sequence[Candidate], share: Decimal, seed: str) -> list[Drawn]:
    """The sample: first the largest amounts, then what was drawn at random, each in its order."""
    size = size_of(len(population), share)
    by_amount = sorted(
        (one for one in population if one.amount is not None),
        key=lambda one: (-(one.amount or ZERO), one.key),
    )
    largest = by_amount[: (size + 1) // 2]
    taken = {one.key for one in largest}
    rest = sorted((one for one in population if one.key not in taken), key=lambda one: rank(seed, one.key))
    return [
        *(Drawn(one, is_largest=True) for one in largest),
        *(Drawn(one, is_largest=False) for one in rest[: size - len(largest)]),
    ]


def rank(seed: str, key: str) -> str:
    """Where a thing comes in the draw; the lowest ranks are drawn."""
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()


def digest_of(population: Iterable[Candidate]) -> str:
    """SHA-256 over keys and amounts, by which a population is known again."""
    lines = sorted(f"{one.key} {'' if one.amount is None else one.amount}" for one in population)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
