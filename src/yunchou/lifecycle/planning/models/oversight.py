"""What people note while a plan is carried out: reviews of its monitor, supervision of dedicated money; and workbooks read in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.files.models import StoredFile
from yunchou.kernel.identity.models import User

from .plans import Plan


class Review(models.Model):
    """Somebody looked through the monitor of a plan: what was seen, what follows, when the next look is due (PLN-10).

    `figures` are those of the monitor on that day. Never changed.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="reviews")
    findings = models.TextField(_("what was seen"))
    measures = models.TextField(_("what follows"))
    next_on = models.DateField(_("next review"), null=True)
    figures = models.JSONField(default=dict, editable=False)
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("review of a plan")

    def __str__(self) -> str:
        return self.findings[:40]


class Supervision(models.Model):
    """A person who does not use it looked at the dedicated money of a plan (BUD-27). Never changed."""

    class Verdict(models.TextChoices):
        IN_ORDER = "in_order", pgettext_lazy("dedicated budget", "In order")
        DOUBTFUL = "doubtful", pgettext_lazy("dedicated budget", "To be cleared up")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="supervisions")
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    note = models.TextField(_("note"))
    next_on = models.DateField(_("next look"), null=True)
    figures = models.JSONField(default=dict, editable=False)
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("look at dedicated money")

    def __str__(self) -> str:
        return self.note[:40]


class PlanImport(models.Model):
    """A workbook that was read for a plan and is looked at before any of it is taken over.

    `digest` is that of the plan when it was read: whatever changed meanwhile is looked at anew.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="imports")
    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    taken = models.JSONField(default=list)
    at = models.DateTimeField(default=clock.now)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("workbook read for a plan")

    def __str__(self) -> str:
        return self.name
