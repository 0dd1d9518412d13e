"""Gifts that wait for their guests are promised out of the stock."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Sum
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.preparation.promises import promises

from .models import Gift, GiftState


@promises("hospitality.gifts", pgettext_lazy("stock", "Gifts for guests"))
def gifts(items: Collection[int]) -> Mapping[int, int]:
    """How many of each item are set aside, at whatever event."""
    waiting = Gift.objects.filter(line__item__in=items, state=GiftState.RESERVED).order_by()
    return {pk: int(count) for pk, count in waiting.values_list("line__item").annotate(n=Sum("quantity"))}
