"""Recurring reports of departments: what is due when, to whom it goes, and what arrived (RPT-08, 002 二)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..permissions import Perm
from .sealing import Sent


class ReportKind(models.TextChoices):
    """What the regulations ask departments to report (002 二, 2.2)."""

    TREND = "trend", pgettext_lazy("report", "Market trend")
    ANALYSIS = "analysis", pgettext_lazy("report", "Data analysis")
    OPERATION = "operation", pgettext_lazy("report", "Performance and operation")
    OTHER = "other", pgettext_lazy("report", "Other report")


class Every(models.TextChoices):
    """How often: on a day of the week, of the month, or of the first month of a quarter."""

    WEEK = "week", pgettext_lazy("every", "Every week")
    MONTH = "month", pgettext_lazy("every", "Every month")
    QUARTER = "quarter", pgettext_lazy("every", "Every quarter")


class RecurringReport(models.Model):
    """A report that a department owes again and again. `day` is 1 (Monday) to 7 of a week, else 1 to 28 of the month.

    Its subject is the department's and carries the duties; recipients are members of it, and so may read what comes.
    """

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.CASCADE, primary_key=True, related_name="recurring_report")
    name = models.CharField(_("report"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=ReportKind)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("writes it"))
    recipients = models.ManyToManyField(User, related_name="+", verbose_name=_("recipients"))
    every = models.CharField(_("rhythm"), max_length=8, choices=Every, default=Every.MONTH)
    day = models.PositiveSmallIntegerField(_("due on day"), default=5)
    is_active = models.BooleanField(_("in force"), default=True)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("recurring report")
        ordering = ["subject__unit__path", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(every="week", day__range=(1, 7)) | ~Q(every="week") & Q(day__range=(1, 28)),
                name="recurring_report_day",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("operations:recurring_detail", args=[self.pk])


class Delivery(Sent):
    """One report of the row: owed for a period by a moment, and what was sent. What was sent never changes."""

    report = models.ForeignKey(RecurringReport, models.CASCADE, related_name="deliveries")
    period = models.CharField(_("period"), max_length=10)
    due_at = models.DateTimeField(_("due"))
    text = models.TextField(_("report"), blank=True)
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("report of a department")
        ordering = ["-due_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "period"], name="department_report_once"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | ~Q(text=""), name="delivery_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.period}"


class Receipt(models.Model):
    """That a report went to somebody, and when they first opened it."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="receipts")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("read"), null=True)

    class Meta:
        verbose_name = _("receipt")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["delivery", "user"], name="department_receipt_once")]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.user_id}"
