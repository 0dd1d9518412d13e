from __future__ import annotations

import uuid
from datetime import time

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class DayOverride(models.Model):
    """One day about which the company, or a notice newer than the installed data, says something else."""

    day = models.DateField(_("Day"), unique=True)
    is_working = models.BooleanField(_("Worked"))
    name = models.CharField(_("Name"), max_length=40, blank=True)
    note = models.CharField(_("Source or reason"), max_length=200, blank=True)

    class Meta:
        ordering = ["day"]
        verbose_name = _("day override")
        verbose_name_plural = _("day overrides")

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}".strip()

    def get_absolute_url(self) -> str:
        return f"{reverse('calendar:calendar_detail')}?year={self.day.year}"


def new_stamp() -> str:
    """A value no other edition of the calendar has; random, so that a rolled-back edit cannot be mistaken for
    another."""
    return uuid.uuid4().hex


class CalendarSettings(models.Model):
    """The one row of settings; its stamp changes with every edit, so that each process notices."""

    ONLY = 1

    announced_until = models.PositiveSmallIntegerField(_("Announced until year"), null=True, blank=True)
    opens_at = models.TimeField(_("Work starts at"), default=time(9))
    closes_at = models.TimeField(_("Work ends at"), default=time(18))
    stamp = models.CharField(max_length=32, default=new_stamp, editable=False)

    class Meta:
        verbose_name = _("calendar settings")
        verbose_name_plural = _("calendar settings")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="calendar_settings_one_row"),
            models.CheckConstraint(
                condition=models.Q(opens_at__lt=models.F("closes_at")), name="calendar_opens_before_it_closes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opens_at:%H:%M}-{self.closes_at:%H:%M}"
