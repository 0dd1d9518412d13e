"""Coupons and prizes: issued out of a limited stock, redeemed once (EXE-16)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.sales.models import LeadForm, Order, Way
from yunchou.capabilities.sales.models.leads import TOKEN_LENGTH, new_token
from yunchou.directory.customers.models import Customer
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .. import codes
from .streams import Stream

MOST: Final = 1_000_000


class SeriesKind(models.TextChoices):
    """What is redeemed."""

    COUPON = "coupon", pgettext_lazy("coupons", "Coupon")
    PRIZE = "prize", pgettext_lazy("coupons", "Prize")
    MEMBER = "member", pgettext_lazy("coupons", "Member discount")


class CouponSeries(models.Model):
    """Coupons of one kind: what each is worth, how many there are, until when they are good.

    `issued` is kept by the statement that issues one, so that of two who take the last one gets it.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    kind = models.CharField(
        pgettext_lazy("coupons", "kind"), max_length=6, choices=SeriesKind, default=SeriesKind.COUPON
    )
    title = models.CharField(pgettext_lazy("coupons", "name"), max_length=60)
    terms = models.CharField(_("what it gives, under which conditions"), max_length=200)
    value = YuanField[Decimal, Decimal](pgettext_lazy("coupons", "worth"))
    stock = models.PositiveIntegerField(pgettext_lazy("coupons", "how many"))
    each = models.PositiveSmallIntegerField(_("at most for one person"), default=1)
    starts_on = models.DateField(pgettext_lazy("coupons", "good from"))
    ends_on = models.DateField(pgettext_lazy("coupons", "good until"))
    stream = models.ForeignKey(
        Stream, models.PROTECT, null=True, blank=True, related_name="series", verbose_name=_("live stream")
    )
    # The public page on which people take one themselves, leaving a lead.
    is_public = models.BooleanField(_("people take one themselves"), default=False)
    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, default=new_token, editable=False)
    form = models.ForeignKey(LeadForm, models.PROTECT, null=True, related_name="+", editable=False)
    issued = models.PositiveIntegerField(default=0, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("coupons", "coupons of one kind")
        ordering = ("closed_at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["subject", "title"], name="coupon_series_once"),
            models.CheckConstraint(condition=Q(issued__lte=F("stock")), name="coupon_stock_is_limited"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="coupon_ends_after_start"),
            models.CheckConstraint(condition=Q(stock__gt=0, each__gt=0), name="coupon_numbers_above_zero"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def left(self) -> int:
        return self.stock - self.issued

    @property
    def has_ended(self) -> bool:
        return self.ends_on < clock.today()

    @property
    def path(self) -> str:
        """The public page, without host."""
        return reverse("promotions:coupon_take", args=[self.token])

    def is_good_on(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


class Coupon(models.Model):
    """One coupon of one person. Redeemed by a guarded statement, so that of two counters at the same moment one does it."""

    series = models.ForeignKey(CouponSeries, models.PROTECT, related_name="coupons")
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=codes.LENGTH, unique=True, default=codes.new_code, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    way = models.CharField(max_length=6, choices=Way, default=Way.PAGE, editable=False)
    issued_at = models.DateTimeField(default=clock.now, editable=False)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    # The form that was sent, so that sending it twice gives one coupon.
    key = models.CharField(max_length=100, null=True, editable=False)  # noqa: DJ001 -- unique where it is set
    redeemed_at = models.DateTimeField(null=True, editable=False)
    redeemed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    place = models.CharField(pgettext_lazy("coupons", "where"), max_length=40, blank=True, editable=False)
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="coupons", editable=False)
    voided_at = models.DateTimeField(null=True, editable=False)
    void_why = models.CharField(max_length=120, blank=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("coupons", "coupon")
        ordering = ("-pk",)
        indexes = [models.Index(fields=["series", "customer"], name="coupon_of_customer")]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="coupon_number_once"),
            models.UniqueConstraint(fields=["series", "key"], name="coupon_key_once"),
            models.CheckConstraint(
                condition=Q(redeemed_at=None) | Q(voided_at=None), name="coupon_not_redeemed_and_voided"
            ),
            models.CheckConstraint(
                condition=Q(order=None) | Q(redeemed_at__isnull=False), name="coupon_order_if_redeemed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} · {self.number}"

    @property
    def shown_code(self) -> str:
        return codes.shown(self.code)

    @property
    def state(self) -> str:
        """`redeemed`, `voided`, `ended`, `waiting` (not good yet) or `open`."""
        if self.redeemed_at:
            return "redeemed"
        if self.voided_at:
            return "voided"
        if self.series.has_ended:
            return "ended"
        return "open" if self.series.starts_on <= clock.today() else "waiting"

    @property
    def path(self) -> str:
        """Where it is shown and, at the counter, redeemed; without host."""
        return reverse("promotions:coupon", args=[self.code])
