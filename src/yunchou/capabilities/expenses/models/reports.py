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


class AnalysisDue(models.Model):
    """What a department owes the marketing centre: the analysis of a period `2026Q3` by a day (BUD-24).

    `analysis` is what was reported; the duty to report hangs on its subject.
    """

    view_perm = Perm.SEE_REPORTS

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="analysis_due")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("department"))
    period = models.CharField(pgettext_lazy("expense report", "period"), max_length=7)
    due_on = models.DateField(pgettext_lazy("expense report", "due"))
    owner = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("expense report", "owner")
    )
    analysis = models.OneToOneField(ExecutionAnalysis, models.PROTECT, null=True, related_name="due")
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("analysis that is due")
        constraints = [models.UniqueConstraint(fields=["unit", "period"], name="analysis_due_once")]

    def __str__(self) -> str:
        return f"{self.unit} {self.period}"

    @property
    def is_late(self) -> bool:
        """Not reported although its day has passed."""
        return self.analysis_id is None and self.due_on < clock.today()

    @property
    def was_late(self) -> bool:
        """Reported after its day."""
        return self.analysis is not None and clock.local(self.analysis.reported_at).date() > self.due_on


class Measure(models.Model):
    """What is done about costs after a report or an analysis: by whom, by when, and what came of it (BUD-23)."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("measure", "Under way")
        DONE = "done", pgettext_lazy("measure", "Done")
        DROPPED = "dropped", pgettext_lazy("measure", "Dropped")

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="cost_measures")
    text = models.CharField(_("measure"), max_length=300)
    owner = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("expense report", "owner")
    )
    due_on = models.DateField(pgettext_lazy("expense report", "due"))
    state = models.CharField(max_length=8, choices=State, default=State.OPEN, editable=False)
    result = models.CharField(_("what came of it"), max_length=300, blank=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("improvement measure")
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["subject", "state"], name="measure_of_report")]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on < clock.today()

    @property
    def duty_key(self) -> str:
        """The key of the duty to carry it out."""
        return f"expenses.measure:{self.pk}"
