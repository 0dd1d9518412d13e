"""With whom a cooperation is in force (TYP-06)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef, Q

from ..models import Cooperation, Customer


def _in_force(day: date) -> Q:
    return Q(since__lte=day) & (Q(until=None) | Q(until__gte=day))


def with_cooperation(day: date) -> Q:
    """The condition on customers with whom a cooperation is in force on a day."""
    return Q(Exists(Cooperation.objects.filter(_in_force(day), customer=OuterRef("pk"))))


def cooperating(ids: Collection[int], day: date) -> frozenset[int]:
    """With whom of these a cooperation is in force on a day; one query."""
    found = Cooperation.objects.filter(_in_force(day), customer__in=ids)
    return frozenset(found.values_list("customer_id", flat=True))


def cooperations_of(customer: Customer) -> list[Cooperation]:
    """Those with one customer, the newest first."""
    return list(Cooperation.objects.filter(customer=customer))
