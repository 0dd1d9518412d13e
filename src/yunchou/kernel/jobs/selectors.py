"""How far a job is, and how the workers are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, F, Min, Q, QuerySet, Sum, When
from django.utils.functional import Promise

from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User

from .models import Job, JobChunk, State, WorkerBeat, wall
from .permissions import Perm
from .registry import TICKS

#: A worker that has been silent for longer is taken for dead.
ALIVE = timedelta(seconds=30)


@dataclass(frozen=True)
class Progress:
    """How far a job is, in units of work; has what `ui/parts/progress.html` asks for."""

    label: str | Promise
    state: State
    done: int
    total: int
    parked: int
    message: Say | None

    @property
    def is_done(self) -> bool:
        return self.state in (State.DONE, State.PARKED)

    @property
    def percent(self) -> int | None:
        """Whole percents; None while nothing has begun."""
        if self.state == State.WAITING:
            return None
        return 100 * self.done // self.total if self.total else 100


def progress(job: Job) -> Progress:
    """How far the job is, in one query."""
    reached = Case(When(state=State.DONE, then=F("size")), default=F("reached"))
    found = job.chunks.aggregate(
        total=Sum("size"), done=Sum(reached), parked=Count("pk", filter=Q(state=State.PARKED))
    )
    return Progress(
        label=job.label,
        state=State(job.state),
        done=min(found["done"] or 0, found["total"] or 0),
        total=found["total"] or 0,
        parked=found["parked"],
        message=job.message,
    )


def jobs_of(user: User) -> QuerySet[Job]:
    """Jobs that a person may see: their own; with `jobs.manage` everybody's."""
    jobs = Job.objects.select_related("actor", "subject").order_by("-pk")
    if user.has_perm(Perm.MANAGE):
        return jobs.exclude(kind__in=TICKS, state=State.DONE)
    return jobs.filter(actor=user)


@dataclass(frozen=True)
class WorkHealth:
    """Whether background work is being done. Times by the machine's clock."""

    workers: int
    due: int
    parked: int
    oldest_due_at: datetime | None

    @property
    def lag(self) -> timedelta:
        """For how long the oldest chunk has been waiting for a worker."""
        return wall() - self.oldest_due_at if self.oldest_due_at else timedelta(0)


def work_health() -> WorkHealth:
    """Living workers, chunks that wait for one, and parked chunks."""
    now = wall()
    due = JobChunk.objects.due(now).aggregate(count=Count("pk"), oldest=Min("due_at"))
    return WorkHealth(
        workers=WorkerBeat.objects.filter(seen_at__gte=now - ALIVE).count(),
        due=due["count"],
        parked=JobChunk.objects.filter(state=State.PARKED).count(),
        oldest_due_at=due["oldest"],
    )


def workers_alive(within: timedelta = ALIVE) -> int:
    """Number of workers that gave a sign of life within that time."""
    return WorkerBeat.objects.filter(seen_at__gte=wall() - within).count()
