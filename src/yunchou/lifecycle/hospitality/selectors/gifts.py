"""Gifts of an event, what of the stock is free, and what somebody has been given anywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Q, QuerySet, Sum

from yunchou.directory.customers.models import Customer, Touch, TouchKind
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import FEN
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import GONE, SAID_YES, Guest, GuestQuerySet

from ..models import COUNTING, Gift, GiftLine, GiftState
from ..rules import Giving, gift_within_limits

OWN_KEY: Final = "gift:"
"""How the keys of touches begin that stand for gifts of this room; they are counted as gifts."""
Sums = dict[int, Decimal]


def limits() -> Params:
    """The limits in force today."""
    return params_on([gift_within_limits])[gift_within_limits.id]


def givings_of(subject: Subject, guests: Collection[Guest], *, days: int) -> dict[int, Giving]:
    """By guest what they have had and are to have, at this event and within so many days at any: a few statements for all.

    What colleagues wrote down by hand in a customer's line of time counts too, and what stands there under a merged record.
    """
    tops = tops_of({one.customer_id for one in guests if one.customer_id})
    heirs = _heirs(set(tops.values()))
    since = clock.now() - timedelta(days=days)
    here: Sums = defaultdict(Decimal)
    window: Sums = defaultdict(Decimal)
    rows = (
        Gift.objects.filter(customer__in=heirs, state__in=COUNTING)
        .filter(Q(subject=subject) | Q(reserved_at__gt=since))
        .values_list("customer_id", "subject_id", "worth", "reserved_at")
    )
    for customer, event, worth, at in rows:
        here[heirs[customer]] += worth if event == subject.pk else 0
        window[heirs[customer]] += worth if at > since else 0
    touched = Touch.objects.filter(
        customer__in=heirs, kind=TouchKind.GIFT, amount__isnull=False, at__gt=since
    ).exclude(key__startswith=OWN_KEY)
    for customer, event, fen in touched.values_list("customer_id", "subject_id", "amount"):
        here[heirs[customer]] += Decimal(fen or 0) / FEN if event == subject.pk else 0
        window[heirs[customer]] += Decimal(fen or 0) / FEN
    alone: Sums = defaultdict(Decimal)
    nameless = [one.pk for one in guests if not one.customer_id]
    for guest, worth in Gift.objects.filter(guest__in=nameless, state__in=COUNTING).values_list(
        "guest_id", "worth"
    ):
        alone[guest] += worth
    officials = set(
        Customer.objects.filter(pk__in=heirs, is_official=True).order_by().values_list("pk", flat=True)
    )
    officials = {heirs[pk] for pk in officials}
    return {
        one.pk: Giving(one.name, Decimal(0), here[top], window[top], top in officials)
        if (top := tops.get(one.customer_id or 0))
        else Giving(one.name, Decimal(0), alone[one.pk], alone[one.pk])
        for one in guests
    }  # fmt: skip


def tops_of(ids: Collection[int]) -> dict[int, int]:
    """For each customer whom they count for: themselves, or the record that they were merged into, at any distance.

    Who is a guest of one event under two records keeps a row under the one that was merged.
    """
    tops = {pk: pk for pk in ids}
    while True:
        merged = Customer.objects.filter(pk__in=set(tops.values()), merged_into__isnull=False)
        above = dict(merged.values_list("pk", "merged_into_id"))
        if not above:
            return tops
        tops = {pk: above.get(top, top) for pk, top in tops.items()}


def _heirs(ids: set[int]) -> dict[int, int]:
    """Customers and those that were merged into them, at any distance, each with whom they count for."""
    heirs = {pk: pk for pk in ids}
    waiting = ids
    while waiting:
        found = dict(Customer.objects.filter(merged_into__in=waiting).values_list("pk", "merged_into_id"))
        waiting = found.keys() - heirs.keys()
        heirs.update({pk: heirs[found[pk]] for pk in waiting})
    return heirs


@dataclass(frozen=True)
class LineSums:
    """A gift of an event with how many are set aside and handed over here, and how many are free in stock."""

    line: GiftLine
    reserved: int
    given: int
    free: int
    cost: Decimal


def lines_of(subject: Subject) -> list[LineSums]:
    """The gifts of an event: three statements."""
    lines = list(GiftLine.objects.filter(subject=subject).select_related("item"))
    aside: dict[int, int] = defaultdict(int)
    here: dict[tuple[int, str], int] = defaultdict(int)
    cost: Sums = defaultdict(Decimal)
    items = [one.item_id for one in lines]
    for item, number in (
        Gift.objects.filter(line__item__in=items, state=GiftState.RESERVED)
        .order_by()
        .values_list("line__item")
        .annotate(n=Sum("quantity"))
    ):
        aside[item] += number
    sums = Gift.objects.filter(line__in=lines, state__in=COUNTING).order_by().values_list("line", "state")
    for line, state, number, worth in sums.annotate(n=Sum("quantity"), w=Sum("worth")):
        here[line, state] += number
        cost[line] += worth
    return [
        LineSums(
            one, here[one.pk, GiftState.RESERVED], here[one.pk, GiftState.GIVEN],
            max(int(one.item.quantity) - aside[one.item_id], 0), cost[one.pk],
        )
        for one in lines
    ]  # fmt: skip


def gifts_of(subject: Subject, state: str = "") -> QuerySet[Gift]:
    """The gifts of an event with their guests; released ones only where they are asked for."""
    found: QuerySet[Gift] = Gift.objects.filter(subject=subject)
    found = (
        found.filter(state=state) if state in GiftState.values else found.exclude(state=GiftState.RELEASED)
    )
    return found.select_related("line__item", "guest", "guest__companion_of", "given_by", "move")


WHO: Final = ("vip", "high_end", "key", "heads", "all")


def chosen(subject: Subject, who: str) -> Iterable[Guest]:
    """The guests whom a plan in one go means: important ones, by client grade, all who accepted, with companions."""
    found: GuestQuerySet = Guest.objects.filter(subject=subject).exclude(reply__in=GONE)
    if who == "vip":
        return found.heads().filter(is_vip=True).order_by("pk")
    if who in {"high_end", "key"}:
        return found.heads().filter(grade=who).order_by("pk")
    found = found.filter(reply__in=SAID_YES)
    return (found if who == "all" else found.heads()).order_by("pk")
