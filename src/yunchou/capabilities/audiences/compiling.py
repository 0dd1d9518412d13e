"""From a tree to a condition of the database, in the form that is faster for it.

A count of deeds can be asked for each customer by itself (correlated: quick where few are left to ask about) or for all at once
(grouped: quick where many are). Databases do not choose between the two by themselves, and the wrong one costs 3 to 8 times.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any, Final

from django.db import connections
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from yunchou.directory.customers.models import Customer, Touch
from yunchou.kernel.core import clock

from .fields import DEEDS
from .trees import Did, Group, Node, Trait

FEW: Final = 8
"""Where no more than one in so many customers is left, each is asked about by itself: measured in `bench/audiences.py`."""


def condition(tree: Group, *, today: date, is_narrow: bool) -> Q:
    """Who is meant, as a condition on customers."""
    return _condition(tree, today, is_narrow)


def matching(among: QuerySet[Customer], tree: Group, today: date | None = None) -> QuerySet[Customer]:
    """Those of `among` whom the tree means."""
    day = today or clock.today()
    known = among.filter(_known(tree, day))
    is_narrow = any(isinstance(node, Did) for node in _walk(tree)) and _are_few(known)
    return among.filter(condition(tree, today=day, is_narrow=is_narrow))


def _walk(node: Node) -> list[Node]:
    return (
        [node, *(inner for part in node.parts for inner in _walk(part))]
        if isinstance(node, Group)
        else [node]
    )


def _known(tree: Group, today: date) -> Q:
    """What must hold of everybody meant and needs no counting: the attributes that all stand beside each other."""
    if tree.how != "all" or tree.is_negated:
        return Q()
    return reduce(
        and_, (_condition(part, today, True) for part in tree.parts if isinstance(part, Trait)), Q()
    )


def _are_few(found: QuerySet[Customer]) -> bool:
    """Whether they are few among all customers: as PostgreSQL guesses both, elsewhere as they are counted."""
    if connections[found.db].vendor == "postgresql":
        return _guessed(found) * FEW <= _guessed(Customer.objects.all())
    limit = Customer.objects.count() // FEW
    return found.order_by().values("pk")[: limit + 1].count() <= limit


def _guessed(found: QuerySet[Customer]) -> int:
    """So many rows PostgreSQL expects, without reading any."""
    plan = json.loads(found.order_by().values("pk").explain(format="json"))
    rows: int = plan[0]["Plan"]["Plan Rows"]
    return rows


def _condition(node: Node, today: date, is_narrow: bool) -> Q:
    match node:
        case Trait(field, op, values):
            return field.condition(op, values, today)
        case Did():
            return _deed(node, today, is_narrow)
        case Group(how, parts, is_negated):
            inner = [_condition(part, today, is_narrow) for part in parts]
            joined = reduce(and_ if how == "all" else or_, inner) if inner else Q(pk__isnull=False)
            return ~joined if is_negated else joined
    raise TypeError(node)


def _deed(did: Did, today: date, is_narrow: bool) -> Q:
    """Some touches of these kinds so often, in the days up to and with today."""
    touches = Touch.objects.filter(kind__in=DEEDS[did.deed][1]).order_by()
    if did.days:
        touches = touches.filter(at__gte=clock.moment(today - timedelta(days=did.days - 1)))
    often = _often(touches, did.least, is_narrow) if did.least else Q()
    if did.most is None:
        return often
    return often & ~_often(touches, did.most + 1, is_narrow)


def _often(touches: QuerySet[Touch], least: int, is_narrow: bool) -> Q:
    """At least so many of the touches."""
    own: Any = touches.filter(customer=OuterRef("pk")) if is_narrow else touches
    if least > 1:
        own = own.values("customer").annotate(times=Count("pk")).filter(times__gte=least)
    return Q(Exists(own)) if is_narrow else Q(pk__in=own.values("customer"))
