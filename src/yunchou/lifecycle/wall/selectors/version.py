"""One cheap question: has anything changed that a wall shows?"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from yunchou.kernel.core import clock
from yunchou.kernel.core.compiled import Compiled
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import CheckIn, Tally
from yunchou.lifecycle.programme.models import Day, EmergencyRun

from ..models import Ballot

BEAT: Final = 20
"""Seconds: what only time changes (minutes late, who is missing) is worked out anew so often."""


def version_of(subject_id: int) -> str:
    """A word that changes when something on the wall of this subject does. One statement, each part by its index."""
    return f"{_newest(subject_id)}.{int(clock.now().timestamp()) // BEAT}"


def _newest(subject_id: int) -> str:
    found = _TOLD.first(subject_id)
    return "" if found is None else "-".join(str(getattr(found, name)) for name in PARTS)


def _told(subject_id: int) -> QuerySet[Subject]:
    here = OuterRef("pk")
    scans = CheckIn.objects.filter(subject=here).order_by("-recorded_at", "-pk").values("pk")[:1]
    entries = JournalEntry.objects.filter(subject=here).order_by("-pk").values("pk")[:1]
    replies = Tally.objects.filter(subject=here).order_by().values("subject")
    ballots = Ballot.objects.filter(poll__subject=here).order_by().values("poll__subject")
    runs = EmergencyRun.objects.filter(subject=here).order_by().values("subject")
    parts: dict[str, Any] = {
        "newest_scan": Subquery(scans),
        "newest_entry": Subquery(entries),
        # Sums of different replies, so that a change from one to another shows.
        "accepted": Subquery(
            replies.filter(reply="accepted").annotate(n=Sum("guests") + Sum("companions")).values("n")
        ),
        "listed": Subquery(replies.annotate(n=Sum("guests") + Sum("companions")).values("n")),
        "newest_ballot": Subquery(ballots.annotate(n=Max("at")).values("n")),
        "runs": Subquery(
            runs.annotate(n=Count("pk") * 1000 + Count("pk", filter=Q(closed_at=None))).values("n")
        ),
        "day_version": Coalesce(Subquery(Day.objects.filter(pk=here).values("version")[:1]), Value(0)),
    }
    assert tuple(parts) == PARTS
    return Subject.objects.filter(pk=subject_id).only("pk").annotate(**parts)


PARTS: Final = ("newest_scan", "newest_entry", "accepted", "listed", "newest_ballot", "runs", "day_version")
# Every screen asks it several times a second (docs/adr/0012).
_TOLD: Final = Compiled(_told, 1)
