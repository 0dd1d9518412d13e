"""How many people a marketing centre of a size should have, and which units are centres (ORG-09, 002 2.3(2))."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Position, Unit, User


class CentreSize(models.TextChoices):
    """Sizes of marketing centres. The regulations name the small one; the others are for a company to fill."""

    SMALL = "small", _("Small centre")
    MEDIUM = "medium", _("Medium centre")
    LARGE = "large", _("Large centre")


class Centre(models.Model):
    """A unit that is staffed as a marketing centre of a size."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="centre", verbose_name=_("unit"))
    size = models.CharField(pgettext_lazy("centre", "size"), max_length=10, choices=CentreSize)

    class Meta:
        ordering = ("unit__path",)
        verbose_name = _("marketing centre")

    def __str__(self) -> str:
        return f"{self.unit} ({self.get_size_display()})"


class StaffingRule(models.Model):
    """One change of the standard: from a day on, so many people hold a position in centres of a size, and why.

    Rows are never changed; the newest that has begun counts, so the history is the table itself.
    """

    size = models.CharField(pgettext_lazy("centre", "size"), max_length=10, choices=CentreSize)
    position = models.ForeignKey(Position, models.PROTECT, related_name="+", verbose_name=_("position"))
    people = models.PositiveSmallIntegerField(_("head count"))
    valid_from = models.DateField(_("from"))
    reason = models.CharField(_("reason"), max_length=200)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("-valid_from", "-id")
        verbose_name = _("staffing standard")
        indexes = [models.Index(fields=["size", "position", "-valid_from"], name="staffing_in_force")]

    def __str__(self) -> str:
        return f"{self.get_size_display()}: {self.position} {self.people}"
