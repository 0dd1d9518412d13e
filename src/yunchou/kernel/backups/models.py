"""What was done to protect the data, and how it went. The backups themselves are files."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.models import wall
from yunchou.kernel.subjects.models import Subject


class Installation(models.Model):
    """This installation, of which somebody keeps care: what its duties and journal entries hang on. One row."""

    ONLY = 1
    subject = models.OneToOneField(Subject, models.PROTECT, related_name="+")


class Run(models.Model):
    """One backup, tested or real restore, or word that the keys are safe. Times by the machine's clock."""

    class Kind(models.TextChoices):
        BACKUP = "backup", _("Backup")
        TEST = "test", _("Test of restoring")
        RESTORE = "restore", _("Restored")
        KEYS = "keys", _("Keys confirmed")

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("backup", "Under way")
        DONE = "done", pgettext_lazy("backup", "Successful")
        FAILED = "failed", pgettext_lazy("backup", "Failed")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RUNNING)
    name = models.CharField(_("file"), max_length=60, blank=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(default=wall)
    finished_at = models.DateTimeField(null=True)
    size = models.PositiveBigIntegerField(default=0)
    tables = models.PositiveIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    #: Files whose content was not on the disk any more and so is in no backup since.
    missing = models.PositiveIntegerField(default=0)
    #: Of the file for a backup, of the manifest that agreed for a test.
    digest = models.CharField(max_length=64, blank=True)
    message = models.JSONField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["kind", "state", "-id"], name="run_of_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def words(self) -> Say | None:
        """Why it failed, or what else is to be told."""
        return Say.from_json(self.message) if self.message else None

    @property
    def duration(self) -> timedelta | None:
        return self.finished_at - self.started_at if self.finished_at else None

    @property
    def seconds_text(self) -> str:
        """How long it took, for people; nothing while it runs."""
        if self.duration is None:
            return ""
        seconds = self.duration.total_seconds()
        if seconds < 120:
            return gettext("{seconds} s").format(seconds=f"{seconds:.1f}" if seconds < 10 else round(seconds))
        return gettext("{minutes} min").format(minutes=round(seconds / 60))

    @property
    def level(self) -> str:
        return {self.State.DONE: "fine", self.State.FAILED: "act"}.get(self.State(self.state), "unknown")

    @property
    def tells_counts(self) -> bool:
        """Whether tables, rows and files were counted."""
        return self.state == self.State.DONE and self.kind in (self.Kind.BACKUP, self.Kind.TEST)


class KeySeen(models.Model):
    """Since when a secret is in use, by its mark: how old a key is must be known, and the key must not."""

    ring = models.CharField(max_length=10)
    mark = models.CharField(max_length=12)
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ring", "mark"], name="key_seen_once")]

    def __str__(self) -> str:
        return f"{self.ring} {self.mark}"
