"""With whom the company cooperates, how, and from when until when: media above all (TYP-06)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User

from .people import Customer


class CooperationKind(models.TextChoices):
    """How somebody cooperates with the company."""

    COVERAGE = "coverage", pgettext_lazy("cooperation", "Regular coverage")
    COLUMN = "column", pgettext_lazy("cooperation", "Column or special series")
    EVENT = "event", pgettext_lazy("cooperation", "Media support of events")
    EXCHANGE = "exchange", pgettext_lazy("cooperation", "Exchange of services")
    PAID = "paid", pgettext_lazy("cooperation", "Paid placement")
    OTHER = "other", pgettext_lazy("cooperation", "Other cooperation")


class Cooperation(models.Model):
    """A cooperation from a day on, until a day where it ends. One that was agreed to goes by, never away."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="cooperations")
    kind = models.CharField(pgettext_lazy("cooperation", "kind"), max_length=10, choices=CooperationKind)
    since = models.DateField(pgettext_lazy("cooperation", "since"))
    until = models.DateField(pgettext_lazy("cooperation", "until"), null=True, blank=True)
    agreed = models.CharField(_("what was agreed"), max_length=200, blank=True)
    kept_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("cooperation")
        ordering = ("-since", "-pk")
        indexes = [models.Index(fields=["customer", "since"], name="cooperation_of_customer")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="cooperation_ends_after_begin"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.since <= day and (self.until is None or self.until >= day)

    @property
    def holds(self) -> bool:
        return self.holds_on(clock.today())
