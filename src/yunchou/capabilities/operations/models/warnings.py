"""The early-warning register of a marketing centre: market, competition and operating risks (RSK-09)."""

from __future__ import annotations

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


class WarningField(models.TextChoices):
    """What a warning is about (002 1.3)."""

    MARKET = "market", pgettext_lazy("warning", "Market")
    COMPETITION = "competition", pgettext_lazy("warning", "Competition")
    OPERATION = "operation", pgettext_lazy("warning", "Operation")


class Warned(models.TextChoices):
    """How far a warning has come."""

    OPEN = "open", pgettext_lazy("warning", "Watched")
    RESPONDING = "responding", pgettext_lazy("warning", "Being responded to")
    CLOSED = "closed", pgettext_lazy("warning", "Lifted")


class EarlyWarningQuerySet(ScopedQuerySet):
    def current(self) -> EarlyWarningQuerySet:
        return self.exclude(state=Warned.CLOSED)


class EarlyWarning(models.Model):
    """A risk to the business that somebody noticed, with its source, level, response and state. `level` is 1 to 3."""

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.CASCADE, primary_key=True, related_name="early_warning")
    field = models.CharField(_("about"), max_length=12, choices=WarningField)
    title = models.CharField(_("warning"), max_length=120)
    source = models.CharField(_("source"), max_length=120)
    level = models.PositiveSmallIntegerField(pgettext_lazy("warning", "level"), default=2)
    detail = models.TextField(_("what was noticed"), blank=True)
    response = models.TextField(_("response"), blank=True)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("responsible"))
    state = models.CharField(_("state"), max_length=10, choices=Warned, default=Warned.OPEN)
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    raised_at = models.DateTimeField(pgettext_lazy("warning", "raised"), default=clock.now, editable=False)
    closed_at = models.DateTimeField(_("lifted"), null=True, editable=False)
    objects = EarlyWarningQuerySet.as_manager()

    class Meta:
        verbose_name = _("early warning")
        ordering = ["-raised_at", "-pk"]
        indexes = [models.Index(fields=["state", "-raised_at"], name="warning_by_state")]
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(1, 3)), name="warning_level"),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False), name="warning_closed_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("operations:warning_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state != Warned.CLOSED


class WarningStep(models.Model):
    """What became of a warning at one time: another level, a response, the end. Never changed."""

    warning = models.ForeignKey(EarlyWarning, models.CASCADE, related_name="steps")
    state = models.CharField(_("state"), max_length=10, choices=Warned)
    level = models.PositiveSmallIntegerField(pgettext_lazy("warning", "level"))
    note = models.TextField(_("note"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("step of a warning")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.note
