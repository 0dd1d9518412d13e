"""Fires schedules: each time once, whatever number of workers run and whenever they die.

The firing and the job that does its work are written in one transaction, and a constraint allows one firing
per schedule and time. Whoever loses that race goes on.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from yunchou.kernel.core import clock
from yunchou.kernel.core.restoring import is_being_restored

from .actions import start_job
from .models import Firing
from .registry import LONG_TICK, TICK, Schedule, schedules


class Scheduler:
    """One worker's view of the schedules: remembers when each is next due, so that waiting costs no
    queries."""

    def __init__(self) -> None:
        self._next: dict[str, datetime] = {}
        self._seen: datetime | None = None

    def tick(self) -> int:
        """Fire whatever is due; returns the number of firings that this worker won."""
        if is_being_restored():
            return 0
        now = clock.now()
        if self._seen and now < self._seen:
            # The clock was put back: what was worked out before may lie far ahead.
            self._next.clear()
        self._seen, fired = now, 0
        for schedule in schedules:
            due = self._next.get(schedule.name)
            if due is None or due <= now:
                fired += fire_due(schedule, now)
                self._next[schedule.name] = schedule.next_after(now)
        return fired


def fire_due(schedule: Schedule, now: datetime) -> int:
    """Fire the times of one schedule that have come since its last firing; returns how many this worker won.

    A schedule that is seen for the first time begins now: nothing before counts as missed.
    """
    last = Firing.objects.filter(schedule=schedule.name, fire_at__lte=now).aggregate(at=Max("fire_at"))["at"]
    if last is None:
        Firing.objects.get_or_create(schedule=schedule.name, fire_at=now.replace(microsecond=0))
        return 0
    return sum(_fire(schedule, moment) for moment in schedule.missed(last, now))


def _fire(schedule: Schedule, moment: datetime) -> bool:
    try:
        with transaction.atomic():
            firing = Firing.objects.create(schedule=schedule.name, fire_at=moment)
            firing.job = start_job(
                kind=TICK if schedule.is_atomic else LONG_TICK,
                actor=None,
                payloads=[{"schedule": schedule.name, "fire_at": moment.isoformat()}],
                key=f"tick:{schedule.name}:{moment.isoformat()}",
                queue=schedule.queue,
            )
            firing.save(update_fields=["job"])
    except IntegrityError:
        return False
    return True
