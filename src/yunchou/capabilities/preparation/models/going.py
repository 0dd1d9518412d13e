"""The overall lead's word to begin although something is red (R-PRE-03)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject


class GoAhead(models.Model):
    """Holds for what was red when it was given; anything that turns red afterwards takes its force."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    reds = models.JSONField(default=list)
    reason = models.CharField(pgettext_lazy("preparation", "reason"), max_length=300)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("go-ahead")
        ordering = ["-given_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="go_ahead_has_reason")]

    def __str__(self) -> str:
        return self.reason
