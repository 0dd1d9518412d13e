"""Live streams of an activity: when they were planned and held, and what they came to (EXE-15)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.sales.models import LeadForm
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ratio
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject


class Stream(models.Model):
    """One session. Leads that came by its link and coupons handed out in it are counted, beside what the platform says."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    title = models.CharField(pgettext_lazy("stream", "session"), max_length=60)
    platform = models.CharField(pgettext_lazy("stream", "platform"), max_length=40)
    host = models.CharField(pgettext_lazy("stream", "host"), max_length=40, blank=True)
    planned_from = models.DateTimeField(_("planned from"))
    planned_until = models.DateTimeField(_("planned until"))
    held_from = models.DateTimeField(_("held from"), null=True, blank=True)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    viewers_target = models.PositiveIntegerField(_("viewers aimed at"))
    viewers = models.PositiveIntegerField(pgettext_lazy("stream", "viewers"), null=True, blank=True)
    interactions = models.PositiveIntegerField(_("interactions"), null=True, blank=True)
    told_coupons = models.PositiveIntegerField(_("coupons, as the platform says"), null=True, blank=True)
    told_leads = models.PositiveIntegerField(_("leads, as the platform says"), null=True, blank=True)
    note = models.CharField(pgettext_lazy("stream", "note"), max_length=200, blank=True)
    form = models.OneToOneField(LeadForm, models.PROTECT, related_name="stream", editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("live stream")
        ordering = ("planned_from", "pk")
        indexes = [models.Index(fields=["subject", "planned_from"], name="stream_of_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "title", "planned_from"], condition=Q(removed_at=None), name="stream_once"
            ),
            models.CheckConstraint(
                condition=Q(planned_until__gt=F("planned_from")), name="stream_planned_in_order"
            ),
            models.CheckConstraint(
                condition=Q(held_from=None, held_until=None)
                | Q(held_from__isnull=False, held_until__gt=F("held_from")),
                name="stream_held_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_held(self) -> bool:
        return self.held_until is not None

    @property
    def late(self) -> timedelta | None:
        """How much later it began than planned; None before it was held."""
        return self.held_from - self.planned_from if self.held_from else None

    @property
    def interaction_rate(self) -> Decimal | None:
        """Interactions of viewers in percent; None before both are known."""
        if self.viewers is None or self.interactions is None:
            return None
        return ratio(self.interactions, self.viewers)

    @property
    def attainment(self) -> Decimal | None:
        """Viewers of those aimed at, in percent."""
        return None if self.viewers is None else ratio(self.viewers, self.viewers_target)
