"""What was issued on site for an activity, and what became of it: read from the movements of stock."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..models import MoveKind, Outcome, StockItem, StockMove

ZERO = Decimal(0)


@dataclass
class SiteLine:
    """One thing that one person was issued."""

    item: StockItem
    person: User
    issued: Decimal = ZERO
    returned: Decimal = ZERO
    used: Decimal = ZERO
    lost: Decimal = ZERO
    wasted: Decimal = ZERO
    cost: Decimal = ZERO
    reasons: list[str] = field(default_factory=list)

    @property
    def left(self) -> Decimal:
        """What the person still has."""
        return self.issued - self.returned - self.used - self.lost - self.wasted


def site_lines(subject: Subject) -> list[SiteLine]:
    """Everything issued for an activity, by item and person: one statement."""
    found: dict[tuple[int, int], SiteLine] = {}
    moves = StockMove.objects.filter(activity=subject, kind__in=[*OUT, MoveKind.RETURN])
    for move in moves.select_related("item__subject", "person").order_by("made_at", "pk"):
        person = move.person
        if person is None:  # used without anybody who had it
            continue
        line = found.setdefault((move.item_id, person.pk), SiteLine(move.item, person))
        if move.kind == MoveKind.HAND_OUT:
            line.issued += move.amount
        elif move.kind == MoveKind.RETURN:
            if not move.outcome:
                line.returned += move.amount
        elif move.outcome:
            setattr(line, move.outcome, getattr(line, move.outcome) + move.amount)
            line.cost += move.cost or ZERO
            if move.note and move.outcome != Outcome.USED:
                line.reasons.append(move.note)
    return sorted(found.values(), key=lambda one: (not one.left, one.item.name, one.person.name_pinyin))


OUT = (MoveKind.HAND_OUT, MoveKind.ISSUE, MoveKind.WRITE_OFF)


@dataclass(frozen=True)
class SiteSums:
    """The lines of an activity with what was lost and wasted together."""

    lines: tuple[SiteLine, ...]

    @property
    def cost(self) -> Decimal:
        return sum((one.cost for one in self.lines), ZERO)

    @property
    def open(self) -> int:
        """Lines of which something is still out."""
        return sum(bool(one.left) for one in self.lines)


def site_of(subject: Subject) -> SiteSums:
    return SiteSums(tuple(site_lines(subject)))


def outstanding(subject: Subject, item: StockItem, person: User) -> Decimal:
    """How much of an item a person still has for an activity."""
    moves = StockMove.objects.filter(activity=subject, item=item, person=person)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for kind, change in moves.order_by().values_list("kind").annotate(n=Sum("change")):
        sums[kind] += change
    return -sums[MoveKind.HAND_OUT] - sums[MoveKind.RETURN]


def site_cost(subject: Subject) -> Decimal:
    """What was lost and wasted cost together."""
    found = StockMove.objects.filter(activity=subject, outcome__in=[Outcome.LOST, Outcome.WASTED])
    return found.aggregate(n=Sum("cost"))["n"] or ZERO
