"""Parameters with validity dates, verdicts that mattered, and what people ruled about them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .verdicts import Verdict


class Parameter(models.Model):
    """The value of one parameter of a rule from a day on; a later row supersedes, nothing is overwritten (GEN-04)."""

    rule = models.CharField(max_length=12)
    name = models.CharField(max_length=40)
    value = models.JSONField()
    valid_from = models.DateField(_("valid from"))
    set_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(default=clock.now)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "name", "valid_from"], name="parameter_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.rule}.{self.name} = {self.value} ({self.valid_from})"


class Circumstances(models.Model):
    """What a rule was told besides the content that a version keeps: the day, the team, what is recorded while work runs."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.subject_id} ({self.at:%Y-%m-%d})"


class StoredVerdict(models.Model):
    """A verdict that let something through, stopped it or routed it, with the parameters it used."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="verdicts")
    occasion = models.CharField(max_length=60)
    rule = models.CharField(max_length=12)
    passed = models.BooleanField()
    verdict = models.JSONField()
    params = models.JSONField()
    content_digest = models.CharField(max_length=64, blank=True)
    circumstances = models.ForeignKey(Circumstances, models.PROTECT, null=True, related_name="verdicts")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject", "-id"], name="verdict_of_subject"),
            models.Index(fields=["rule", "-at"], name="verdict_of_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {'passed' if self.passed else 'failed'}"

    def as_verdict(self) -> Verdict:
        return Verdict.from_json(self.verdict)


class Ruling(models.Model):
    """Somebody confirmed a finding or asked for an exception, with a reason; holds while the facts stay the same."""

    class Kind(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        EXCEPTION = "exception", _("Exception")

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="rulings")
    rule = models.CharField(max_length=12)
    fingerprint = models.CharField(max_length=16)
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.TextField(_("reason"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "rule", "fingerprint"], name="ruling_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="ruling_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.kind}"
