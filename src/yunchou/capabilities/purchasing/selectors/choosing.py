"""Who may choose the supplier of a purchase: the rights are kept apart, and the page names who is left (002 9.3(2))."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.selectors import holders_of, holds
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User

from ..models import Purchase, Quote
from ..permissions import Perm

FEW = 6
"""So many people are named."""


@dataclass(frozen=True)
class Choice:
    """Whether the reader may choose; if not, what stands in the way (None without the right), and who may."""

    is_open: bool
    obstacle: Say | None = None
    people: tuple[User, ...] = ()


def choice_of(purchase: Purchase, quotes: Collection[Quote], user: User) -> Choice:
    """Who may choose among these offers; the action asks again. Three queries where the reader may not."""
    decided = set(
        Task.objects.filter(step__case__subject=purchase.pk, decided_at__isnull=False).values_list(
            "assignee", flat=True
        )
    )
    bringers = set() if purchase.is_tender else {quote.entered_by_id for quote in quotes}
    brought = next(iter(bringers)) if len(bringers) == 1 else None
    obstacle = None
    if user.pk == purchase.requester_id:
        obstacle = say(_("You asked for this purchase; somebody else has to do this."))
    elif user.pk in decided:
        obstacle = say(_("You decided on this purchase; somebody else chooses the supplier."))
    elif user.pk == brought:
        obstacle = say(_("You brought every offer in; somebody else chooses the supplier."))
    if obstacle is None and holds(user, Perm.AWARD, purchase):
        return Choice(True)
    apart = {purchase.requester_id, *decided, *([brought] if brought else [])}
    free = holders_of(Perm.AWARD, purchase).filter(is_active=True).exclude(pk__in=apart)
    return Choice(False, obstacle, tuple(free.order_by("name_pinyin", "pk")[:FEW]))
