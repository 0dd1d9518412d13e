"""Who is asked, each by a link of their own (T12)."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.models import Customer
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User

from .surveys import TOKEN_LENGTH, Survey

TOKEN_BYTES = 16
"""128 random bits: a link nobody guesses."""


def new_token() -> str:
    """The secret of a link: 22 signs that a URL carries as they are."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class Recipient(models.Model):
    """Somebody asked: a customer of the directory, or somebody known by name alone.

    Of an anonymous questionnaire it is known that the link was used, and neither when nor for which answer: then
    `answered_at` stays empty.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="recipients")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(pgettext_lazy("survey", "name"), max_length=80)
    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, default=new_token, editable=False)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    added_at = models.DateTimeField(default=clock.now, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    has_answered = models.BooleanField(default=False, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("survey", "person asked")
        ordering = ("pk",)
        indexes = [models.Index(fields=["survey", "has_answered"], name="recipient_by_answer")]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "customer"], condition=Q(customer__isnull=False), name="recipient_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="recipient_has_name"),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(has_answered=True), name="recipient_answered_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """The page where they answer, without host."""
        return reverse("surveys:answer", args=[self.token])
