"""The stock and its movements."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Sum

from yunchou.kernel.access.selectors import reach
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..models import Holding, StockItem, StockMove
from ..permissions import Perm


@dataclass(frozen=True)
class StockFilters:
    """What the list is narrowed to; `state` may be `low` or `out` (handed out to somebody)."""

    words: str = ""
    kind: str = ""
    state: str = ""

    def of(self, user: User) -> QuerySet[StockItem]:
        found: QuerySet[StockItem] = StockItem.objects.visible_to(user)
        if self.words:
            words = self.words.strip().lower()
            found = found.filter(Q(subject__search__icontains=words) | Q(place__icontains=words))
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.state == "low":
            found = found.filter(quantity__lt=F("minimum"))
        elif self.state == "out":
            found = found.filter(pk__in=Holding.objects.filter(quantity__gt=0).values("item"))
        return found.select_related("subject__unit").annotate(held=Sum("holdings__quantity"))


def kept_by(user: User) -> QuerySet[StockItem]:
    """What lies in a stock that the person sees and keeps: only they let it be given away."""
    seen: QuerySet[StockItem] = StockItem.objects.visible_to(user)
    return seen.filter(reach(user, Perm.KEEP_STOCK, path="subject__"))


def moves_of(item: StockItem) -> QuerySet[StockMove]:
    """The movements of an item, newest first."""
    found: QuerySet[StockMove] = StockMove.objects.filter(item=item)
    return found.select_related("person", "made_by", "activity").order_by("-made_at", "-pk")


def moves_for(activity: Subject) -> QuerySet[StockMove]:
    """What came and went for an activity, newest first."""
    found: QuerySet[StockMove] = StockMove.objects.filter(activity=activity)
    return found.select_related("item", "person", "made_by").order_by("-made_at", "-pk")


def held_of(item: StockItem) -> QuerySet[Holding]:
    """Who holds how much of it."""
    found: QuerySet[Holding] = Holding.objects.filter(item=item, quantity__gt=0)
    return found.select_related("person")
