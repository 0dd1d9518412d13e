"""What a check found, what is to be done about it by whom until when, and how it was corrected and verified.

A finding belongs to the `source` it comes from: an audit case, what an outside institution evaluated, a check of a
supervision team, a report of misconduct.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..permissions import Perm
from .audits import SampleItem


class FindingKind(models.TextChoices):
    """The class of a finding."""

    VOUCHER = "voucher", pgettext_lazy("finding", "Voucher missing or not matching")
    TRUTH = "truth", pgettext_lazy("finding", "Not true or not exact")
    PURPOSE = "purpose", pgettext_lazy("finding", "Used for another purpose")
    APPROVAL = "approval", pgettext_lazy("finding", "Approval missing or out of turn")
    BOOKING = "booking", pgettext_lazy("finding", "Booked wrongly or late")
    ACCESS = "access", pgettext_lazy("finding", "Personal data looked at without need")
    CONTROL = "control", pgettext_lazy("finding", "Weakness of internal control")
    EFFECT = "effect", pgettext_lazy("finding", "Effect short of what was planned")
    LEGALITY = "legality", pgettext_lazy("finding", "Unlawful, misleading or untrue")
    EXECUTION = "execution", pgettext_lazy("finding", "Not carried out as planned")
    TEAMWORK = "teamwork", pgettext_lazy("finding", "Teamwork and communication")
    FEEDBACK = "feedback", pgettext_lazy("finding", "What customers complain of")


class Severity(models.TextChoices):
    MINOR = "minor", pgettext_lazy("finding", "Minor")
    MAJOR = "major", pgettext_lazy("finding", "Major")
    CRITICAL = "critical", pgettext_lazy("finding", "Critical")


class FindingStatus(models.TextChoices):
    """Where a finding stands. Recorded ones may still be withdrawn; open ones are owed a correction."""

    RECORDED = "recorded", pgettext_lazy("finding", "Recorded")
    OPEN = "open", pgettext_lazy("finding", "To be corrected")
    CORRECTED = "corrected", pgettext_lazy("finding", "Corrected, to be verified")
    VERIFIED = "verified", pgettext_lazy("finding", "Verified")
    WITHDRAWN = "withdrawn", pgettext_lazy("finding", "Withdrawn")


SETTLED: Final = (FindingStatus.VERIFIED, FindingStatus.WITHDRAWN)
"""States in which nothing is left to do."""


class Finding(models.Model):
    """Something that is not as it must be, with its measure, owner and day (SUP-05). Its unit is the one concerned."""

    view_perm = Perm.SEE_AUDITS

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="finding")
    source = models.ForeignKey(Subject, models.PROTECT, related_name="findings")
    item = models.ForeignKey(SampleItem, models.PROTECT, null=True, related_name="findings")
    kind = models.CharField(_("class"), max_length=10, choices=FindingKind)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity, default=Severity.MAJOR)
    text = models.TextField(_("finding"))
    amount = YuanField(_("amount concerned"), null=True)
    measure = models.TextField(_("measure"))
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("responsible"))
    due_on = models.DateField(_("to be corrected by"))
    status = models.CharField(
        _("state"), max_length=10, choices=FindingStatus, default=FindingStatus.RECORDED, editable=False
    )
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        ordering = ("subject_id",)
        indexes = [models.Index(fields=["status", "due_on"], name="finding_by_status")]
        constraints = [
            models.CheckConstraint(condition=~Q(text="") & ~Q(measure=""), name="finding_is_whole"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0), name="finding_amount_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.subject.code

    def get_absolute_url(self) -> str:
        return reverse("supervision:finding_detail", args=[self.pk])

    @property
    def is_settled(self) -> bool:
        return self.status in SETTLED

    @property
    def is_late(self) -> bool:
        """Owed a correction that has not come by its day."""
        return self.status == FindingStatus.OPEN and self.due_on < clock.today()


class Reply(models.Model):
    """What the people concerned say to a finding. Written once; a later one adds to it."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="replies")
    text = models.TextField(_("answer"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("author"))
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("answer to a finding")
        ordering = ("at", "pk")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="finding_reply_says_something")]

    def __str__(self) -> str:
        return f"{self.finding}: {self.text[:40]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("answers are never changed")
        super().save(*args, **kwargs)


class Correction(models.Model):
    """What was done about a finding, with its evidence, and what somebody else found of it."""

    class Verdict(models.TextChoices):
        WAITING = "", pgettext_lazy("correction", "To be verified")
        ACCEPTED = "accepted", pgettext_lazy("correction", "Verified")
        SENT_BACK = "sent_back", pgettext_lazy("correction", "Sent back")

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="corrections")
    text = models.TextField(_("what was done"))
    evidence = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name=_("evidence"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("author"))
    at = models.DateTimeField(default=clock.now, editable=False)
    verdict = models.CharField(max_length=9, choices=Verdict, blank=True, default=Verdict.WAITING)
    note = models.CharField(_("note"), max_length=500, blank=True)
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("correction")
        ordering = ("at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["finding"], condition=Q(verdict=""), name="correction_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(verdict="") | (Q(judged_by__isnull=False) & ~Q(judged_by=F("author"))),
                name="correction_verified_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding}: {self.text[:40]}"

    @property
    def key(self) -> str:
        """The key of the duty to verify it."""
        return f"supervision.verification:{self.pk}"


def barring(about: Subject) -> models.QuerySet[Finding]:
    """Critical findings on legality and honesty about an activity that are not settled."""
    of_it = Q(source__supervision_check__about=about) | Q(source__tip__about=about)
    critical = Finding.objects.filter(of_it, kind=FindingKind.LEGALITY, severity=Severity.CRITICAL)
    found: models.QuerySet[Finding] = critical.exclude(status__in=SETTLED)
    return found
