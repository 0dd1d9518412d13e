"""Interviews with key clients and guests: notes linked to client and activity (EVA-05)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.models import Customer
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject


class Interview(models.Model):
    """What somebody said about an activity, face to face or by telephone."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="interviews")
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="interviews",
        verbose_name=pgettext_lazy("survey", "client"),
    )
    name = models.CharField(pgettext_lazy("interview", "with whom"), max_length=80)
    held_on = models.DateField(pgettext_lazy("interview", "held on"))
    interviewer = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("interview", "interviewer")
    )
    text = models.TextField(pgettext_lazy("interview", "what was said"))
    wishes = models.TextField(pgettext_lazy("interview", "what we make of it"), blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("survey", "interview")
        ordering = ("-held_on", "-pk")
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(text=""), name="interview_says_something")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.held_on}"
