"""Computers that show the wall of an event in its hall, without anybody signed in."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject


class Screen(models.Model):
    """A link for one computer in the hall: for one event, until a moment, revocable at once.

    Of its token the database keeps the SHA-256 alone. It shows the hall's variant: no money, no alerts, no names.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="wall_screens")
    name = models.CharField(pgettext_lazy("wall", "screen"), max_length=40)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("works until"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("wall", "screen")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name

    def works_at(self, now: datetime) -> bool:
        """Whether the link still opens the wall."""
        return self.revoked_at is None and now < self.expires_at
