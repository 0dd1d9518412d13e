"""Safety on the day: rounds that somebody walks (EXE-08), and emergencies that were set off (EXE-09)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.operations.models import Emergency, Issue, Scenario
from yunchou.kernel.core import clock
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

GRACE: Final = timedelta(minutes=5)
"""A round that is walked so much later than planned is not late yet."""


class PatrolLog(models.Model):
    """One round of a patrol: who walks where and when, what was found, what was done, and when the hazard was gone.

    `hazard` is empty where nothing was found. A hazard stays open until somebody says what was done about it.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="patrols")
    person = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("patrol", "who walks")
    )
    place = models.CharField(pgettext_lazy("patrol", "place"), max_length=80)
    due_at = models.DateTimeField(pgettext_lazy("patrol", "time"))
    walked_at = models.DateTimeField(null=True, editable=False)
    walked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    hazard = models.CharField(pgettext_lazy("patrol", "hazard"), max_length=200, blank=True)
    photo = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+", editable=False)
    action = models.CharField(pgettext_lazy("patrol", "what was done"), max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = _("round of a patrol")
        ordering = ("due_at", "pk")
        indexes = [models.Index(fields=["subject", "due_at"], name="patrol_of_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(hazard="") | Q(walked_at__isnull=False), name="hazard_was_found"
            ),
            models.CheckConstraint(condition=Q(closed_at=None) | ~Q(action=""), name="hazard_closed_by_deed"),
        ]

    def __str__(self) -> str:
        return f"{clock.local(self.due_at):%H:%M} {self.place}"

    @property
    def is_open_hazard(self) -> bool:
        """Something was found and is not mended."""
        return bool(self.hazard) and self.closed_at is None

    def is_overdue(self, now: datetime) -> bool:
        """Nobody has walked it although it was due."""
        return self.walked_at is None and self.due_at + GRACE < now

    @property
    def level(self) -> str:
        """The light it has on pages."""
        if self.is_open_hazard or self.is_overdue(clock.now()):
            return "act"
        if self.walked_at is None:
            return "unknown"
        return "watch" if self.hazard else "fine"


class EmergencyRun(models.Model):
    """An emergency that was set off on site, or a drill (演练) of one: its steps, who took them and when, and how it ended.

    What the plan said is copied, since a plan may be written on while it is carried out. Of one emergency one run is open.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="emergency_runs")
    emergency = models.ForeignKey(Emergency, models.SET_NULL, null=True, related_name="+")
    scenario = models.CharField(max_length=12, choices=Scenario)
    name = models.CharField(max_length=60, blank=True)
    is_drill = models.BooleanField(pgettext_lazy("emergency", "drill"), default=False)
    place = models.CharField(pgettext_lazy("emergency", "where"), max_length=80, blank=True)
    help_at = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    deputy = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(default=clock.now)
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    told = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    summary = models.TextField(pgettext_lazy("emergency", "summary"), max_length=1000, blank=True)
    issue = models.ForeignKey(Issue, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = pgettext_lazy("emergency", "emergency set off")
        ordering = ("-started_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "scenario", "name"],
                condition=Q(closed_at=None),
                name="emergency_one_open_run",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("started_at")), name="emergency_ends_after"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | ~Q(summary=""), name="emergency_closed_with_words"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.get_scenario_display()

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class EmergencyStep(models.Model):
    """A step of an emergency, with the moment at which somebody on site said that it was taken."""

    run = models.ForeignKey(EmergencyRun, models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(pgettext_lazy("emergency", "step"), max_length=300)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = pgettext_lazy("emergency", "step")
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=["run", "order"], name="emergency_step_once")]

    def __str__(self) -> str:
        return self.text
