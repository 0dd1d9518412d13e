"""A budget is its lines; what a file or a person states as total is kept beside them and never counts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.ledger.models import Account
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.models import TableRow
from yunchou.kernel.sheets.persons import person_key, person_name
from yunchou.kernel.subjects.models import Subject

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
    approved = YuanField(_("approved"), null=True, editable=False)

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
    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("-requested_at", "-subject_id")
        verbose_name = _("budget adjustment")
        indexes = [models.Index(fields=["budget", "-requested_at"], name="adjustment_of_budget")]

    def __str__(self) -> str:
        return self.subject.title

    def get_absolute_url(self) -> str:
        return reverse("budgets:adjustment_detail", args=[self.pk])
