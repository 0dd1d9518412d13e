"""Offers beside the lines they were asked for (BUD-16). Rooms above buy; this one shows what was compared.

@offered_by
def offers_for(subject: Subject, user: User) -> Sequence[Comparison]: ...
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise

from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .tables import LineRow


@dataclass(frozen=True)
class Offer:
    """What one supplier asks for a thing, in yuan with tax; `value` is what it is worth beside its price, 0 to 100."""

    supplier: str
    amount: Decimal
    value: Decimal | None = None
    is_lowest: bool = False
    is_chosen: bool = False
    obstacle: Say | None = None


@dataclass(frozen=True)
class Comparison:
    """The offers for one thing that is bought from a budget line. Sealed ones are counted by nobody before they are opened.

    `needed` is how many valid ones are demanded; 0 where none are. `reason` is why this one was chosen.
    """

    line: int
    name: str
    estimate: Decimal
    offers: tuple[Offer, ...]
    needed: int
    state: str | Promise
    address: str
    reason: str = ""
    by: User | None = None
    is_sealed: bool = False

    @property
    def valid(self) -> int:
        """The offers that may be chosen."""
        return sum(offer.obstacle is None for offer in self.offers)

    @property
    def is_short(self) -> bool:
        """Whether fewer were compared than are demanded."""
        return not self.is_sealed and self.valid < self.needed

    @property
    def lowest(self) -> Decimal | None:
        return min((offer.amount for offer in self.offers if offer.obstacle is None), default=None)

    @property
    def chosen(self) -> Offer | None:
        return next((offer for offer in self.offers if offer.is_chosen), None)

    @property
    def above(self) -> Decimal | None:
        """By how much the choice passes the lowest offer, in yuan; the reason has to carry it."""
        return None if self.chosen is None or self.lowest is None else self.chosen.amount - self.lowest


Provider = Callable[[Subject, User], Sequence[Comparison]]
_providers: list[Provider] = []


def offered_by(provider: Provider) -> Provider:
    """Let a room above tell the offers for the lines of a subject, as far as a person may see them."""
    _providers[:] = [provider]
    return provider


@dataclass(frozen=True)
class LineOffers:
    """A budget line with what was compared for it."""

    place: int
    line: LineRow
    comparisons: tuple[Comparison, ...]


def offers_of(subject: Subject, lines: Iterable[LineRow], user: User) -> list[LineOffers]:
    """Every line with the offers for it, in order; a fixed number of queries."""
    found: dict[int, list[Comparison]] = defaultdict(list)
    for one in _providers[0](subject, user) if _providers else ():
        found[one.line].append(one)
    return [
        LineOffers(place, line, tuple(found.get(line.pk or 0, ()))) for place, line in enumerate(lines, 1)
    ]
