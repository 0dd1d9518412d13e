"""Jobs and their chunks: these rows are the truth about background work, whatever carries the messages."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .registry import Queue, kinds

MAX_ATTEMPTS = 5


def wall() -> datetime:
    """The machine's own time, in UTC.

    Leases and heartbeats are about processes, not about business: they must not move when `core.clock` is
    moved to another day, else a demo that jumps to August would declare every running worker dead.
    """
    return datetime.now(UTC)


def new_key() -> str:
    return uuid.uuid4().hex


class State(models.TextChoices):
    """Of a job and of a chunk."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    PARKED = "parked", _("Needs attention")


FINAL = (State.DONE, State.PARKED)


class Job(models.Model):
    """One piece of background work that somebody, or a schedule, asked for. `total` and `done` count
    chunks."""

    kind = models.CharField(max_length=60)
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.JSONField(null=True)
    key = models.CharField(max_length=160, unique=True, default=new_key)
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["actor", "-id"], name="job_of_actor"),
            models.Index(fields=["state", "kind"], name="job_state_kind"),
        ]
        verbose_name = _("job")

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("jobs:job_detail", args=[self.pk])

    @property
    def label(self) -> str | Promise:
        """What is being done, in words."""
        declared = kinds.get(self.kind)
        return declared.label if declared else self.kind

    @property
    def is_done(self) -> bool:
        """Whether nothing more will happen by itself: it went through or it is parked."""
        return self.state in FINAL

    @property
    def message(self) -> Say | None:
        """Why it stopped, in the reader's language."""
        return Say.from_json(self.error) if self.error else None


class ChunkQuerySet(models.QuerySet["JobChunk"]):
    def due(self, now: datetime) -> ChunkQuerySet:
        """Those that a worker may take: waiting and due, or left behind by a worker whose lease ran out."""
        return self.filter(
            Q(state=State.WAITING, due_at__lte=now)
            | Q(state=State.RUNNING, lease_until__lt=now, attempts__lt=MAX_ATTEMPTS)
        )


class JobChunk(models.Model):
    """A part of a job that one worker does in one go. Whoever holds `token` until `lease_until` is working on
    it."""

    #: Seconds that a worker's hold lasts without a sign of life.
    LEASE: ClassVar[float] = 30.0

    job = models.ForeignKey(Job, models.CASCADE, related_name="chunks")
    seq = models.PositiveIntegerField()
    queue = models.PositiveSmallIntegerField(choices=[(q.value, q.name.lower()) for q in Queue])
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    payload = models.JSONField(default=dict)
    size = models.PositiveIntegerField(default=1)
    reached = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=wall)
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    token = models.CharField(max_length=32, blank=True)
    error = models.JSONField(null=True)
    objects = ChunkQuerySet.as_manager()

    class Meta:
        ordering = ["job", "seq"]
        constraints = [models.UniqueConstraint(fields=["job", "seq"], name="chunk_once")]
        indexes = [
            models.Index(
                fields=["queue", "due_at"],
                name="chunk_open",
                condition=Q(state__in=[State.WAITING, State.RUNNING]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.seq}"

    @property
    def message(self) -> Say | None:
        return Say.from_json(self.error) if self.error else None


class Firing(models.Model):
    """One time of one schedule; the constraint is what makes it fire once. The first row of a schedule is its
    beginning and has no job."""

    schedule = models.CharField(max_length=80)
    fire_at = models.DateTimeField()
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule", "fire_at"], name="firing_once")]

    def __str__(self) -> str:
        return f"{self.schedule} {self.fire_at:%Y-%m-%d %H:%M}"


class WorkerBeat(models.Model):
    """A worker process and when it last gave a sign of life (by the machine's clock)."""

    name = models.CharField(max_length=80, unique=True)
    queues = models.JSONField(default=list)
    started_at = models.DateTimeField(default=wall)
    seen_at = models.DateTimeField(default=wall, db_index=True)

    def __str__(self) -> str:
        return self.name

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.name, "queues": self.queues, "seen_at": self.seen_at}
