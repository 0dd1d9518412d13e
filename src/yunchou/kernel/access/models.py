"""Which position brings which right, and how far it reaches."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.identity.models import Position

from .registry import Scope


class Grant(models.Model):
    """A position brings a right, within a scope measured from the unit of the appointment (ORG-12)."""

    position = models.ForeignKey(Position, models.CASCADE, related_name="grants", verbose_name=_("position"))
    right = models.CharField(_("right"), max_length=60)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope, default=Scope.BELOW)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["position", "right"], name="grant_once")]
        verbose_name = _("grant")

    def __str__(self) -> str:
        return f"{self.position}: {self.right} ({self.scope})"
