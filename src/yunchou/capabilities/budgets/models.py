"""A budget is its lines; what a file or a person states as total is kept beside them and never counts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.sheets.models import TableRow
from yunchou.kernel.sheets.persons import person_key, person_name
from yunchou.kernel.subjects.models import Subject


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
