"""What the schedule of a campaign is for: its kind, its days, and which campaigns are over and can be learnt from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yunchou.capabilities.work.occasions import Occasion, Occasions, declare
from yunchou.kernel.core.text import Text
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .models import Campaign, Kind, Status

OVER = (Status.CLOSED, Status.EVALUATED, Status.ARCHIVED)
LEARNT_FROM = 200
"""So many campaigns, the latest, tell how long things take."""


def _kinds() -> Sequence[tuple[str, Text]]:
    return [(kind.value, kind.label) for kind in Kind]


def _of(subject_ids: Sequence[int]) -> Mapping[int, Occasion]:
    found = Campaign.objects.filter(pk__in=subject_ids)
    return {
        pk: Occasion(kind or "", start, end, is_draft=status == Status.DRAFT)
        for pk, kind, start, end, status in found.values_list("pk", "kind", "start_on", "end_on", "status")
    }


def _closed(units: Sequence[int]) -> Sequence[int]:
    found = Campaign.objects.filter(status__in=OVER, subject__unit__in=units).order_by("-end_on", "-pk")
    return list(found.values_list("pk", flat=True)[:LEARNT_FROM])


def _led(subject: Subject, user: User) -> None:
    """The campaign answers to its new overall lead."""
    Campaign.objects.filter(pk=subject.pk).update(owner=user)


declare(Occasions("campaign", kinds=_kinds, of=_of, closed=_closed, led=_led))
