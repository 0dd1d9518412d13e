"""What belongs to a schedule as a whole: which days count, what it was once, and how likely it is to be ready."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..states import DayCount


class ScheduleSetting(models.Model):
    """Which days count for a schedule, and the day of the event that tasks hang on. Without a row every day counts.

    `shows_end_day` is how durations are shown (SCH-03); what is computed and stored leaves the end day out (R-SCH-01).
    """

    subject = models.OneToOneField(Subject, models.CASCADE, primary_key=True, related_name="+")
    days = models.CharField(_("days"), max_length=10, choices=DayCount, default=DayCount.CALENDAR)
    event_on = models.DateField(_("day of the event"), null=True)
    shows_end_day = models.BooleanField(_("durations count the end day"), default=False)

    class Meta:
        verbose_name = _("schedule setting")

    def __str__(self) -> str:
        return self.get_days_display()


class Baseline(models.Model):
    """The dates of a schedule as they were when somebody kept them, beside the baseline of the approval (SCH-06).

    `rows` are `[task, name, start, end]`, so that a task that is deleted is still told of.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="baselines")
    name = models.CharField(_("name"), max_length=60)
    rows = models.JSONField(default=list)
    kept_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("kept by"))
    kept_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-kept_at", "-pk"]
        verbose_name = _("baseline")
        constraints = [models.UniqueConstraint(fields=["subject", "name"], name="baseline_name_once")]

    def __str__(self) -> str:
        return self.name

    def spans(self) -> dict[int, tuple[date | None, date | None]]:
        """The dates by task."""
        return {row[0]: (_day(row[2]), _day(row[3])) for row in self.rows}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class Foreseen(models.Model):
    """The last answer to how likely a schedule is to be ready; it holds as long as the digest is that of the plan."""

    subject = models.OneToOneField(Subject, models.CASCADE, primary_key=True, related_name="+")
    digest = models.CharField(max_length=64)
    result: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("readiness")

    def __str__(self) -> str:
        return self.digest[:12]
