"""Which position brings which right, and how far it reaches."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.identity.models import Appointment, Position, Unit

from .registry import Scope


class GrantQuerySet(models.QuerySet["Grant"]):
    def given(self) -> GrantQuerySet:
        """Those that bring something; rights taken from a position keep a row that says so."""
        return self.exclude(scope=Scope.NONE)


class Grant(models.Model):
    """A position brings a right, within a scope measured from the unit of the appointment (ORG-12).

    `units` are the chosen ones of scope `chosen`: each with everything below it.
    """

    position = models.ForeignKey(Position, models.CASCADE, related_name="grants", verbose_name=_("position"))
    right = models.CharField(_("right"), max_length=60)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope, default=Scope.BELOW)
    units = models.ManyToManyField(Unit, related_name="+", blank=True, verbose_name=_("chosen units"))
    # Why a position brings what is kept to others (`registry.Reserve`).
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["position", "right"], name="grant_once")]
        verbose_name = _("grant")

    def __str__(self) -> str:
        return f"{self.position}: {self.right} ({self.scope})"


class ExtraGrant(models.Model):
    """One appointment brings a right in further units, as long as it lasts: what its position alone would not reach."""

    appointment = models.ForeignKey(
        Appointment, models.CASCADE, related_name="extra_grants", verbose_name=_("appointment")
    )
    right = models.CharField(_("right"), max_length=60)
    units = models.ManyToManyField(Unit, related_name="+", verbose_name=_("chosen units"))
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["appointment", "right"], name="extra_grant_once")]
        verbose_name = _("further grant")

    def __str__(self) -> str:
        return f"{self.appointment}: {self.right}"
