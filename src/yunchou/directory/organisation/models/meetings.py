"""Recurring meetings of departments, their minutes, and what was agreed to be done (ORG-11, 002 2.1, 2.2)."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..permissions import Perm


class Rhythm(models.TextChoices):
    """How often a series meets."""

    WEEKLY = "weekly", _("Every week")
    FORTNIGHTLY = "fortnightly", _("Every two weeks")
    MONTHLY = "monthly", _("Every month")
    QUARTERLY = "quarterly", _("Every quarter")


class Series(models.Model):
    """A meeting that is held again and again. Its subject's team are the people invited."""

    view_perm = Perm.SEE_MEETINGS

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="meeting_series")
    name = models.CharField(_("name of the meeting"), max_length=80)
    rhythm = models.CharField(_("rhythm"), max_length=12, choices=Rhythm, default=Rhythm.WEEKLY)
    first_on = models.DateField(pgettext_lazy("meeting", "first day"))
    starts_at = models.TimeField(_("begins at"), default=time(9, 30))
    place = models.CharField(_("place"), max_length=80, blank=True)
    chair = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("chair"))
    is_active = models.BooleanField(default=True)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("-is_active", "subject_id")
        verbose_name = _("meeting series")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organisation:series_detail", args=[self.pk])


class Meeting(models.Model):
    """One meeting of a series: planned, then held with minutes. `number` counts from 1 within the series."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="meetings")
    number = models.PositiveIntegerField()
    held_on = models.DateField(_("day"))
    agenda = models.TextField(_("agenda"), blank=True)
    minutes = models.TextField(pgettext_lazy("meeting", "minutes"), blank=True)
    is_held = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)
    present = models.ManyToManyField(User, related_name="+", verbose_name=_("present"))

    class Meta:
        ordering = ("-number",)
        verbose_name = _("meeting")
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="meeting_number_once"),
            models.UniqueConstraint(
                fields=["series"], condition=Q(is_held=False), name="meeting_one_planned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.held_on}"

    def get_absolute_url(self) -> str:
        return reverse("organisation:meeting_detail", args=[self.pk])


class FollowUp(models.Model):
    """Something agreed in a meeting: who does it by when. Open ones stand on every later agenda until closed."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="follow_ups")
    text = models.CharField(_("what is to be done"), max_length=200)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("owner"))
    due_on = models.DateField(_("due"))
    outcome = models.CharField(_("outcome"), max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_in = models.ForeignKey(Meeting, models.SET_NULL, null=True, related_name="closed_items")

    class Meta:
        ordering = ("due_on", "id")
        verbose_name = _("follow-up item")

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_late(self) -> bool:
        """Open after its day."""
        return self.is_open and self.due_on < clock.today()

    @property
    def key(self) -> str:
        """The key of its duty."""
        return f"organisation.follow_up:{self.pk}"
