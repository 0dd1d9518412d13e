"""Who has come, without counting a million guests every second.

What happened up to a few minutes ago is counted once in half a minute (`SETTLED`); each second counts only what came since,
by the index of arrivals. A scan that a device sends late is shown within that half minute.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q
from django.db.models.functions import TruncMinute

from yunchou.kernel.core import clock
from yunchou.lifecycle.events.models import SAID_YES, CheckIn, Guest, Place, Reply, Tally, Verdict

from ..memo import kept

SETTLED: Final = 30.0
"""Seconds for which what is older than `FRESH` is not counted anew."""
FRESH: Final = timedelta(minutes=5)
EXPECTED: Final = (Reply.LISTED, Reply.INVITED, *SAID_YES)
MOST_VIPS: Final = 200

Came = Counter[tuple[datetime, str, bool]]
"""Arrivals by minute, grade, and whether they are important."""


@dataclass(frozen=True)
class Past:
    """What was counted a while ago: arrivals up to `until`, by session and door; who is expected."""

    until: datetime
    came: Came
    sessions: Counter[int]
    doors: Counter[int]
    grades: Counter[str]
    vips: tuple[int, ...]
    vip_count: int
    unexpected: int


@dataclass(frozen=True)
class Arrivals:
    """How the day stands: heads, companions included, as the page of the doors counts them."""

    expected: int
    came: Came
    sessions: Counter[int]
    doors: Counter[int]
    grades: Counter[str]
    vips: int
    vips_waiting: list[str]

    @property
    def arrived(self) -> int:
        return sum(self.came.values())

    @property
    def vips_arrived(self) -> int:
        return sum(number for (_minute, _grade, is_vip), number in self.came.items() if is_vip)

    @property
    def by_grade(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for (_minute, grade, _vip), number in self.came.items():
            found[grade] += number
        return found

    @property
    def by_minute(self) -> Counter[datetime]:
        found: Counter[datetime] = Counter()
        for (minute, _grade, _vip), number in self.came.items():
            found[minute] += number
        return found


def arrivals_of(subject_id: int) -> Arrivals:
    """The arrivals of an event now: five statements, and seven more in half a minute."""
    past = kept(("arrivals", subject_id), SETTLED, lambda: _past(subject_id))
    since = past.until
    expected = sum(
        row.guests + row.companions for row in Tally.objects.filter(subject=subject_id, reply__in=EXPECTED)
    )
    vips = Guest.objects.filter(pk__in=past.vips, arrived_at=None, reply__in=EXPECTED).order_by("name")
    return Arrivals(
        expected=expected + past.unexpected,
        came=past.came + _came(subject_id, Q(arrived_at__gt=since)),
        sessions=past.sessions + _sessions(subject_id, since),
        doors=past.doors + _doors(subject_id, Q(recorded_at__gt=since)),
        grades=past.grades,
        vips=past.vip_count,
        vips_waiting=list(vips.values_list("name", flat=True)) if past.vips else [],
    )


def _past(subject_id: int) -> Past:
    until = clock.now() - FRESH
    here = Guest.objects.filter(subject=subject_id).order_by()
    due = here.filter(Q(reply__in=EXPECTED) | Q(arrived_at__isnull=False))
    vips = due.filter(is_vip=True)
    return Past(
        until=until,
        came=_came(subject_id, Q(arrived_at__lte=until)),
        sessions=Counter(
            dict(
                Place.objects.filter(session__subject=subject_id, first_in_at__lte=until)
                .order_by()
                .values_list("session")
                .annotate(n=Count("pk"))
            )
        ),
        doors=_doors(subject_id, Q(recorded_at__lte=until)),
        grades=Counter(dict(due.values_list("grade").annotate(n=Count("pk")))),
        vips=tuple(vips.filter(arrived_at=None).values_list("pk", flat=True)[:MOST_VIPS]),
        vip_count=vips.count(),
        unexpected=here.exclude(reply__in=EXPECTED).filter(arrived_at__isnull=False).count(),
    )


def _came(subject_id: int, when: Q) -> Came:
    rows: Any = (
        Guest.objects.filter(when, subject=subject_id, arrived_at__isnull=False)
        .order_by()
        .annotate(minute=TruncMinute("arrived_at"))
        .values_list("minute", "grade", "is_vip")
        .annotate(n=Count("pk"))
    )
    return Counter({(minute, grade, is_vip): number for minute, grade, is_vip, number in rows})


def _sessions(subject_id: int, since: datetime) -> Counter[int]:
    """First entries since then, found by the scans that made them."""
    scanned = CheckIn.objects.filter(subject=subject_id, recorded_at__gt=since - FRESH).values("guest")
    rows = (
        Place.objects.filter(guest__in=scanned, first_in_at__gt=since)
        .order_by()
        .values_list("session")
        .annotate(n=Count("pk"))
    )
    return Counter(dict(rows))


def _doors(subject_id: int, when: Q) -> Counter[int]:
    rows: Any = (
        CheckIn.objects.filter(when, subject=subject_id, verdict=Verdict.LET_IN, door__isnull=False)
        .order_by()
        .values_list("door")
        .annotate(n=Count("pk"))
    )
    return Counter(dict(rows))
