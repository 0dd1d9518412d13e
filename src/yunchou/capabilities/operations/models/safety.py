"""The safety emergency plan of an on-site event (RSK-06, 003 三(四)): who does what in which emergency."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject


class Scenario(models.TextChoices):
    """Emergencies; the first three are demanded by 003 三(四)."""

    FIRE = "fire", pgettext_lazy("emergency", "Fire")
    EARTHQUAKE = "earthquake", pgettext_lazy("emergency", "Earthquake")
    ILLNESS = "illness", pgettext_lazy("emergency", "Sudden illness")
    CROWD = "crowd", pgettext_lazy("emergency", "Crowding")
    OTHER = "other", pgettext_lazy("emergency", "Other emergency")


class Emergency(models.Model):
    """What is done in one emergency, in steps, by whom; phone numbers of help and where people gather."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="emergencies")
    scenario = models.CharField(_("emergency"), max_length=12, choices=Scenario)
    name = models.CharField(_("name"), max_length=60, blank=True)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible")
    )
    deputy = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("in his absence")
    )
    steps = models.JSONField(_("steps"), default=list, blank=True)
    help_at = models.CharField(_("help and where people gather"), max_length=200, blank=True)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("emergency")
        verbose_name_plural = _("safety emergency plan")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "scenario"], condition=~Q(scenario="other"), name="emergency_once"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.get_scenario_display()
