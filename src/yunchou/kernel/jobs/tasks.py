"""The work of this room itself: running the schedules, and clearing away what is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max

from yunchou.kernel.core import clock

from .models import Firing, Job, JobChunk, State, WorkerBeat, wall
from .registry import LONG_TICK, TICK, TICK_LABEL, TICKS, Queue, job_kind, schedule, schedules

#: How long what is over is kept.
KEEP_TICKS = timedelta(days=7)
KEEP_JOBS = timedelta(days=90)


@job_kind(LONG_TICK, label=TICK_LABEL, queue=Queue.ALERTS, is_atomic=False, timeout=timedelta(hours=2))
@job_kind(TICK, label=TICK_LABEL, queue=Queue.ALERTS)
def run_tick(job: Job, chunk: JobChunk) -> None:
    """Call the function of a schedule for one of its times; one that is no longer declared is let go."""
    if declared := schedules.get(chunk.payload["schedule"]):
        declared.tick(datetime.fromisoformat(chunk.payload["fire_at"]))


@schedule("jobs.clear_away", cron="20 3 * * *", queue=Queue.BULK)
def clear_away(fire_at: datetime) -> None:
    """Delete firings, finished jobs and silent workers after their time; the last firing of a schedule is
    kept."""
    latest = Firing.objects.values("schedule").annotate(at=Max("pk")).values("at")
    old = Firing.objects.filter(fire_at__lt=clock.now() - KEEP_TICKS)
    old.exclude(pk__in=list(latest.values_list("at", flat=True))).delete()
    done = Job.objects.filter(state=State.DONE)
    done.filter(kind__in=TICKS, finished_at__lt=clock.now() - KEEP_TICKS).delete()
    done.filter(finished_at__lt=clock.now() - KEEP_JOBS).delete()
    WorkerBeat.objects.filter(seen_at__lt=wall() - KEEP_TICKS).delete()
