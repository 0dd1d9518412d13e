"""Issues with their closed loop, and what was decided to adjust."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.budgets.models import Adjustment
from yunchou.capabilities.work.models import GanttTask
from yunchou.capabilities.work.states import State as TaskState
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.models import TableRow
from yunchou.kernel.sheets.values import Figure

from ..permissions import Perm
from .reports import DailyReport


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
        PATROL = "patrol", pgettext_lazy("origin", "Patrol")
        SUPERVISION = "supervision", pgettext_lazy("origin", "Supervision")
        COMPLAINT = "complaint", pgettext_lazy("origin", "Complaint")
        PARTNER = "partner", pgettext_lazy("origin", "Partner")
        WORKBOOK = "workbook", pgettext_lazy("origin", "Imported workbook")

    problem = models.TextField(_("problem"))
    target = models.JSONField(_("target"), null=True, blank=True)
    actual = models.JSONField(_("actual figure"), null=True, blank=True)
    causes = models.JSONField(_("causes"), default=list, blank=True)
    adjustments = models.JSONField(_("adjustments"), default=list, blank=True)
    extra_cost = models.DecimalField(_("extra cost"), max_digits=14, decimal_places=2, null=True, blank=True)
    delay_days = models.PositiveSmallIntegerField(_("delay in days"), default=0, blank=True)
    goal_effect = models.DecimalField(
        _("effect on a goal in %"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    touches_milestone = models.BooleanField(_("touches a milestone"), default=False)
    size = models.CharField(pgettext_lazy("issue", "size"), max_length=5, choices=Size, default=Size.SMALL)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.REPORTED, editable=False)
    origin = models.CharField(_("origin"), max_length=12, choices=Origin, default=Origin.WORKBOOK)
    report = models.ForeignKey(DailyReport, models.PROTECT, null=True, related_name="issues", editable=False)
    # Where it came from, as people call it, and the page of it: a complaint's number, a finding, an alert (ISS-07).
    source = models.CharField(pgettext_lazy("issue", "from"), max_length=160, blank=True, editable=False)
    source_address = models.CharField(max_length=200, blank=True, editable=False)
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


class Remedy(models.Model):
    """One adjustment that was decided for an issue: whose it is, until when, what it costs, and what came of it (ISS-04).

    It is a task in the schedule; one that costs money names the request by which the money is drawn or moved (ISS-05).
    """

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="remedies")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("adjustment"), max_length=400)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("responsible")
    )
    due_on = models.DateField(pgettext_lazy("issue", "until"), null=True)
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, null=True)
    task = models.ForeignKey(GanttTask, models.SET_NULL, null=True, related_name="+")
    money = models.OneToOneField(Adjustment, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    result = models.TextField(_("result"), blank=True)

    class Meta:
        verbose_name = _("adjustment of an issue")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=Q(cost__isnull=True) | Q(cost__gt=0), name="remedy_cost")
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_done(self) -> bool:
        """Was it said to be done, here or in the schedule?"""
        return self.done_at is not None or (self.task is not None and self.task.state == TaskState.DONE)

    @property
    def wants_money(self) -> bool:
        """It costs money that nobody has asked for yet."""
        return self.cost is not None and self.money_id is None
