"""Addresses that are left alone. Of an address only its digest and its mask are kept."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.models import Customer
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User

from .mailings import Channel


class Suppression(models.Model):
    """An address to which nothing goes any more (it bounced), or no marketing (its owner said so)."""

    class Reason(models.TextChoices):
        BOUNCED = "bounced", pgettext_lazy("suppression", "Does not take messages")
        OPTED_OUT = "opted_out", pgettext_lazy("suppression", "Wants none")

    channel = models.CharField(max_length=8, choices=Channel)
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=10, choices=Reason)
    mask = models.CharField(max_length=80, blank=True)
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, related_name="+")
    detail = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("address left alone")
        ordering = ("-at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["channel", "digest", "reason"], name="suppressed_once")
        ]

    def __str__(self) -> str:
        return f"{self.mask} {self.get_reason_display()}"
