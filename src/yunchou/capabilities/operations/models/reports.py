"""Reports of those who carry something out: daily progress, daily figures, the week, and what they ask of departments."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.sheets.models import TableRow
from yunchou.kernel.sheets.persons import person_key, person_name
from yunchou.kernel.subjects.models import Subject

from ..points import Point, kept
from .sealing import Sent


class DailyReport(TableRow):
    """The progress report of one person for one day (RPT-01). What was handed in never changes; corrections are new ones.

    A report without `submitted_at` came with an imported workbook: it is counted as neither late nor on time.
    """

    day = models.DateField(_("date"), null=True)
    done = models.JSONField(_("done today"), default=list)
    tomorrow = models.JSONField(_("planned for tomorrow"), default=list)
    problems = models.TextField(_("problems"), blank=True)
    resources = models.TextField(_("resources needed"), blank=True)
    # The three monitored points as they stood (RPT-04), as `monitoring.Point.to_json` writes them.
    monitored = models.JSONField(default=list, editable=False)
    owner = person_key(verbose_name=_("owner"))
    owner_name = person_name()
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    submitted_at = models.DateTimeField(_("handed in"), null=True, editable=False)
    is_late = models.BooleanField(pgettext_lazy("report", "late"), default=False, editable=False)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="corrected_by", editable=False
    )

    class Meta(TableRow.Meta):
        verbose_name = _("progress report")
        indexes = [models.Index(fields=["subject", "-day"], name="report_of_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "day", "owner"],
                condition=Q(corrects__isnull=True, submitted_at__isnull=False),
                name="report_once_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.shown_owner or ''}".strip()

    @property
    def points(self) -> list[Point]:
        """The monitored points as they stood when the report was handed in."""
        return kept(self.monitored)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None and self.submitted_at is not None:
            raise TypeError("A report that was handed in is never changed; hand in a correction.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        if self.submitted_at is not None:
            raise TypeError("A report that was handed in is never removed.")
        return super().delete(*args, **kwargs)

    @property
    def shown_owner(self) -> User | str | None:
        """The person, or the name as given."""
        return self.owner or self.owner_name or None


class DataReport(models.Model):
    """The figures of one day by channel (RPT-02): `{"抖音": {"leads": "120", "exposure": "800000"}}`."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    day = models.DateField(_("date"))
    figures = models.JSONField(_("figures"), default=dict)
    note = models.TextField(_("remark"), blank=True)
    monitored = models.JSONField(default=list, editable=False)
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(_("handed in"), default=clock.now)
    is_late = models.BooleanField(pgettext_lazy("report", "late"), default=False)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")

    class Meta:
        verbose_name = _("data report")
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "day"], condition=Q(corrects__isnull=True), name="data_report_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.day}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("A data report is never changed; hand in a correction.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("A data report is never removed.")

    @property
    def points(self) -> list[Point]:
        """The monitored points as they stood when the report was handed in (RPT-04)."""
        return kept(self.monitored)


class WeeklyReport(Sent):
    """The report of a week for management, drafted from the dailies and sent by the overall lead (RPT-03).

    `week_on` is its Monday. It is written on until it is sent, and then never changes (RPT-07).
    """

    PARTS = ("summary", "milestones", "budget", "feedback", "problems", "outlook")

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    week_on = models.DateField(_("week from"))
    summary = models.TextField(_("done this week"), blank=True)
    milestones = models.TextField(_("milestones"), blank=True)
    budget = models.TextField(_("budget use"), blank=True)
    feedback = models.TextField(_("feedback"), blank=True)
    problems = models.TextField(_("open problems"), blank=True)
    outlook = models.TextField(_("next week"), blank=True)
    monitored = models.JSONField(default=list, editable=False)
    drafted_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    recipients = models.ManyToManyField(User, related_name="+", verbose_name=_("recipients"))

    class Meta:
        verbose_name = _("weekly report")
        ordering = ["-week_on"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "week_on"], name="weekly_report_once"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(sent_by__isnull=False), name="weekly_report_sent_by"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.week_on}"

    def get_absolute_url(self) -> str:
        return reverse("operations:weekly_report", args=[self.subject_id, self.week_on])

    @property
    def until(self) -> date:
        """The Sunday of its week."""
        return self.week_on + timedelta(days=6)

    @property
    def points(self) -> list[Point]:
        return kept(self.monitored)


class ResourceRequest(models.Model):
    """What a report needs of a department, whose head must answer (RPT-05)."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("request", "Waits for an answer")
        GRANTED = "granted", pgettext_lazy("request", "Granted")
        PARTLY = "partly", pgettext_lazy("request", "Granted in part")
        REFUSED = "refused", pgettext_lazy("request", "Refused")

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    report = models.ForeignKey(DailyReport, models.PROTECT, null=True, related_name="requests")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("department"))
    need = models.TextField(_("what is needed"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(pgettext_lazy("time", "asked"), default=clock.now)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("answers"))
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(pgettext_lazy("time", "answered"), null=True)

    class Meta:
        verbose_name = _("request to a department")
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["subject", "state"], name="request_of_subject")]
        constraints = [
            models.CheckConstraint(condition=Q(state="open") | ~Q(answer=""), name="request_is_answered")
        ]

    def __str__(self) -> str:
        return self.need

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
