"""Gifts of an event, taken from the stock, and who is to have them."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.preparation.models import StockItem, StockMove
from yunchou.directory.customers.models import Customer
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Guest


class GiftLine(models.Model):
    """A thing in stock that an event gives, and what one of it is worth."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="gift_lines")
    item = models.ForeignKey(StockItem, models.PROTECT, related_name="+", verbose_name=_("item in stock"))
    value = YuanField(_("worth each"), validators=[MinValueValidator(Decimal("0.01"))])
    note = models.CharField(pgettext_lazy("gift", "note"), max_length=120, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("gift", "gift of an event")
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["subject", "item"], name="gift_line_once")]

    def __str__(self) -> str:
        return str(self.item)


class GiftState(models.TextChoices):
    RESERVED = "reserved", pgettext_lazy("gift", "Set aside")
    GIVEN = "given", pgettext_lazy("gift", "Handed over")
    RELEASED = "released", pgettext_lazy("gift", "Released")


TONES = {GiftState.RESERVED: "info", GiftState.GIVEN: "ok", GiftState.RELEASED: "neutral"}
COUNTING = (GiftState.RESERVED, GiftState.GIVEN)
"""Gifts that count against the limits and the stock."""


class Gift(models.Model):
    """A gift for one guest, set aside within the limits, then handed over. `worth` is what it was worth when it was set aside.

    `customer` is whom it counts for, whatever the event; a guest who is in no directory counts by themselves.
    """

    line = models.ForeignKey(GiftLine, models.PROTECT, related_name="gifts")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="gifts")
    guest = models.ForeignKey(Guest, models.PROTECT, related_name="gifts")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="gifts")
    quantity = models.PositiveSmallIntegerField(pgettext_lazy("gift", "pieces"), default=1)
    worth = YuanField(_("worth together"))
    state = models.CharField(max_length=8, choices=GiftState, default=GiftState.RESERVED)
    reserved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reserved_at = models.DateTimeField(default=clock.now)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(null=True)
    move = models.ForeignKey(StockMove, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("gift", "gift")
        ordering = ("pk",)
        indexes = [
            models.Index(fields=["customer", "reserved_at"], name="gift_of_customer"),
            models.Index(fields=["subject", "state"], name="gift_of_event"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "guest"], condition=~Q(state="released"), name="gift_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="gift_is_something"),
            models.CheckConstraint(
                condition=~Q(state="given")
                | Q(given_by__isnull=False, given_at__isnull=False, move__isnull=False),
                name="gift_given_from_stock",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} × {self.quantity}"

    @property
    def tone(self) -> str:
        return TONES[GiftState(self.state)]
