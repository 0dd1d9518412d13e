"""Supervision teams with their plans, and notes of monitoring and guidance on any plan or activity."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..permissions import Perm


class Field(models.TextChoices):
    """The four fields of supervision (002 3.3(3))."""

    EXECUTION = "execution", _("Planning and execution")
    TEAMWORK = "teamwork", _("Teamwork and communication")
    FEEDBACK = "feedback", _("Customer feedback")
    INCENTIVE = "incentive", _("Performance and incentive")


class Team(models.Model):
    """Appointed people who supervise the work of a unit for a time (SUP-01, 002 3.3(2)).

    The head is the subject's lead, the others are its members. Its primary key is its subject's.
    """

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="supervision_team")
    name = models.CharField(_("name"), max_length=80)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    planned_at = models.DateTimeField(_("planned"), null=True, editable=False)
    planned_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("supervision team")
        ordering = ("-starts_on", "-subject_id")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="supervision_team_period",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("supervision:team_detail", args=[self.pk])

    @property
    def is_over(self) -> bool:
        return self.ends_on is not None and self.ends_on < clock.today()

    @property
    def is_running(self) -> bool:
        """Within its time, in which alone its people note what they see."""
        return self.starts_on <= clock.today() and not self.is_over


class PlanLine(models.Model):
    """What a team looks at in one of the four fields, and how."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="lines")
    field = models.CharField(_("field"), max_length=12, choices=Field)
    focus = models.TextField(_("focus"))
    method = models.TextField(_("method"))

    class Meta:
        verbose_name = _("line of a supervision plan")
        constraints = [
            models.UniqueConstraint(fields=["team", "field"], name="supervision_field_once"),
            models.CheckConstraint(condition=~Q(focus="") & ~Q(method=""), name="supervision_line_is_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.team}: {self.get_field_display()}"


class GuidanceNote(models.Model):
    """What was seen on a plan or activity, or advised: by the group (ORG-02), or by a supervision team within its unit.

    Written once, never edited. One with `answer_by` must be answered by that day (PLN-11).
    """

    class Kind(models.TextChoices):
        MONITORING = "monitoring", _("Monitoring")
        GUIDANCE = "guidance", _("Guidance")

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="guidance_notes")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.MONITORING)
    text = models.TextField(_("note"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("author"))
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, related_name="notes", verbose_name=_("supervision team")
    )
    answer_by = models.DateField(_("to be answered by"), null=True)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("guidance note")
        ordering = ("-at", "-pk")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="guidance_note_says_something")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("guidance notes are never changed")
        super().save(*args, **kwargs)

    @property
    def is_answered(self) -> bool:
        """Whether the region has said something to it; read with `notes_on` it asks for nothing more."""
        return bool(self.answers.all())

    @property
    def is_late(self) -> bool:
        """Still without an answer after its day."""
        return self.answer_by is not None and self.answer_by < clock.today() and not self.is_answered

    @property
    def key(self) -> str:
        """The key of the duty to answer it."""
        return f"supervision.answer:{self.pk}"


class NoteAnswer(models.Model):
    """What the region says to a note. Written once, never edited; a later one adds to it."""

    note = models.ForeignKey(GuidanceNote, models.PROTECT, related_name="answers")
    text = models.TextField(_("answer"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("author"))
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("answer to a guidance note")
        ordering = ("at", "pk")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="note_answer_says_something")]

    def __str__(self) -> str:
        return f"{self.note}: {self.text[:40]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("answers are never changed")
        super().save(*args, **kwargs)
