"""What a host has to know of a guest, and who receives guests where and when (EXE-04, EXE-05)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.core.sealing import Sealed, SealedField
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Guest


class Briefing(models.Model):
    """The few words with which a host receives a guest: encrypted, since they tell of tastes, family and health."""

    guest = models.OneToOneField(Guest, models.CASCADE, primary_key=True, related_name="briefing")
    words_kept = SealedField(editable=False)
    kept_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("briefing of a host")

    def __str__(self) -> str:
        return str(self.guest)

    @property
    def words(self) -> str:
        kept = self.words_kept
        return kept.open() if isinstance(kept, Sealed) else str(kept or "")


class TaskKind(models.TextChoices):
    """What reception does (003 三(二)2)."""

    GREET = "greet", pgettext_lazy("reception", "Greet")
    GUIDE = "guide", pgettext_lazy("reception", "Guide")
    SEAT = "seat", pgettext_lazy("reception", "Show to the seat")
    REFRESH = "refresh", pgettext_lazy("reception", "Refreshments")


class ReceptionTask(models.Model):
    """One person receives guests at one place for a while. It stands in the person's duties."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="reception_tasks")
    kind = models.CharField(pgettext_lazy("reception", "task"), max_length=8, choices=TaskKind)
    person = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("reception", "person")
    )
    place = models.CharField(pgettext_lazy("reception", "place"), max_length=80, blank=True)
    starts_at = models.DateTimeField(pgettext_lazy("reception", "from"))
    ends_at = models.DateTimeField(pgettext_lazy("reception", "until"))
    note = models.CharField(pgettext_lazy("reception", "note"), max_length=200, blank=True)
    done_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("reception task")
        ordering = ("starts_at", "pk")
        indexes = [models.Index(fields=["person", "starts_at"], name="reception_of_person")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="reception_has_length")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.place}".strip()

    @property
    def duty_key(self) -> str:
        return f"hospitality.reception:{self.pk}"
