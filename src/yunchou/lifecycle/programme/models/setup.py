"""What is tried out before guests come: sound, light, projection (EXE-02)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Session


class Equipment(models.TextChoices):
    SOUND = "sound", pgettext_lazy("equipment", "Sound")
    LIGHT = "light", pgettext_lazy("equipment", "Light")
    PROJECTION = "projection", pgettext_lazy("equipment", "Projection")
    OTHER = "other", pgettext_lazy("equipment", "Other equipment")


class Result(models.TextChoices):
    OPEN = "open", pgettext_lazy("equipment test", "Not tested yet")
    FINE = "fine", pgettext_lazy("equipment test", "Passed")
    FAULT = "fault", pgettext_lazy("equipment test", "Failed")


LEVELS = {Result.OPEN: "unknown", Result.FINE: "fine", Result.FAULT: "act"}


class EquipmentTest(models.Model):
    """A piece of equipment and how its last test went; the journal keeps the tests before."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="equipment_tests")
    kind = models.CharField(
        pgettext_lazy("equipment test", "kind"), max_length=10, choices=Equipment, default=Equipment.SOUND
    )
    name = models.CharField(pgettext_lazy("equipment test", "what is tested"), max_length=80)
    tester = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("equipment test", "tester"),
    )
    order = models.PositiveSmallIntegerField(default=0, editable=False)
    result = models.CharField(
        pgettext_lazy("equipment test", "result"), max_length=8, choices=Result, default=Result.OPEN
    )
    note = models.CharField(pgettext_lazy("equipment test", "finding"), max_length=200, blank=True)
    tested_at = models.DateTimeField(null=True, editable=False)
    tested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = pgettext_lazy("equipment test", "test of equipment")
        ordering = ("order", "pk")
        indexes = [models.Index(fields=["subject", "order"], name="test_of_subject")]
        constraints = [
            models.UniqueConstraint(fields=["subject", "kind", "name"], name="test_once"),
            models.CheckConstraint(
                condition=Q(result="open") | Q(tested_at__isnull=False, tested_by__isnull=False),
                name="test_has_tester",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def level(self) -> str:
        return LEVELS[Result(self.result)]


class Checkpoint(models.Model):
    """The look at the equipment an hour before a session: once for each session, however often the clock ticks."""

    session = models.OneToOneField(Session, models.CASCADE, primary_key=True, related_name="+")
    judged_at = models.DateTimeField()
    faults = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("look at the equipment before a session")

    def __str__(self) -> str:
        return f"{self.session} {self.faults}"
