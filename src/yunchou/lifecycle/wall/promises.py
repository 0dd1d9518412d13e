"""Prizes of draws whose rules stand are promised out of the stock until they are handed out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final

from django.db.models import Count, F, Q
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.preparation.promises import promises
from yunchou.lifecycle.campaigns.models import Campaign, Status

from .models import Prize

OVER: Final = (Status.CLOSED, Status.EVALUATED)
SETTLED: Final = (Status.CANCELLED, Status.ARCHIVED)


@promises("wall.prizes", pgettext_lazy("stock", "Prizes of draws"))
def prizes(items: Collection[int]) -> Mapping[int, int]:
    """All of a draw that is frozen; once it is drawn, what was won and waits for its winner.

    An event that is over or cancelled promises nothing that was never drawn, and one that is filed away nothing at all.
    """
    settled = Campaign.objects.filter(status__in=SETTLED).values("pk")
    over = Campaign.objects.filter(status__in=OVER).values("pk")
    frozen = (
        Prize.objects.filter(stock__in=items, draw__frozen_at__isnull=False, draw__forgotten_at=None)
        .exclude(draw__subject__in=settled)
        .exclude(draw__drawn_at=None, draw__subject__in=over)
    )
    waiting = Q(lots__handed_at=None, lots__guest__isnull=False)
    counted = frozen.order_by().annotate(waiting=Count("lots", filter=waiting), drawn=F("draw__drawn_at"))
    found: Counter[int] = Counter()
    for stock, number, won, drawn in counted.values_list("stock", "number", "waiting", "drawn"):
        found[stock] += won if drawn else number
    return found
