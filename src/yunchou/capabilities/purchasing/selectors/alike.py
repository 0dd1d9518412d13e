"""Who supplies whom, for rooms that compare activities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from ..models import HOLDING, PurchaseLine


def suppliers_of(activities: Collection[int]) -> dict[int, frozenset[int]]:
    """The suppliers chosen for each activity, by the keys of their subjects; activities without one are left out; one query.

    What counts is the choice, whether a contract was written already or not.
    """
    found: dict[int, set[int]] = defaultdict(set)
    if activities:
        won = PurchaseLine.objects.filter(
            purchase__activity__in=activities, purchase__status__in=HOLDING, winner__isnull=False
        )
        pairs = won.order_by().values_list("purchase__activity", "winner__supplier").distinct()
        for activity, supplier in pairs:
            found[activity].add(supplier)
    return {activity: frozenset(suppliers) for activity, suppliers in found.items()}
