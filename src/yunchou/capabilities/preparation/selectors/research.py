"""Rounds of needs research: those of a unit, and those attached to an activity."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..models import Research, ResearchUse


def attached_to(subject: Subject) -> list[Research]:
    """The research attached to an activity, newest first; one query."""
    return list(Research.objects.filter(links__subject=subject).select_related("keeper", "subject__unit"))


def attachable(subject: Subject, user: User) -> QuerySet[Research]:
    """What the person may attach: what is seen and not attached yet, newest first."""
    used = ResearchUse.objects.filter(subject=subject).values("research")
    found: QuerySet[Research] = Research.objects.visible_to(user).exclude(pk__in=used)
    return found.order_by("-until_on", "-pk")


@dataclass(frozen=True)
class ResearchFilters:
    """What the list is narrowed to; `state` may be `due`: the next round is late."""

    words: str = ""
    state: str = ""

    def of(self, user: User) -> QuerySet[Research]:
        found: QuerySet[Research] = Research.objects.visible_to(user)
        if self.words:
            words = self.words.strip()
            found = found.filter(Q(subject__search__icontains=words.lower()) | Q(audience__icontains=words))
        if self.state == "due":
            found = found.filter(next_on__lt=clock.today(), followed_by=None)
        return found.select_related("keeper", "subject__unit", "followed_by").annotate(
            used=Count("links", distinct=True)
        )
