"""What a move comes up against: the money itself and the ceilings. The same judgement posts and looks ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject

from ..models import Account, Balance, Ceiling
from ..moves import Delta, Move, Place, Side
from ..rules import Limit, within_ceiling
from ..states import ALL, COUNTED, OWN, Dimension, Kind, Slice, Stage, State

STAGES: dict[Kind, Stage] = {Kind.COMMIT: Stage.COMMIT, Kind.SPEND: Stage.SPEND}
"""At which stage a lack of money is told of; everything else is a reservation in the eyes of whoever asks."""


def judge(
    kind: Kind, moves: Sequence[Move], deltas: Mapping[Place, Delta], rows: Mapping[Place, Balance]
) -> list[Verdict]:
    """The verdicts of R-BUD-05 that are not passed, worst first; two queries, none where nothing is limited."""
    limits = (*_money(kind, moves, deltas, rows), *ceilings(deltas, rows))
    if not limits:
        return []
    failures = within_ceiling.failures(limits, params_on([within_ceiling])[within_ceiling.id])
    return sorted(failures, key=lambda verdict: not verdict.blocks)


def _money(
    kind: Kind, moves: Sequence[Move], deltas: Mapping[Place, Delta], rows: Mapping[Place, Balance]
) -> Iterator[Limit]:
    """Where a side gives more than it has. What is above it cannot lack what it has."""
    for side in _sides(moves):
        place = Place(side.account.pk, own_slice(side.account))
        taken = -deltas.get(place, {}).get(side.state, ZERO)
        held = rows[place].of(side.state) if place in rows else ZERO
        if taken > held:
            yield Limit(
                say(side.account.name), STAGES.get(kind, Stage.RESERVE), held, ZERO, taken, is_balance=True
            )


def _sides(moves: Sequence[Move]) -> Iterator[Side]:
    """The sides that give, once per account and state."""
    seen: set[tuple[int, State]] = set()
    for move in moves:
        side = move.source
        if side is not None and (side.account.pk, side.state) not in seen:
            seen.add((side.account.pk, side.state))
            yield side


def own_slice(account: Account) -> Slice:
    """The slice of what the account itself holds; below a line there is nothing."""
    return ALL if account.kind == Account.Kind.LINE else OWN


def ceilings(deltas: Mapping[Place, Delta], rows: Mapping[Place, Balance]) -> Iterator[Limit]:
    """Every ceiling on a balance that comes to count more, per stage; one query (two with suppliers)."""
    found = Ceiling.objects.filter(account__in={place.account for place in deltas}).select_related("account")
    for ceiling in found.order_by("account__path", "pk"):
        place = Place(ceiling.account_id, ceiling.slice)
        if place not in deltas:
            continue
        for stage in Stage:
            more = counted(deltas[place], stage)
            if more > 0:
                before = (
                    sum((rows[place].of(state) for state in COUNTED[stage]), ZERO) if place in rows else ZERO
                )
                name = ceiling_name(ceiling)
                yield Limit(name, stage, ceiling.limit, before, more, ceiling.effect(stage))


def counted(delta: Delta, stage: Stage) -> Decimal:
    """How much a change adds to what counts at a stage."""
    return sum((delta.get(state, ZERO) for state in COUNTED[stage]), ZERO)


def ceiling_name(ceiling: Ceiling) -> Say:
    """What a ceiling limits, in words: 华南区域 2024, 2024-08."""
    if ceiling.dimension == Dimension.ALL:
        return say(ceiling.account.name)
    value = ceiling.value
    if ceiling.dimension == Dimension.SUPPLIER:
        value = str(Subject.objects.filter(pk=int(value)).values_list("title", flat=True).first() or value)
    return say(_("{account}, {part}"), account=ceiling.account.name, part=value)
