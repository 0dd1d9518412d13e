"""The plan itself, what is kept beside it, and the registers that plans refer to."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.models import Version

from ..documents import DOCUMENTS, SHORT, Document, Kind
from ..periods import Period
from ..permissions import Perm


class Status(models.TextChoices):
    """The life of a plan. While a change of it is written or decided on, what was approved stays in force."""

    DRAFT = "draft", pgettext_lazy("plan status", "Draft")
    IN_APPROVAL = "in_approval", pgettext_lazy("plan status", "In approval")
    RETURNED = "returned", pgettext_lazy("plan status", "Returned")
    APPROVED = "approved", pgettext_lazy("plan status", "Approved")
    CHANGING = "changing", pgettext_lazy("plan status", "Being changed")
    CHANGE_SENT = "change_sent", pgettext_lazy("plan status", "Change in approval")
    CLOSED = "closed", pgettext_lazy("plan status", "Closed")
    CANCELLED = "cancelled", pgettext_lazy("plan status", "Cancelled")


WRITTEN = (Status.DRAFT, Status.RETURNED, Status.CHANGING)
"""Where its tables are open."""
IN_FORCE = (Status.APPROVED, Status.CHANGING, Status.CHANGE_SENT)
"""Where its items may be carried out."""
WAITING = (Status.IN_APPROVAL, Status.CHANGE_SENT)


class PlanQuerySet(ScopedQuerySet):
    def whole(self, pk: int) -> Plan:
        """One plan with its subject, unit and the plan it is linked to."""
        plan: Plan = self.select_related("subject__unit", "owner", "parent__subject__unit").get(pk=pk)
        return plan


class Plan(models.Model):
    """What a unit means to do in a year, quarter or month, with goals, items and money. Its primary key is its subject's.

    `principles` are those of BUD-03 that its author confirmed when it was sent last.
    """

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="plan")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"), null=True, blank=True)
    month = models.PositiveSmallIntegerField(_("month"), null=True, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    budget = YuanField(_("budget"), null=True, blank=True)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("owner"))
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False
    )
    given = models.JSONField(default=dict, editable=False)
    extra = models.JSONField(default=dict, editable=False)
    principles = models.JSONField(default=list, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ("-year", "-subject_id")
        verbose_name = _("plan")
        indexes = [
            models.Index(fields=["year", "kind", "status"], name="plan_of_year"),
            models.Index(fields=["parent", "kind"], name="plan_children"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(quarter__isnull=True) | Q(quarter__gte=1, quarter__lte=4), name="plan_quarter"
            ),
            # A month says its quarter too, so that whoever asks for a quarter finds its months.
            models.CheckConstraint(
                condition=Q(month__isnull=True) | Q(month__gte=1, month__lte=12, quarter__isnull=False),
                name="plan_month",
            ),
            models.CheckConstraint(condition=Q(year__gte=2000) & Q(year__lte=2100), name="plan_year"),
            models.CheckConstraint(condition=Q(budget__isnull=True) | Q(budget__gte=0), name="plan_budget"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("subject")), name="plan_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("planning:plan_detail", args=[self.pk])

    @property
    def document(self) -> Document:
        """What a plan of this kind consists of."""
        return DOCUMENTS[Kind(self.kind)]

    @property
    def period(self) -> Period:
        return Period(self.year, self.quarter, self.month)

    @property
    def starts_on(self) -> date:
        return self.period.first

    @property
    def ends_on(self) -> date:
        return self.period.last

    @property
    def short_kind(self) -> str:
        """The kind in one word, for columns."""
        return str(SHORT[Kind(self.kind)])

    @property
    def dial(self) -> str:
        """The status as the life-cycle ring draws it."""
        return {Status.CHANGING: "planning", Status.CHANGE_SENT: "in_approval"}.get(
            Status(self.status), self.status
        )

    @property
    def is_open(self) -> bool:
        """Whether its tables may be written."""
        return self.status in WRITTEN

    @property
    def is_in_force(self) -> bool:
        return self.status in IN_FORCE

    @property
    def is_over(self) -> bool:
        """Whether its period has passed."""
        return self.ends_on < clock.today()


class Change(models.Model):
    """A change of an approved plan: from which version it began, why, and what it brings about (PLN-12).

    `rows` are the keys of the table rows in the order of `base`, so that giving the change up puts every row back under its
    own key.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("plan change", "Being written")
        SENT = "sent", pgettext_lazy("plan change", "In approval")
        IN_FORCE = "in_force", pgettext_lazy("plan change", "In force")
        DROPPED = "dropped", pgettext_lazy("plan change", "Dropped")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="changes")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reason = models.TextField(_("reason"))
    effect = models.TextField(_("effect"))
    base = models.ForeignKey(Version, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    rows = models.JSONField(default=dict, editable=False)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("change of a plan")
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(state__in=["open", "sent"]), name="plan_change_one_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(effect=""), name="plan_change_says_why"),
        ]

    def __str__(self) -> str:
        return self.reason

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Evaluation(models.Model):
    """How a plan turned out: written after its period, shown when the next one is drafted (PLN-13)."""

    plan = models.OneToOneField(Plan, models.PROTECT, primary_key=True, related_name="evaluation")
    results = models.TextField(_("results"))
    diagnosis = models.TextField(_("diagnosis of problems"))
    strategy = models.TextField(_("change of strategy"))
    lessons = models.TextField(_("lessons"))
    figures = models.JSONField(default=dict, editable=False)
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("evaluation of a plan")

    def __str__(self) -> str:
        return f"{self.plan}: {self.results[:40]}"


class StrategicGoal(models.Model):
    """A goal of the company's strategy, which goals of plans serve (PLN-08)."""

    code = models.SlugField(_("code"), max_length=12, unique=True)
    title = models.CharField(_("title"), max_length=80)
    description = models.TextField(_("description"), blank=True)
    from_year = models.PositiveSmallIntegerField(_("from"))
    to_year = models.PositiveSmallIntegerField(_("until"))

    class Meta:
        ordering = ("code",)
        verbose_name = _("strategic goal")
        constraints = [
            models.CheckConstraint(condition=Q(to_year__gte=F("from_year")), name="strategic_goal_years")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def holds_in(self, year: int) -> bool:
        return self.from_year <= year <= self.to_year


class Deadline(models.Model):
    """A unit owes a plan of a kind for a year by a day (PLN-15). Its primary key is its subject's."""

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="plan_deadline")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"), null=True)
    due_on = models.DateField(_("due"))
    # The subject's unit again, for the constraint.
    unit = models.ForeignKey("identity.Unit", models.PROTECT, related_name="+")
    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "subject_id")
        verbose_name = _("planning deadline")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "year"], condition=Q(quarter=None), name="plan_deadline_once"
            ),
            models.UniqueConstraint(
                fields=["unit", "kind", "year", "quarter"],
                condition=Q(quarter__isnull=False),
                name="plan_deadline_once_a_quarter",
            ),
        ]

    def __str__(self) -> str:
        return str(self.subject)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.unit_id = self.subject.unit_id
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("planning:year_overview", args=[self.year])

    @property
    def key(self) -> str:
        """The key of the duty."""
        return deadline_key(self.kind, self.unit_id, self.year, self.quarter)


def deadline_key(kind: str, unit: int, year: int, quarter: int | None) -> str:
    """The key of the duty to make a plan."""
    return f"planning.deadline:{kind}:{unit}:{year}" + (f"Q{quarter}" if quarter else "")
