"""The monthly expense report 费用报表, and what departments report on the execution of their budgets."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO, ratio
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject

from ..permissions import Perm


class ReportStatus(models.TextChoices):
    """Where a month's report stands."""

    DRAFT = "draft", pgettext_lazy("expense report", "Being written")
    IN_APPROVAL = "in_approval", pgettext_lazy("expense report", "With management")
    RETURNED = "returned", pgettext_lazy("expense report", "Returned")
    APPROVED = "approved", pgettext_lazy("expense report", "Approved")
    CLOSED = "closed", pgettext_lazy("expense report", "Month closed")


class ExpenseReport(models.Model):
    """The expenses of a unit in a month `2026-08`, with their analysis; approved by management before the month is closed.

    `figures` are those that were sent: afterwards the books may go on, the report does not.
    """

    view_perm = Perm.SEE_REPORTS

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="expense_report")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    month = models.CharField(_("month"), max_length=7)
    analysis = models.TextField(_("analysis"), blank=True)
    improvements = models.TextField(_("improvement measures"), blank=True)
    verified_at = models.DateTimeField(null=True, editable=False)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    status = models.CharField(
        _("state"), max_length=12, choices=ReportStatus, default=ReportStatus.DRAFT, editable=False
    )
    figures = models.JSONField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("expense report")
        constraints = [models.UniqueConstraint(fields=["unit", "month"], name="expense_report_once")]

    def __str__(self) -> str:
        return f"{self.unit} {self.month}"

    def get_absolute_url(self) -> str:
        return reverse("expenses:report_detail", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        return self.status in (ReportStatus.DRAFT, ReportStatus.RETURNED)


class VarianceNote(models.Model):
    """Why an account of a report costs more or less than it was given (R-BUD-11)."""

    report = models.ForeignKey(ExpenseReport, models.CASCADE, related_name="notes")
    account = models.CharField(max_length=60)
    text = models.TextField(_("variance note"))

    class Meta:
        verbose_name = _("variance note")
        constraints = [models.UniqueConstraint(fields=["report", "account"], name="variance_note_once")]

    def __str__(self) -> str:
        return self.text


class ExecutionAnalysis(models.Model):
    """What a department reports to the marketing centre on the execution of its budget in a period (BUD-24).

    `period` is `2026Q3` or `2026-08`; the amounts are those of the day it was reported, in yuan. Never changed.
    """

    view_perm = Perm.SEE_REPORTS

    subject = models.OneToOneField(
        Subject, models.PROTECT, primary_key=True, related_name="execution_analysis"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("department"))
    period = models.CharField(pgettext_lazy("expense report", "period"), max_length=7)
    approved = models.DecimalField(_("budget"), max_digits=14, decimal_places=2)
    spent = models.DecimalField(_("actual"), max_digits=14, decimal_places=2)
    analysis = models.TextField(_("how the budget was carried out"))
    lessons = models.TextField(_("lessons for the next budget"))
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(default=clock.now, editable=False)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("execution analysis")
        constraints = [models.UniqueConstraint(fields=["unit", "period"], name="execution_analysis_once")]

    def __str__(self) -> str:
        return f"{self.unit} {self.period}"

    def get_absolute_url(self) -> str:
        return reverse("expenses:analysis_detail", args=[self.pk])

    @property
    def rate(self) -> Decimal:
        """Execution rate 执行率 in percent."""
        return ratio(self.spent, self.approved) or ZERO


class Citation(models.Model):
    """A later budget that cites an analysis."""

    analysis = models.ForeignKey(ExecutionAnalysis, models.PROTECT, related_name="citations")
    budget = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    cited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    cited_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("citation")
        constraints = [models.UniqueConstraint(fields=["analysis", "budget"], name="analysis_cited_once")]

    def __str__(self) -> str:
        return f"{self.analysis_id} → {self.budget_id}"
