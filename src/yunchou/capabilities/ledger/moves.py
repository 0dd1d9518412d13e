"""Which balances a move of money touches and by how much. Nothing here knows a database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from yunchou.kernel.core.money import ZERO

from .models import Account, Entry, Hold
from .states import ALL, OWN, STATES, USED, Dimension, Slice, State, month_of, quarter_of


@dataclass(frozen=True)
class Side:
    """Where a move takes money from or puts it: an account, a state, and for held or used money what it is for.

    Of the side that gives, `hold` is what it is taken from; of the side that takes, the hold that it goes back into.
    """

    account: Account
    state: State
    channel: str = ""
    supplier: int | None = None
    hold: Hold | None = None

    def slices(self, day: date) -> Iterator[Slice]:
        """The slices beside the whole and the own of an account that count this money, on the accounting date.

        Held money counts in the period in which it was taken: what is released later makes no room in another one.
        """
        if self.account.category:
            yield Slice(Dimension.CATEGORY, self.account.category)
        if self.state not in USED:
            return
        if self.channel:
            yield Slice(Dimension.CHANNEL, self.channel)
        if self.supplier:
            yield Slice(Dimension.SUPPLIER, str(self.supplier))
        counted = self.hold.on if self.hold is not None else day
        yield quarter_of(counted)
        yield month_of(counted)


@dataclass(frozen=True)
class Move:
    """An amount in yuan from one side to another; a side that is None lies outside the books.

    `reverses` is the expense that it takes back.
    """

    amount: Decimal
    source: Side | None
    target: Side | None
    reverses: Entry | None = None


class Place(NamedTuple):
    """A balance: an account by id and a slice of it."""

    account: int
    slice: Slice


Delta = Mapping[State, Decimal]


def deltas_of(moves: Iterable[Move], day: date) -> dict[Place, Delta]:
    """What every touched balance gains and loses per state; balances on which both sides cancel out are left out."""
    found: dict[Place, dict[State, Decimal]] = defaultdict(lambda: dict.fromkeys(STATES, ZERO))
    for move in moves:
        for side, sign in ((move.source, -1), (move.target, 1)):
            if side is None:
                continue
            for place in _places(side, day):
                found[place][side.state] += sign * move.amount
    kept = {place: {state: by for state, by in delta.items() if by} for place, delta in found.items()}
    return {place: delta for place, delta in kept.items() if delta}


def _places(side: Side, day: date) -> Iterator[Place]:
    """A line is one amount of one category: it has no slices; what is above it has one balance per slice."""
    own = side.account.pk
    cuts = tuple(side.slices(day))
    for pk in side.account.ids:
        yield Place(pk, ALL)
        if pk != own or side.account.kind != Account.Kind.LINE:
            for cut in cuts:
                yield Place(pk, cut)
    if side.account.kind != Account.Kind.LINE:
        yield Place(own, OWN)
