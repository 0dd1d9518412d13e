"""Risks with their responses, daily reports, and issues of any subject."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.models import TableRow
from yunchou.kernel.sheets.persons import person_key, person_name
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.subjects.models import Subject

from .monitoring import Point, kept
from .permissions import Perm


class Comparator(models.TextChoices):
    """How a recorded value is held against that of a trigger."""

    AT_LEAST = ">=", "≥"
    AT_MOST = "<=", "≤"
    ABOVE = ">", ">"
    BELOW = "<", "<"


class Risk(TableRow):
    """A foreseen risk (RSK-01). Without `indicator` its trigger is manual; else it is tested with recorded values (RSK-02).

    `extra_amount` is what the response may spend without a new approval, in yuan; `limit_minutes` its time limit.
    """

    class State(models.TextChoices):
        IDLE = "idle", pgettext_lazy("risk", "Not set off")
        TRIGGERED = "triggered", pgettext_lazy("risk", "Set off")
        RESPONDING = "responding", pgettext_lazy("risk", "Responding")
        CLOSED = "closed", pgettext_lazy("risk", "Closed")

    scenario = models.CharField(_("scenario"), max_length=80)
    likelihood = models.PositiveSmallIntegerField(_("likelihood"), null=True, blank=True)
    impact = models.PositiveSmallIntegerField(_("impact"), null=True, blank=True)
    responses = models.JSONField(_("response"), default=list, blank=True)
    owner = person_key(verbose_name=_("responsible"))
    owner_name = person_name()
    trigger = models.CharField(_("trigger"), max_length=200, blank=True)
    indicator = models.CharField(_("indicator"), max_length=60, blank=True)
    comparator = models.CharField(_("comparison"), max_length=2, choices=Comparator, blank=True)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4, null=True, blank=True)
    on = models.DateField(_("only on this day"), null=True, blank=True)
    limit_minutes = models.PositiveIntegerField(_("time limit of the response"), null=True, blank=True)
    extra_amount = models.DecimalField(
        _("pre-approved amount"), max_digits=14, decimal_places=2, default=Decimal("0.00"), editable=False
    )
    # The same as it was approved with the plan, for which alone money is drawn; None until then (R-RSK-05).
    preapproved = models.DecimalField(
        _("approved with the plan"), max_digits=14, decimal_places=2, null=True, editable=False
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.IDLE, editable=False)
    triggered_at = models.DateTimeField(_("set off"), null=True, editable=False)

    class Meta(TableRow.Meta):
        verbose_name = _("risk")
        indexes = [models.Index(fields=["subject", "position"], name="risk_of_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="idle") | Q(triggered_at__isnull=False), name="risk_set_off_has_time"
            ),
            models.CheckConstraint(
                condition=Q(indicator="") | Q(value__isnull=False) & ~Q(comparator=""),
                name="risk_trigger_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.scenario

    @property
    def score(self) -> int | None:
        """Likelihood times impact (R-RSK-01)."""
        return None if self.likelihood is None or self.impact is None else self.likelihood * self.impact

    @property
    def is_open(self) -> bool:
        """Was it set off, and the response is not closed?"""
        return self.state in {self.State.TRIGGERED, self.State.RESPONDING}

    @property
    def shown_owner(self) -> User | str | None:
        """The person, or the name as given."""
        return self.owner or self.owner_name or None


class RiskResponse(models.Model):
    """One time that a risk came true, and what was done (RSK-03, RSK-07). `action` gathers lines as people report."""

    risk = models.ForeignKey(Risk, models.CASCADE, related_name="log")
    opened_at = models.DateTimeField(_("opened"), default=clock.now)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(_("due"), null=True)
    problem = models.TextField(_("what happened"), blank=True)
    agreed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agreed by")
    )
    action = models.TextField(_("action"), blank=True)
    result = models.TextField(_("result"), blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("response")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["risk"], condition=Q(closed_at__isnull=True), name="risk_one_open_response"
            )
        ]

    def __str__(self) -> str:
        return f"{self.risk} {clock.local(self.opened_at):%Y-%m-%d %H:%M}"

    def is_over_limit(self, now: datetime) -> bool:
        """It is open and its time has passed (R-RSK-04)."""
        return self.closed_at is None and self.due_at is not None and self.due_at < now


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


class IssueQuerySet(ScopedQuerySet):
    def open(self) -> IssueQuerySet:
        return self.exclude(state=Issue.State.CLOSED)


class Issue(TableRow):
    """A problem and its closed loop (ISS-01): reported, decided, adjusting, verified, closed.

    `reported_at` is empty for an issue that came with an imported workbook: no time runs for it.
    """

    view_perm = Perm.VIEW

    class Size(models.TextChoices):
        SMALL = "small", _("Small issue")
        LARGE = "large", _("Large issue")

    class State(models.TextChoices):
        REPORTED = "reported", pgettext_lazy("issue", "Reported")
        DECIDED = "decided", pgettext_lazy("issue", "Decided")
        ADJUSTING = "adjusting", pgettext_lazy("issue", "Adjusting")
        VERIFIED = "verified", pgettext_lazy("issue", "Verified")
        CLOSED = "closed", pgettext_lazy("issue", "Closed")

    class Origin(models.TextChoices):
        PERSON = "person", pgettext_lazy("origin", "Reported by a person")
        REPORT = "report", pgettext_lazy("origin", "Progress report")
        ALERT = "alert", pgettext_lazy("origin", "Alert")
        RISK = "risk", pgettext_lazy("origin", "Risk")
        WORKBOOK = "workbook", pgettext_lazy("origin", "Imported workbook")

    problem = models.TextField(_("problem"))
    target = models.JSONField(_("target"), null=True, blank=True)
    actual = models.JSONField(_("actual figure"), null=True, blank=True)
    causes = models.JSONField(_("causes"), default=list, blank=True)
    adjustments = models.JSONField(_("adjustments"), default=list, blank=True)
    extra_cost = models.DecimalField(_("extra cost"), max_digits=14, decimal_places=2, null=True, blank=True)
    touches_milestone = models.BooleanField(_("touches a milestone"), default=False)
    size = models.CharField(pgettext_lazy("issue", "size"), max_length=5, choices=Size, default=Size.SMALL)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.REPORTED, editable=False)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.WORKBOOK)
    report = models.ForeignKey(DailyReport, models.PROTECT, null=True, related_name="issues", editable=False)
    reporter = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("reporter")
    )
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("decides"))
    reported_at = models.DateTimeField(_("reported"), null=True, editable=False)
    due_at = models.DateTimeField(_("solution due"), null=True, editable=False)
    decision = models.TextField(_("solution"), blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    verification = models.TextField(_("how it was verified"), blank=True)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    verified_at = models.DateTimeField(_("verified"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    objects = IssueQuerySet.as_manager()

    class Meta(TableRow.Meta):
        verbose_name = _("issue")
        indexes = [
            models.Index(fields=["subject", "position"], name="issue_of_subject"),
            models.Index(fields=["state", "due_at"], name="issue_open_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="closed") | ~Q(verification=""), name="issue_closed_is_verified"
            )
        ]

    def __str__(self) -> str:
        return self.problem

    def get_absolute_url(self) -> str:
        return reverse("operations:issue_detail", args=[self.pk])

    @property
    def is_large(self) -> bool:
        return self.size == self.Size.LARGE

    @property
    def is_open(self) -> bool:
        return self.state != self.State.CLOSED

    @property
    def target_figure(self) -> Figure | None:
        return Figure.from_json(self.target) if self.target else None

    @property
    def actual_figure(self) -> Figure | None:
        return Figure.from_json(self.actual) if self.actual else None

    @property
    def time_to_solution(self) -> timedelta | None:
        """From the report to the decision."""
        return self.decided_at - self.reported_at if self.decided_at and self.reported_at else None


GRADE_WORDS = {
    3: pgettext_lazy("grade", "high"),
    2: pgettext_lazy("grade", "medium"),
    1: pgettext_lazy("grade", "low"),
}


def grade_word(grade: int | None) -> str | Promise:
    """High, medium or low, which the risk table writes 高, 中, 低; a dash where nobody assessed it."""
    return GRADE_WORDS.get(grade or 0, "—")
