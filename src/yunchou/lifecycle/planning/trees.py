"""The items of a plan as the tree that their numbers make, with the money of each branch. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from yunchou.kernel.core.money import ZERO

from .tables import ItemRow

_CODE = re.compile(r"[.\-．。、]")


@dataclass(frozen=True)
class Node:
    """One item with those below it. `place` is its row in the table, from 0."""

    row: ItemRow
    place: int
    depth: int
    children: tuple[Node, ...] = field(default=())

    @property
    def is_leaf(self) -> bool:
        return not self.children

    @property
    def below(self) -> Decimal | None:
        """What the items right below it add up to, each by its own amount or, without one, by what lies below it."""
        if self.is_leaf:
            return None
        amounts = [amount for child in self.children if (amount := child.amount) is not None]
        return sum(amounts, ZERO) if amounts else None

    @property
    def amount(self) -> Decimal | None:
        """Its own amount, which counts even where the items below add up to another."""
        return self.row.budget if self.row.budget is not None else self.below

    @property
    def difference(self) -> Decimal | None:
        """By how much the items below exceed (negative: fall short of) its own amount; None where they agree."""
        if self.row.budget is None or self.below is None or self.below == self.row.budget:
            return None
        return self.below - self.row.budget

    def walk(self) -> Iterator[Node]:
        """It and everything below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


def parts_of(code: str) -> tuple[str, ...]:
    """`1.2.1` as its parts."""
    return tuple(part for piece in _CODE.split(code.strip()) if (part := piece.strip()))


def tree_of(rows: Sequence[ItemRow]) -> tuple[Node, ...]:
    """The topmost items with everything below them, in the order of the table.

    An item stands below the nearest one whose number its own begins with; of two with the same number the second stands
    beside the first.
    """
    places: dict[tuple[str, ...], int] = {}
    for place, row in enumerate(rows):
        places.setdefault(parts_of(row.code), place)
    above: dict[int | None, list[int]] = {}
    for place, row in enumerate(rows):
        code = parts_of(row.code)
        prefixes = (code[:length] for length in range(len(code) - 1, 0, -1))
        parent = next((places[prefix] for prefix in prefixes if prefix in places), None)
        above.setdefault(parent, []).append(place)
    return tuple(_node(rows, above, place, 0) for place in above.get(None, ()))


def _node(rows: Sequence[ItemRow], above: dict[int | None, list[int]], place: int, depth: int) -> Node:
    children = tuple(_node(rows, above, child, depth + 1) for child in above.get(place, ()))
    return Node(rows[place], place, depth, children)


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """All nodes of a tree, each before those below it."""
    for node in nodes:
        yield from node.walk()


def leaves(nodes: Iterable[Node]) -> list[Node]:
    """What is really to be done."""
    return [node for node in walk(nodes) if node.is_leaf]


def total(nodes: Iterable[Node]) -> Decimal:
    """What the topmost items add up to, in yuan."""
    return sum((amount for node in nodes if (amount := node.amount) is not None), ZERO)
