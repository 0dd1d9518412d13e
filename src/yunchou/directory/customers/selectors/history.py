"""What the history of customers says: purchases, traits of behaviour, and the grade that purchases come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, Max, Sum

from yunchou.kernel.core import clock
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.rules.selectors import params_on

from ..models import Customer, Grade, Purpose, Touch, TouchKind
from ..rules import History, Traits, graded_by_criteria, score, scored_from_history
from .consents import allowed

REACTED = (TouchKind.ACCEPTED, TouchKind.ATTENDED)
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Purchases:
    """How often, for how much (yuan), and when last."""

    count: int = 0
    amount: Decimal = Decimal(0)
    last_at: object = None
    in_a_year: Decimal = Decimal(0)


def _yuan(fen: int | None) -> Decimal:
    return Decimal(fen or 0).scaleb(-2)


def purchases_of(ids: Collection[int]) -> Purchases:
    """Of one customer and the records merged into it."""
    orders = Touch.objects.filter(customer__in=ids, kind=TouchKind.ORDERED)
    found = orders.aggregate(n=Count("pk"), total=Sum("amount"), last=Max("at"))
    year = orders.filter(at__gt=clock.now() - YEAR).aggregate(total=Sum("amount"))["total"]
    return Purchases(found["n"], _yuan(found["total"]), found["last"], _yuan(year))


def traits_of(ids: Collection[int]) -> dict[int, Traits]:
    """Loyalty, price sensitivity and reaction to promotion of living customers who agreed to profiling and do not refuse it.

    Scored from the last two years; whoever has no history has no score. Conditions of audiences may build on it.
    """
    agreed = Customer.objects.living().filter(allowed(Purpose.PROFILING), no_profiling=False, pk__in=ids)
    keys = set(agreed.values_list("pk", flat=True))
    p = params_on([scored_from_history])[scored_from_history.id]
    return {pk: score(history, p) for pk, history in _histories(keys, p).items()}


def _histories(keys: Collection[int], p: Params) -> dict[int, History]:
    since = clock.now() - timedelta(days=30 * int(p.months))
    kinds = (TouchKind.ORDERED, TouchKind.INVITED, *REACTED)
    rows = Touch.objects.filter(customer__in=keys, kind__in=kinds, at__gt=since)
    months: dict[int, set[tuple[int, int]]] = defaultdict(set)
    orders: dict[int, list[bool]] = defaultdict(list)
    invited: dict[int, set[int | None]] = defaultdict(set)
    reacted: dict[int, set[int | None]] = defaultdict(set)
    for pk, kind, at, subject in rows.values_list("customer", "kind", "at", "subject"):
        if kind == TouchKind.ORDERED:
            day = clock.local(at)
            months[pk].add((day.year, day.month))
            orders[pk].append(subject is not None)
        elif kind == TouchKind.INVITED:
            invited[pk].add(subject)
        else:
            reacted[pk].add(subject)
    return {
        pk: History(
            orders=len(orders[pk]),
            months=len(months[pk]),
            at_activities=sum(orders[pk]),
            invited=len(invited[pk] | reacted[pk]),
            reacted=len(reacted[pk]),
        )
        for pk in {*orders, *invited, *reacted}
    }


def grade_by_criteria(ids: Collection[int]) -> str:
    """The grade that the purchases of the last twelve months come to under the criteria that hold."""
    p = params_on([graded_by_criteria])[graded_by_criteria.id]
    spent = purchases_of(ids).in_a_year
    for grade, least in ((Grade.HIGH_END, p.high_end), (Grade.KEY, p.key)):
        if spent >= Decimal(least):
            return grade
    return Grade.REGULAR if spent else Grade.NONE
