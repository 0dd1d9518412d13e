"""Recruitment and training (ORG-10, 002 2.3(3)): personnel data, which only few may see (GEN-01)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Position, Unit, User


class Opening(models.Model):
    """People are sought for a position of a unit, by written criteria."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="openings", verbose_name=_("unit"))
    position = models.ForeignKey(Position, models.PROTECT, related_name="+", verbose_name=_("position"))
    people = models.PositiveSmallIntegerField(_("people sought"), default=1)
    criteria = models.TextField(_("criteria"))
    opened_on = models.DateField(_("opened"))
    closed_on = models.DateField(pgettext_lazy("recruitment", "closed"), null=True, blank=True)

    class Meta:
        ordering = ("-opened_on", "-id")
        verbose_name = _("recruitment")
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=models.F("opened_on")),
                name="opening_period",
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.position}"


class Stage(models.TextChoices):
    """How far a candidate has come."""

    APPLIED = "applied", _("Applied")
    INTERVIEW = "interview", _("Interview")
    OFFERED = "offered", _("Offer made")
    HIRED = "hired", _("Hired")
    DECLINED = "declined", _("Not suitable")
    WITHDRAWN = "withdrawn", _("Withdrawn by the candidate")


class Candidate(models.Model):
    """Somebody who wants to work here. Name and phone stay in this row and never enter the journal."""

    opening = models.ForeignKey(Opening, models.CASCADE, related_name="candidates")
    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    source = models.CharField(_("source"), max_length=60, blank=True)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage, default=Stage.APPLIED)
    assessment = models.TextField(_("assessment against the criteria"), blank=True)
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("id",)
        verbose_name = _("candidate")

    def __str__(self) -> str:
        return self.name


class TrainingKind(models.TextChoices):
    """Who teaches."""

    INTERNAL = "internal", _("Internal training")
    EXPERT = "expert", _("By an outside expert")


class Training(models.Model):
    """A training of a unit's people."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="trainings", verbose_name=_("unit"))
    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("kind of training"), max_length=10, choices=TrainingKind)
    trainer = models.CharField(_("trainer"), max_length=120)
    held_on = models.DateField(_("day"))
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=1, null=True, blank=True)
    content = models.TextField(pgettext_lazy("training", "content"), blank=True)

    class Meta:
        ordering = ("-held_on", "-id")
        verbose_name = _("training")

    def __str__(self) -> str:
        return self.title


class Result(models.TextChoices):
    """What came out for one person."""

    OPEN = "open", _("No result yet")
    PASSED = "passed", _("Passed")
    FAILED = "failed", _("Not passed")
    ABSENT = "absent", _("Absent")


class Trainee(models.Model):
    """A person in a training, and the result."""

    training = models.ForeignKey(Training, models.CASCADE, related_name="trainees")
    user = models.ForeignKey(User, models.PROTECT, related_name="trainings", verbose_name=_("person"))
    result = models.CharField(_("result"), max_length=8, choices=Result, default=Result.OPEN)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=1, null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ("user__name_pinyin", "id")
        verbose_name = _("participant")
        constraints = [models.UniqueConstraint(fields=["training", "user"], name="trainee_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_result_display()}"
