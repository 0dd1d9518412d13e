"""What a move comes up against: the money itself and the ceilings. The same judgement posts and looks ahead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final, TypeAlias

from django.db.models import Sum
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject

from ..books import known_categories
from ..models import Account, Balance, Ceiling, Entry
from ..moves import Delta, Move, Place, Side, deltas_of
from ..rules import Limit, within_ceiling
from ..states import (
    ALL,
    COUNTED,
    OWN,
    PERIODS,
    Dimension,
    Effect,
    Kind,
    Slice,
    Stage,
    State,
    days_of,
    month_of,
    quarter_of,
)

Granted: TypeAlias = Mapping[int, Decimal]
"""By how many yuan which ceilings may be passed, by their id."""
NO_GRANT: Final[Granted] = MappingProxyType({})

STAGES: dict[Kind, Stage] = {Kind.COMMIT: Stage.COMMIT, Kind.SPEND: Stage.SPEND}
"""At which stage a lack of money is told of; everything else is a reservation in the eyes of whoever asks."""


def judge(
    kind: Kind,
    moves: Sequence[Move],
    deltas: Mapping[Place, Delta],
    rows: Mapping[Place, Balance],
    granted: Granted = NO_GRANT,
) -> list[Verdict]:
    """The verdicts of R-BUD-05 that are not passed, worst first; two queries, none where nothing is limited."""
    giver = next((side.account.key for side in _sides(moves)), "")
    limits = (*_money(kind, moves, deltas, rows), *ceilings(deltas, rows, giver, granted))
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
                say(side.account.name), STAGES.get(kind, Stage.RESERVE), held, ZERO, taken, is_balance=True,
                giver=side.account.key,
            )  # fmt: skip


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


def ceilings(
    deltas: Mapping[Place, Delta],
    rows: Mapping[Place, Balance],
    giver: str = "",
    granted: Granted = NO_GRANT,
) -> Iterator[Limit]:
    """Every ceiling on a balance that comes to count more, per stage; one query, two with suppliers.

    A ceiling that is passed by no more than was granted for it lets pass. Every ceiling on a period asks once more.
    """
    found = [one for one in _ceilings_of(deltas) if Place(one.account_id, one.slice) in deltas]
    names = ceiling_names(found)
    for ceiling in found:
        place = Place(ceiling.account_id, ceiling.slice)
        back = came_back(ceiling)
        for stage in Stage:
            more = counted(deltas[place], stage)
            if more > 0:
                before = used_at(rows.get(place), stage) + back
                effect = ceiling.effect(stage)
                if ZERO < min(more, before + more - ceiling.limit) <= granted.get(ceiling.pk, ZERO):
                    effect = Effect.ALLOW
                yield Limit(
                    names[ceiling.pk], stage, ceiling.limit, before, more, effect, giver=giver,
                    account=ceiling.account_id,
                )  # fmt: skip


def _ceilings_of(deltas: Mapping[Place, Delta]) -> list[Ceiling]:
    found = Ceiling.objects.filter(account__in={place.account for place in deltas}).select_related("account")
    return list(found.order_by("account__path", "pk"))


def used_at(row: Balance | None, stage: Stage) -> Decimal:
    """What of a balance counts at a stage, in yuan."""
    return sum((row.of(state) for state in COUNTED[stage]), ZERO) if row else ZERO


def came_back(ceiling: Ceiling) -> Decimal:
    """What a period took back of expenses of earlier ones, in yuan: it makes no room for new ones. One query, of periods."""
    if ceiling.dimension not in PERIODS:
        return ZERO
    first, after = days_of(ceiling.value)
    taken_back = Entry.objects.filter(
        source__path__startswith=ceiling.account.path, source_state=State.SPENT, posting__on__gte=first,
        posting__on__lt=after, reverses__posting__on__lt=first,
    )  # fmt: skip
    return taken_back.aggregate(sum=Sum("amount"))["sum"] or ZERO


def overruns(moves: Sequence[Move], day: date) -> list[dict[int, Decimal]]:
    """By how much each move would pass which ceilings that block, in yuan by the id of the ceiling; moves come in turn.

    What a move passes a ceiling by is what a special review has to grant for it. Locks nothing. Two queries, and one for
    every ceiling on a period.
    """
    each = [deltas_of([move], day) for move in moves]
    touched = {place for deltas in each for place in deltas}
    found = Ceiling.objects.filter(account__in={place.account for place in touched}).select_related("account")
    limiting = [one for one in found.order_by("pk") if Place(one.account_id, one.slice) in touched]
    kept = Balance.objects.filter(account__in={one.account_id for one in limiting}) if limiting else ()
    rows = {Place(row.account_id, row.slice): row for row in kept}
    back = {one.pk: came_back(one) for one in limiting}
    taken: dict[tuple[int, Stage], Decimal] = defaultdict(lambda: ZERO)
    return [dict(_passed(deltas, limiting, rows, back, taken)) for deltas in each]


def _passed(
    deltas: Mapping[Place, Delta],
    limiting: Sequence[Ceiling],
    rows: Mapping[Place, Balance],
    back: Mapping[int, Decimal],
    taken: dict[tuple[int, Stage], Decimal],
) -> Iterator[tuple[int, Decimal]]:
    """The ceilings that one move passes, after what was `taken` by those before it."""
    for ceiling in limiting:
        place, most = Place(ceiling.account_id, ceiling.slice), ZERO
        for stage in Stage:
            more = counted(deltas.get(place, {}), stage)
            if more <= 0 or ceiling.effect(stage) != Effect.BLOCK:
                continue
            taken[ceiling.pk, stage] += more
            after = used_at(rows.get(place), stage) + back[ceiling.pk] + taken[ceiling.pk, stage]
            most = max(most, min(more, after - ceiling.limit))
        if most > 0:
            yield ceiling.pk, most


def counted(delta: Delta, stage: Stage) -> Decimal:
    """How much a change adds to what counts at a stage."""
    return sum((delta.get(state, ZERO) for state in COUNTED[stage]), ZERO)


def cuts_of(account: Account) -> list[Slice]:
    """The slices of an account that a ceiling may be set on, suppliers left out: a line is one amount and has none.

    The whole, the categories that lines can have, and the periods of its year and of the next, in which it may be spent.
    Channels are left out as well: no room says yet through which one money goes.
    """
    if account.kind == Account.Kind.LINE:
        return [ALL]
    inside = Account.objects.filter(path__startswith=account.path).exclude(category="")
    used = inside.order_by("category").values_list("category", flat=True).distinct()
    categories = dict.fromkeys((*known_categories(), *used))
    days = [date(account.year + more, month, 1) for more in (0, 1) for month in range(1, 13)]
    return [
        ALL,
        *(Slice(Dimension.CATEGORY, name) for name in categories),
        *dict.fromkeys(quarter_of(day) for day in days),
        *(month_of(day) for day in days),
    ]


def part_names(ceilings: Collection[Ceiling]) -> dict[int, str]:
    """What part of its account each ceiling limits, by its id; empty for the whole. One query where one is of a supplier."""
    suppliers = {one.value for one in ceilings if one.dimension == Dimension.SUPPLIER}
    known = Subject.objects.filter(pk__in={value for value in suppliers if value.isdecimal()})
    titles = {str(pk): title for pk, title in known.values_list("pk", "title")}
    return {
        one.pk: titles.get(one.value, one.value) if one.dimension == Dimension.SUPPLIER else one.value
        for one in ceilings
    }


def ceiling_names(ceilings: Iterable[Ceiling]) -> dict[int, Say]:
    """What ceilings limit, in words, by their id: 华南区域 2024, 2024-08. One query where one is of a supplier."""
    ceilings = list(ceilings)
    parts = part_names(ceilings)
    return {
        one.pk: say(_("{account}, {part}"), account=one.account.name, part=part)
        if (part := parts[one.pk])
        else say(one.account.name)
        for one in ceilings
    }
