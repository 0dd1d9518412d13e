"""The brand publicity that an activity obtained: what media published about it (TYP-06)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.operations.models import Tone
from yunchou.directory.customers.models import Customer
from yunchou.kernel.core import clock
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject


class MediaReport(models.Model):
    """A report about an activity: in which medium, when, under which address or as which clipping, whom it reached, its tone.

    `contact` is the media contact to whom it is owed. One that was entered by mistake is taken back, and counts no more.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="media_reports")
    contact = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="media_reports",
        verbose_name=_("media contact"),
    )
    medium = models.CharField(pgettext_lazy("media", "medium"), max_length=80)
    title = models.CharField(pgettext_lazy("media", "headline"), max_length=160)
    published_on = models.DateField(_("published on"))
    address = models.URLField(pgettext_lazy("media", "address"), max_length=300, blank=True)
    reach = models.PositiveIntegerField(_("people reached"), null=True, blank=True)
    tone = models.CharField(pgettext_lazy("media", "tone"), max_length=10, choices=Tone)
    clipping = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=clock.now, editable=False)
    taken_back_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("media report")
        ordering = ("-published_on", "-pk")
        indexes = [models.Index(fields=["subject", "-published_on"], name="media_report_of_subject")]
        constraints = [
            models.CheckConstraint(condition=~Q(medium="") & ~Q(title=""), name="media_report_is_named"),
            models.CheckConstraint(
                condition=~Q(address="") | Q(clipping__isnull=False), name="media_report_can_be_shown"
            ),
        ]

    def __str__(self) -> str:
        return self.title
