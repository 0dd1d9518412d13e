"""The plan as it was confirmed in the end 方案最终确认 (CRE-08)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.models import Version, digest_of


class FinalPlan(models.Model):
    """What the confirmed plan is to bring about and how that will be told, with the frozen version; never changed.

    `digest` is over both texts and the version, so that none of them can be exchanged unnoticed.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="final_plans")
    effect = models.TextField(_("expected effect"))
    evaluation = models.TextField(_("how it will be evaluated"))
    version = models.ForeignKey(Version, models.PROTECT, related_name="+", verbose_name=_("version"))
    digest = models.CharField(max_length=64, editable=False)
    confirmed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("confirmed by"))
    confirmed_at = models.DateTimeField(pgettext_lazy("creative", "confirmed at"), default=clock.now)

    class Meta:
        verbose_name = _("final plan")
        ordering = ["-confirmed_at", "-pk"]
        indexes = [models.Index(fields=["subject", "-confirmed_at"], name="final_plan_of_subject")]
        constraints = [
            models.CheckConstraint(condition=~Q(effect="") & ~Q(evaluation=""), name="final_plan_is_whole")
        ]

    def __str__(self) -> str:
        return str(self.version)

    @property
    def is_whole(self) -> bool:
        """Whether it still says what was confirmed."""
        return self.digest == self.told and self.version.is_whole

    @property
    def told(self) -> str:
        """The digest of what it says now."""
        return digest_of(
            {"version": self.version.digest, "effect": self.effect, "evaluation": self.evaluation}
        )
