"""What supervisors looked at, live, by inspection or for legality and honesty, and their monthly report (SUP-02, SUP-03)."""

from __future__ import annotations

from datetime import date

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
from .teams import Field, Team


class Mode(models.TextChoices):
    """How something was looked at."""

    LIVE = "live", pgettext_lazy("check", "Followed live")
    INSPECTION = "inspection", pgettext_lazy("check", "Inspection")
    LEGALITY = "legality", pgettext_lazy("check", "Legality and honesty")


class Answer(models.TextChoices):
    """What a point of the checklist came to."""

    YES = "yes", pgettext_lazy("checklist", "In order")
    NO = "no", pgettext_lazy("checklist", "Not in order")
    NONE = "none", pgettext_lazy("checklist", "Does not apply")


class Check(models.Model):
    """One look at an activity, written once. What is not in order becomes findings with the check as their source.

    `answers` maps the points of a checklist to {"answer", "note"}; only a check of legality and honesty has them.
    """

    view_perm = Perm.VIEW

    subject = models.OneToOneField(
        Subject, models.PROTECT, primary_key=True, related_name="supervision_check"
    )
    about = models.ForeignKey(Subject, models.PROTECT, related_name="supervision_checks")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="checks")
    mode = models.CharField(_("way"), max_length=10, choices=Mode)
    field = models.CharField(_("field"), max_length=12, choices=Field, blank=True)
    on = models.DateField(_("day"))
    text = models.TextField(pgettext_lazy("supervision", "what was seen"))
    answers = models.JSONField(default=dict)
    checker = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("checked by"))
    at = models.DateTimeField(default=clock.now, editable=False)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("check")
        ordering = ("-on", "-subject_id")
        indexes = [models.Index(fields=["about", "mode"], name="check_of_activity")]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="check_says_something")]

    def __str__(self) -> str:
        return self.subject.code

    def get_absolute_url(self) -> str:
        return reverse("supervision:check_detail", args=[self.pk])

    @property
    def wrong(self) -> int:
        """How many points were not in order."""
        return sum(one["answer"] == Answer.NO for one in self.answers.values())


class SupervisionReport(models.Model):
    """What a team reports to top management on a month: drafted from what it found, changed by its head until it is sent."""

    view_perm = Perm.READ_REPORTS

    subject = models.OneToOneField(
        Subject, models.PROTECT, primary_key=True, related_name="supervision_report"
    )
    team = models.ForeignKey(Team, models.PROTECT, related_name="reports")
    first = models.DateField(pgettext_lazy("supervision", "month"))
    text = models.TextField(_("report"))
    figures = models.JSONField(default=dict)
    drafted_at = models.DateTimeField(default=clock.now, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("supervision report")
        ordering = ("-first", "-subject_id")
        constraints = [
            models.UniqueConstraint(fields=["team", "first"], name="report_of_month_once"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, sent_by__isnull=True)
                | Q(sent_at__isnull=False, sent_by__isnull=False),
                name="report_sent_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.subject.title

    def get_absolute_url(self) -> str:
        return reverse("supervision:report_detail", args=[self.pk])

    @property
    def is_sent(self) -> bool:
        return self.sent_at is not None

    @property
    def key(self) -> str:
        """The key of the duty to send it."""
        return report_key(self.team_id, self.first)


def report_key(team: int, first: date) -> str:
    return f"supervision.report:{team}:{first:%Y-%m}"
