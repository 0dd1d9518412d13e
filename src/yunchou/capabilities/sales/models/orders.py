"""Orders and sales contracts, from which conversion and sales figures are computed (GEN-10)."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.models import Customer
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject

from .leads import Lead, Way


class OrderChannel(models.TextChoices):
    """Where an order was placed."""

    SHOP = "shop", pgettext_lazy("order channel", "Shop")
    ECOMMERCE = "ecommerce", pgettext_lazy("order channel", "E-commerce platform")
    SOCIAL = "social", pgettext_lazy("order channel", "Social media")
    CONTRACT = "contract", pgettext_lazy("order channel", "Sales contract")


class Order(models.Model):
    """An order of a customer: of an activity and a lead where it came from one. A cancelled one stays and counts nowhere.

    Its number is unique within the company (`unit`), so that a list imported twice is taken once.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    subject = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("activity")
    )
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    lead = models.ForeignKey(
        Lead, models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("originating lead")
    )
    number = models.CharField(pgettext_lazy("order", "number"), max_length=40)
    channel = models.CharField(pgettext_lazy("order", "channel"), max_length=10, choices=OrderChannel)
    amount = YuanField[Decimal, Decimal](pgettext_lazy("order", "amount"))
    ordered_at = models.DateTimeField(pgettext_lazy("order", "ordered at"))
    note = models.CharField(pgettext_lazy("order", "note"), max_length=200, blank=True)
    way = models.CharField(max_length=6, choices=Way, default=Way.PAGE, editable=False)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    entered_at = models.DateTimeField(default=clock.now, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancelled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    cancelled_why = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("sales", "order")
        ordering = ("-ordered_at", "-pk")
        indexes = [
            models.Index(fields=["subject", "-ordered_at", "-id"], name="order_of_subject"),
            models.Index(fields=["lead", "ordered_at"], name="order_of_lead", condition=Q(cancelled_at=None)),
            models.Index(fields=["unit", "-ordered_at", "-id"], name="order_of_unit"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="order_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="order_amount_positive"),
            models.CheckConstraint(condition=~Q(number=""), name="order_has_number"),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | ~Q(cancelled_why=""), name="order_cancelled_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Told(models.Model):
    """Whether the figures of an activity have been told to its dashboard since its leads and orders last changed."""

    subject = models.OneToOneField(Subject, models.CASCADE, primary_key=True, related_name="+")
    is_stale = models.BooleanField(default=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("figures of leads and orders told")
        indexes = [models.Index(fields=["subject"], name="sales_figures_stale", condition=Q(is_stale=True))]

    def __str__(self) -> str:
        return f"{self.subject_id}"
