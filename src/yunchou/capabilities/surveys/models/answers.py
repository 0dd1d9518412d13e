"""What was answered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User

from .recipients import Recipient, new_token
from .surveys import TOKEN_LENGTH, Survey


class Flag(models.TextChoices):
    """Why an answer deserves a look. It counts until somebody sets it aside with a reason (T12)."""

    MANY = "many", pgettext_lazy("answer", "Many from one device")
    SAME = "same", pgettext_lazy("answer", "Same words as another answer")
    FAST = "fast", pgettext_lazy("answer", "Filled in within seconds")


class Response(models.Model):
    """One filled-in questionnaire: `answers` by the key of the question.

    By a personal link it belongs to its recipient and is changed there. By the open link it has a `token` that the
    device keeps, and `origin`, a keyed digest of address and browser that is forgotten at the end. An anonymous one has
    neither recipient nor time, but its day.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="responses")
    recipient = models.OneToOneField(Recipient, models.PROTECT, null=True, related_name="response")
    answers = models.JSONField(default=dict)
    language = models.CharField(max_length=10, blank=True)
    answered_on = models.DateField(default=clock.today)
    answered_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    is_from_open_link = models.BooleanField(default=False)
    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, default=new_token, editable=False)
    origin = models.CharField(max_length=64, blank=True, editable=False)
    flags = models.JSONField(default=list)
    set_aside_at = models.DateTimeField(null=True, editable=False)
    set_aside_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    set_aside_why = models.CharField(
        pgettext_lazy("answer", "why it does not count"), max_length=200, blank=True
    )

    class Meta:
        verbose_name = pgettext_lazy("survey", "answer")
        ordering = ("pk",)
        indexes = [models.Index(fields=["survey", "origin"], name="response_by_origin")]
        constraints = [
            models.CheckConstraint(
                condition=Q(set_aside_at=None, set_aside_by=None, set_aside_why="")
                | (Q(set_aside_at__isnull=False, set_aside_by__isnull=False) & ~Q(set_aside_why="")),
                name="response_aside_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(recipient=None) | Q(is_from_open_link=False), name="response_by_one_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey} #{self.pk}"

    @property
    def flag_words(self) -> list[str]:
        return [str(Flag(flag).label) for flag in self.flags if flag in Flag.values]
