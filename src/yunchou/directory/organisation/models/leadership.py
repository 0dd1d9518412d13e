"""What the head of a marketing centre writes down: risks of major decisions, and reports to top management (ORG-07)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User


class RiskLevel(models.TextChoices):
    """How grave a decision's risk was judged."""

    LOW = "low", pgettext_lazy("risk", "Low")
    MEDIUM = "medium", pgettext_lazy("risk", "Medium")
    HIGH = "high", pgettext_lazy("risk", "High")


class RiskNote(models.Model):
    """The risk assessment of one major decision, kept as it was written on that day."""

    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("marketing centre"))
    decision = models.CharField(_("decision"), max_length=160)
    level = models.CharField(
        pgettext_lazy("leadership", "risk"), max_length=8, choices=RiskLevel, default=RiskLevel.MEDIUM
    )
    assessment = models.TextField(_("assessment"))
    measures = models.TextField(_("measures"), blank=True)
    decided_on = models.DateField(_("decided on"))
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("-decided_on", "-id")
        verbose_name = _("risk assessment of a decision")

    def __str__(self) -> str:
        return self.decision


class ReportRhythm(models.Model):
    """How often the head of a centre reports to top management; a centre without a row reports every month (ORG-07)."""

    class Every(models.TextChoices):
        MONTH = "month", _("Every month")
        QUARTER = "quarter", _("Every quarter")

    centre = models.OneToOneField(
        Unit, models.CASCADE, related_name="report_rhythm", verbose_name=_("marketing centre")
    )
    every = models.CharField(_("rhythm"), max_length=8, choices=Every, default=Every.MONTH)
    working_days = models.PositiveSmallIntegerField(_("working days after the period"), default=5)

    class Meta:
        verbose_name = _("reporting rhythm")
        constraints = [
            models.CheckConstraint(
                condition=Q(working_days__gte=1) & Q(working_days__lte=20), name="report_rhythm_days"
            )
        ]

    def __str__(self) -> str:
        return f"{self.centre}: {self.get_every_display()}"


class CentreReport(models.Model):
    """A periodic report of the head to top management, with the figures of that moment; never changed once issued."""

    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("marketing centre"))
    title = models.CharField(_("title"), max_length=120)
    start_on = models.DateField(_("from"))
    end_on = models.DateField(_("until"))
    text = models.TextField(_("report"))
    # As `leadership.Overview.to_json` writes them: what was seen when the report was issued.
    figures = models.JSONField(default=list, editable=False)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("-end_on", "-id")
        verbose_name = _("report to top management")
        constraints = [
            models.CheckConstraint(condition=Q(end_on__gte=F("start_on")), name="centre_report_period")
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("organisation:centre_report", args=[self.pk])
