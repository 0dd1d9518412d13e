"""Internal audits: which recur where, the case of each, and the sample that its auditor goes through."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.ledger.states import Kind as PostingKind
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..permissions import Perm


class AuditKind(models.TextChoices):
    """What is audited (002 9.2 五, 9.3(3), 5.1)."""

    EXPENSES = "expenses", _("Marketing expenses")
    ACCOUNTING = "accounting", _("The accounting itself")
    CUSTOMER_DATA = "customer_data", _("Customer data")


class CaseStatus(models.TextChoices):
    """Where an audit stands."""

    PLANNED = "planned", pgettext_lazy("audit", "Planned")
    RUNNING = "running", pgettext_lazy("audit", "Running")
    REPORTED = "reported", pgettext_lazy("audit", "Reported")
    CORRECTING = "correcting", pgettext_lazy("audit", "Corrections")
    CLOSED = "closed", pgettext_lazy("audit", "Closed")


class AuditPlan(models.Model):
    """An audit that recurs: of a unit and everything below it, every so many months, by one auditor (BUD-25).

    `next_from` is the first day that no case of it has covered; its primary key is its subject's.
    """

    view_perm = Perm.SEE_AUDITS

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="audit_plan")
    kind = models.CharField(_("what is audited"), max_length=14, choices=AuditKind)
    focus = models.TextField(_("scope"))
    months = models.PositiveSmallIntegerField(_("every so many months"))
    auditor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("auditor"))
    next_from = models.DateField(_("not audited since"))
    ended_at = models.DateTimeField(null=True, editable=False)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit plan")
        ordering = ("subject_id",)
        constraints = [
            models.CheckConstraint(condition=Q(months__gte=1, months__lte=12), name="audit_plan_within_year"),
            models.CheckConstraint(condition=~Q(focus=""), name="audit_plan_has_scope"),
        ]

    def __str__(self) -> str:
        return self.subject.title

    def get_absolute_url(self) -> str:
        return reverse("supervision:audit_plan_list")


class AuditCase(models.Model):
    """One audit of a unit and everything below it over a period, on a sample (SUP-05).

    The sample is what `seed` draws of the population: whoever knows seed, share and population draws the same again.
    """

    view_perm = Perm.SEE_AUDITS

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="audit_case")
    plan = models.ForeignKey(AuditPlan, models.PROTECT, null=True, related_name="cases")
    kind = models.CharField(_("what is audited"), max_length=14, choices=AuditKind)
    focus = models.TextField(_("scope"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    auditor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("auditor"))
    due_on = models.DateField(_("to be reported by"))
    status = models.CharField(
        _("state"), max_length=12, choices=CaseStatus, default=CaseStatus.PLANNED, editable=False
    )
    share = models.DecimalField(_("share of the sample in percent"), max_digits=5, decimal_places=2)
    seed = models.CharField(max_length=32, editable=False)
    population = models.PositiveIntegerField(_("population"), editable=False)
    population_amount = YuanField(_("amount of the population"), null=True, editable=False)
    population_digest = models.CharField(max_length=64, editable=False)
    report = models.TextField(_("audit report"), blank=True)
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    reported_at = models.DateTimeField(null=True, editable=False)
    reported_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit case")
        indexes = [models.Index(fields=["status", "kind"], name="audit_case_by_status")]
        constraints = [
            models.UniqueConstraint(fields=["plan", "starts_on"], name="audit_case_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="audit_case_period"),
            models.CheckConstraint(
                condition=Q(status__in=("planned", "running")) | ~Q(report=""), name="audit_case_reported"
            ),
        ]

    def __str__(self) -> str:
        return self.subject.title

    def get_absolute_url(self) -> str:
        return reverse("supervision:audit_detail", args=[self.pk])

    @property
    def is_late(self) -> bool:
        """Not reported after its day."""
        return self.status in (CaseStatus.PLANNED, CaseStatus.RUNNING) and self.due_on < clock.today()

    @property
    def key(self) -> str:
        """The key of the duty to carry it out."""
        return f"supervision.audit:{self.pk}"


class SampleItem(models.Model):
    """A thing drawn for an audit: a claim, a posting, a look at personal data. It keeps how it was when it was drawn.

    `concerned` are the ids of everybody who had a part in it; none of them audits it.
    """

    class Stratum(models.TextChoices):
        LARGEST = "largest", pgettext_lazy("sample", "Largest amounts")
        RANDOM = "random", pgettext_lazy("sample", "Drawn at random")

    class Result(models.TextChoices):
        OPEN = "open", pgettext_lazy("sample", "To be examined")
        IN_ORDER = "in_order", pgettext_lazy("sample", "In order")
        FINDING = "finding", pgettext_lazy("sample", "Finding")

    case = models.ForeignKey(AuditCase, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    stratum = models.CharField(max_length=8, choices=Stratum)
    key = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    what = models.CharField(max_length=60, blank=True)
    detail = models.JSONField(default=str, blank=True)
    on = models.DateField(_("day"))
    amount = YuanField(_("amount"), null=True)
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    concerned = models.JSONField(default=list)
    document = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    address = models.CharField(max_length=200)
    result = models.CharField(_("result"), max_length=8, choices=Result, default=Result.OPEN)
    note = models.CharField(_("note"), max_length=300, blank=True)
    examined_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    examined_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("item of a sample")
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="sample_item_once"),
            models.CheckConstraint(
                condition=Q(result="open") | Q(examined_by__isnull=False, examined_at__isnull=False),
                name="sample_item_examined_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def told(self) -> str:
        """What it is, in the reader's language."""
        detail = str(Say.from_json(self.detail)) if isinstance(self.detail, dict) else str(self.detail)
        kinds = dict(PostingKind.choices)
        return f"{kinds[self.what]} · {detail}" if self.what in kinds else detail


UNREPORTED: Final = (CaseStatus.PLANNED, CaseStatus.RUNNING)
"""States in which the auditor still examines."""
