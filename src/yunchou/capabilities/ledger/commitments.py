"""What rooms above tell of money that is bound: who still counts on it, and whether what bound it has ended.

Claims and contracts do not know each other; both know the holds. A room declares in its `books.py`, found at start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from yunchou.kernel.core.money import ZERO


@dataclass(frozen=True)
class Wish:
    """An amount in yuan that a document under way wants of a hold; `code` names the document."""

    code: str
    amount: Decimal


Wanter: TypeAlias = Callable[[Collection[int]], Mapping[int, Sequence[Wish]]]
Ender: TypeAlias = Callable[[Collection[int]], Collection[int]]

_wanters: list[Wanter] = []
_enders: list[Ender] = []


def wants_holds(wanter: Wanter) -> Wanter:
    """Declare what documents under way want of holds, by the id of the hold; one query."""
    _wanters.append(wanter)
    return wanter


def ends_commitments(ender: Ender) -> Ender:
    """Declare which of these documents (ids of subjects) bind no money any more; one query."""
    _enders.append(ender)
    return ender


def wanted_of(holds: Collection[int]) -> dict[int, list[Wish]]:
    """What is still wanted of holds, by their id. Whoever frees held money leaves at least so much."""
    found: dict[int, list[Wish]] = defaultdict(list)
    for wanter in _wanters if holds else ():
        for hold, wishes in wanter(holds).items():
            found[hold].extend(wishes)
    return dict(found)


def sum_of(wishes: Collection[Wish]) -> Decimal:
    """What wishes come to, in yuan."""
    return sum((wish.amount for wish in wishes), ZERO)


def is_over(document: int | None) -> bool:
    """Whether what bound the money has ended, so that money which comes back is not bound again."""
    return document is not None and any(document in ender([document]) for ender in _enders)
