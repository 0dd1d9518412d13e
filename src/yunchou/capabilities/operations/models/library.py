"""What risks are triggered by, and the library of risks that activities copy from (RSK-02, RSK-08)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject


class Comparator(models.TextChoices):
    """How a recorded value is held against that of a trigger."""

    AT_LEAST = ">=", "≥"
    AT_MOST = "<=", "≤"
    ABOVE = ">", ">"
    BELOW = "<", "<"


class Watch(models.TextChoices):
    """What sets a risk off by itself; nothing where only a person does."""

    MANUAL = "", pgettext_lazy("trigger", "Set off by hand")
    READING = "reading", pgettext_lazy("trigger", "A recorded value")
    TASK = "task", pgettext_lazy("trigger", "A task that is not ready in time")
    DAY = "day", pgettext_lazy("trigger", "A day and time")


class Wish(models.TextChoices):
    """What a task must have reached at the moment of the test."""

    DONE = "done", pgettext_lazy("wish", "done")
    BEGUN = "begun", pgettext_lazy("wish", "begun")


class Triggered(models.Model):
    """A structured trigger: what is watched, how it is compared, and the time point (RSK-02).

    A value is tested when it is recorded; a task or a day at a moment: the day `on` (of a task its planned end, where none
    is given) at `at`, so many minutes ahead.
    """

    watch = models.CharField(_("trigger by"), max_length=8, choices=Watch, blank=True, default=Watch.MANUAL)
    indicator = models.CharField(_("indicator"), max_length=60, blank=True)
    comparator = models.CharField(_("comparison"), max_length=2, choices=Comparator, blank=True)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4, null=True, blank=True)
    wish = models.CharField(_("the task must be"), max_length=6, choices=Wish, blank=True)
    at = models.TimeField(_("time of day"), null=True, blank=True)
    ahead_minutes = models.PositiveIntegerField(_("minutes ahead"), default=0, blank=True)
    # After being set off, or so many days ahead of the event, whichever comes first.
    limit_minutes = models.PositiveIntegerField(_("time limit of the response"), null=True, blank=True)
    ahead_days = models.PositiveSmallIntegerField(
        _("response ready days ahead of the event"), null=True, blank=True
    )

    class Meta:
        abstract = True


class Category(models.TextChoices):
    """The standard scenarios of 004 三(三)."""

    WEATHER = "weather", pgettext_lazy("category", "Weather")
    MATERIALS = "materials", pgettext_lazy("category", "Late materials")
    TRAFFIC = "traffic", pgettext_lazy("category", "Low traffic")
    EQUIPMENT = "equipment", pgettext_lazy("category", "Equipment")
    MARKET = "market", pgettext_lazy("category", "Market change")
    COMPETITOR = "competitor", pgettext_lazy("category", "Competitor action")
    OTHER = "other", pgettext_lazy("category", "Other")


class LibraryRisk(Triggered):
    """A risk worth knowing: activities copy it with its response and trigger, retrospectives add to it (RSK-08).

    `task_words` is looked for in the names of tasks when an activity copies a trigger by a task. `origin` is the subject
    whose experience it is; nothing for what the product ships with.
    """

    scenario = models.CharField(_("scenario"), max_length=80)
    category = models.CharField(
        pgettext_lazy("risk", "category"), max_length=12, choices=Category, default=Category.OTHER
    )
    likelihood = models.PositiveSmallIntegerField(_("likelihood"), default=2)
    impact = models.PositiveSmallIntegerField(_("impact"), default=2)
    responses = models.JSONField(_("response"), default=list, blank=True)
    trigger = models.CharField(_("trigger"), max_length=200, blank=True)
    task_words = models.CharField(_("task named like"), max_length=40, blank=True)
    lesson = models.TextField(_("what was learnt"), blank=True)
    origin = models.ForeignKey(Subject, models.SET_NULL, null=True, related_name="+", editable=False)
    is_active = models.BooleanField(_("offered"), default=True)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    added_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(
        default=clock.now, editable=False
    )

    class Meta:
        verbose_name = _("risk of the library")
        ordering = ["category", "scenario", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scenario"], condition=Q(is_active=True), name="library_risk_once"
            ),
            models.CheckConstraint(
                condition=Q(likelihood__range=(1, 3), impact__range=(1, 3)), name="library_risk_graded"
            ),
        ]

    def __str__(self) -> str:
        return self.scenario

    @property
    def score(self) -> int:
        """Likelihood times impact (R-RSK-01)."""
        return self.likelihood * self.impact
