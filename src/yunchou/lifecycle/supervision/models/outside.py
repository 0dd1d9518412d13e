"""Evaluations by outside institutions: commission, report and conclusion, kept with the project (BUD-26)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..permissions import Perm


class OutsideStatus(models.TextChoices):
    COMMISSIONED = "commissioned", pgettext_lazy("outside evaluation", "Commissioned")
    REPORTED = "reported", pgettext_lazy("outside evaluation", "Report and conclusion filed")
    CANCELLED = "cancelled", pgettext_lazy("outside evaluation", "Commission withdrawn")


class Rating(models.TextChoices):
    """How the institution rates the project as a whole."""

    EXCELLENT = "excellent", pgettext_lazy("rating", "Excellent")
    GOOD = "good", pgettext_lazy("rating", "Good")
    FAIR = "fair", pgettext_lazy("rating", "Fair")
    POOR = "poor", pgettext_lazy("rating", "Poor")


class OutsideEvaluation(models.Model):
    """A project's evaluation by somebody from outside. `about` is the project; its report lies among the project's files."""

    view_perm = Perm.SEE_AUDITS

    subject = models.OneToOneField(
        Subject, models.PROTECT, primary_key=True, related_name="outside_evaluation"
    )
    about = models.ForeignKey(Subject, models.PROTECT, related_name="outside_evaluations")
    institution = models.CharField(_("institution"), max_length=120)
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, related_name="+")
    scope = models.TextField(_("what is to be evaluated"))
    fee = YuanField(_("fee"), null=True)
    due_on = models.DateField(_("report due"))
    commissioned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    commissioned_at = models.DateTimeField(default=clock.now, editable=False)
    status = models.CharField(
        _("state"), max_length=12, choices=OutsideStatus, default=OutsideStatus.COMMISSIONED, editable=False
    )
    report = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    reported_on = models.DateField(_("date of the report"), null=True)
    conclusion = models.TextField(pgettext_lazy("outside", "conclusion"), blank=True)
    rating = models.CharField(_("rating"), max_length=9, choices=Rating, blank=True)
    filed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField(null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("outside evaluation")
        ordering = ("-subject_id",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="reported")
                | (Q(report__isnull=False, reported_on__isnull=False) & ~Q(conclusion="") & ~Q(rating="")),
                name="outside_report_is_whole",
            ),
            models.CheckConstraint(condition=Q(fee__isnull=True) | Q(fee__gt=0), name="outside_fee_positive"),
            models.CheckConstraint(
                condition=~Q(institution="") & ~Q(scope=""), name="outside_commission_is_whole"
            ),
        ]

    def __str__(self) -> str:
        return self.subject.title

    def get_absolute_url(self) -> str:
        return f"{reverse('supervision:outside_detail', args=[self.about_id])}#outside-{self.pk}"

    @property
    def is_late(self) -> bool:
        """Without its report after its day."""
        return self.status == OutsideStatus.COMMISSIONED and self.due_on < clock.today()

    @property
    def key(self) -> str:
        """The key of the duty to file its report."""
        return f"supervision.outside:{self.pk}"
