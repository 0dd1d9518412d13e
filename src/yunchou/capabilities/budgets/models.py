"""A budget is its lines; what a file or a person states as total is kept beside them and never counts."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.ledger.models import Account
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.models import TableRow
from yunchou.kernel.sheets.persons import person_key, person_name
from yunchou.kernel.subjects.models import Subject

from .chart import HEADINGS
from .permissions import Perm


class Budget(models.Model):
    """The totals that are stated for a subject's budget, in yuan; without a row nobody states any (BUD-07)."""

    subject = models.OneToOneField(
        Subject, models.CASCADE, primary_key=True, related_name="+", editable=False
    )
    stated_total = models.DecimalField(
        _("stated total"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    stated_actual = models.DecimalField(
        _("stated actual total"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    given = models.JSONField(default=dict, blank=True, editable=False)
    extra = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = _("budget")

    def __str__(self) -> str:
        return str(self.subject)

    def get_absolute_url(self) -> str:
        return reverse("budgets:budget_detail", args=[self.pk])


class BudgetLine(TableRow):
    """A cost of a subject: what it may cost, what it did cost, and why the two differ (BUD-04, BUD-06)."""

    category = models.CharField(_("category"), max_length=30, blank=True)
    item = models.CharField(_("item"), max_length=160, blank=True)
    amount = models.DecimalField(_("budget"), max_digits=14, decimal_places=2, null=True, blank=True)
    actual = models.DecimalField(_("actual"), max_digits=14, decimal_places=2, null=True, blank=True)
    variance_note = models.TextField(_("variance note"), blank=True)
    owner = person_key(verbose_name=_("owner"))
    owner_name = person_name()
    approver = person_key(verbose_name=_("approver"))
    approver_name = person_name()
    # Where the line's money is, once the budget was approved, and the amount it was last given for.
    account = models.OneToOneField(Account, models.PROTECT, null=True, related_name="+", editable=False)
    approved = YuanField(pgettext_lazy("amount", "approved"), null=True, editable=False)

    class Meta(TableRow.Meta):
        verbose_name = _("budget line")
        indexes = [models.Index(fields=["subject", "position"], name="budget_line_of_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="budget_line_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(actual__isnull=True) | Q(actual__gte=0), name="budget_line_actual_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.item


class AdjustmentStatus(models.TextChoices):
    """Where a request to move money stands."""

    IN_APPROVAL = "in_approval", pgettext_lazy("adjustment", "In approval")
    APPROVED = "approved", pgettext_lazy("adjustment", "Approved")
    RETURNED = "returned", pgettext_lazy("adjustment", "Returned")
    REJECTED = "rejected", pgettext_lazy("adjustment", "Rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("adjustment", "Withdrawn")


class Adjustment(models.Model):
    """A request to move money of a budget: one of the legal ways out of an overspend (X-05, BUD-09, BUD-10, BUD-13).

    The money is frozen where it is while people decide; `effect` says what the move means for the goals.
    """

    class Way(models.TextChoices):
        DRAW = "draw", _("Contingency draw")
        SHIFT = "shift", _("Between lines")
        POOL = "pool", _("From the emergency pool")

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="adjustment")
    budget = models.ForeignKey(Subject, models.PROTECT, related_name="adjustments")
    way = models.CharField(_("way"), max_length=6, choices=Way)
    # What called for money that was agreed to with the plan already, e.g. "risk:12", and its name (R-RSK-05).
    cause_key = models.CharField(max_length=40, blank=True, editable=False)
    cause = models.CharField(_("cause"), max_length=160, blank=True, editable=False)
    source = models.ForeignKey(Account, models.PROTECT, related_name="+")
    target = models.ForeignKey(Account, models.PROTECT, related_name="+")
    amount = YuanField(_("amount"))
    reason = models.TextField(_("reason"))
    effect = models.TextField(_("effect on the goals"), blank=True)
    status = models.CharField(
        _("state"),
        max_length=12,
        choices=AdjustmentStatus,
        default=AdjustmentStatus.IN_APPROVAL,
        editable=False,
    )
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True)
    # What both accounts had been given when it was moved: the lines before and after stay readable (BUD-13).
    source_before = YuanField(null=True, editable=False)
    target_before = YuanField(null=True, editable=False)
    # What became of a draw or a grant: what was used of it, what was said about it; the rest went back (BUD-09, BUD-10).
    used = YuanField(_("used"), null=True, editable=False)
    report = models.TextField(_("report on the use"), blank=True, editable=False)
    accounted_at = models.DateTimeField(null=True, editable=False)
    accounted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("-requested_at", "-subject_id")
        verbose_name = _("budget adjustment")
        indexes = [
            models.Index(fields=["budget", "-requested_at"], name="adjustment_of_budget"),
            models.Index(
                fields=["budget", "cause_key"], condition=~Q(cause_key=""), name="adjustment_of_cause"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(used__isnull=True) | Q(used__gte=0) & Q(used__lte=F("amount")),
                name="adjustment_used_within_amount",
            )
        ]

    def __str__(self) -> str:
        return self.subject.title

    def get_absolute_url(self) -> str:
        return reverse("budgets:adjustment_detail", args=[self.pk])

    @property
    def is_preapproved(self) -> bool:
        """Whether it was agreed to with the plan, so that nobody decided on it again (R-RSK-05)."""
        return bool(self.cause_key)

    @property
    def is_to_account_for(self) -> bool:
        """Whether money moved that has to be written off by what was used of it."""
        return self.way != self.Way.SHIFT and self.status == AdjustmentStatus.APPROVED and self.used is None

    @property
    def returned(self) -> Decimal:
        """What went back because it was not used, in yuan."""
        return ZERO if self.used is None else self.amount - self.used


class NoCost(models.Model):
    """Somebody's word that an event costs nothing under one of the seven headings (BUD-05, 003 四(一)1)."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    heading = models.CharField(_("heading"), max_length=10, choices=[(h.value, h.label) for h in HEADINGS])
    reason = models.CharField(_("reason"), max_length=200)
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("heading without cost")
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["subject", "heading"], name="no_cost_once")]

    def __str__(self) -> str:
        return self.get_heading_display()


class ColumnChoice(models.Model):
    """Which columns of the table of lines a person wants to see, in their order."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    columns = models.JSONField(default=list)

    class Meta:
        verbose_name = _("choice of columns")

    def __str__(self) -> str:
        return ", ".join(self.columns)
