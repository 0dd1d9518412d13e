"""Emergencies that were set off, and the rounds of the patrols."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from yunchou.kernel.subjects.models import Subject

from ..models import EmergencyRun, PatrolLog


@dataclass(frozen=True)
class Alarm:
    """An emergency that was set off, as the wall shows it: what, since when, until when, and how many steps are taken."""

    pk: int
    label: str
    is_drill: bool
    place: str
    started_at: datetime
    closed_at: datetime | None
    done: int
    total: int

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


def alarms(subject: Subject) -> list[Alarm]:
    """The emergencies of an event, open ones first, newest first; one query."""
    found = EmergencyRun.objects.filter(subject=subject).annotate(
        total=Count("steps"), done=Count("steps", filter=Q(steps__done_at__isnull=False))
    )
    told = [
        Alarm(
            one.pk,
            str(one),
            one.is_drill,
            one.place,
            one.started_at,
            one.closed_at,
            one.done,
            one.total,
        )
        for one in found.order_by("-started_at", "-pk")
    ]
    return sorted(told, key=lambda one: not one.is_open)


def runs_of(subject: Subject) -> list[EmergencyRun]:
    """The emergencies that were set off, with their steps; two queries."""
    found = EmergencyRun.objects.filter(subject=subject).prefetch_related("steps__done_by")
    return list(found.select_related("started_by", "closed_by", "owner", "deputy", "issue"))


def patrols_of(subject: Subject) -> list[PatrolLog]:
    """The rounds in the order of time; one query."""
    found = PatrolLog.objects.filter(subject=subject)
    return list(found.select_related("person", "walked_by", "closed_by", "photo__file"))
