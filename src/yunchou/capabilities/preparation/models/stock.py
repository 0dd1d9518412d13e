"""What lies in store 库存, and everything that came, went, was handed out and came back."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..permissions import Perm
from .rows import Supply, SupplyKind, amount


class StockItem(models.Model):
    """A kind of thing in the store of a unit. `quantity` is what its movements come to, and never below zero."""

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="stock_item")
    name = models.CharField(pgettext_lazy("preparation", "item"), max_length=80)
    kind = models.CharField(
        pgettext_lazy("preparation", "kind"), max_length=10, choices=SupplyKind, default=SupplyKind.GIFT
    )
    measure = models.CharField(pgettext_lazy("preparation", "measure"), max_length=12)
    place = models.CharField(_("where it lies"), max_length=80, blank=True)
    minimum = amount(_("least stock"), default=Decimal(0))
    quantity = amount(_("in stock"), default=Decimal(0), editable=False)
    worth = YuanField(_("worth each"), null=True, blank=True)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("item in stock")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=0), name="stock_never_below_zero"),
            models.CheckConstraint(condition=Q(minimum__gte=0), name="stock_minimum_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("preparation:stock_detail", args=[self.pk])

    @property
    def is_low(self) -> bool:
        """Less is there than should be."""
        return bool(self.quantity < self.minimum)


class MoveKind(models.TextChoices):
    """Why the stock changed."""

    RECEIPT = "receipt", pgettext_lazy("stock", "Received")
    ISSUE = "issue", pgettext_lazy("stock", "Used")
    HAND_OUT = "hand_out", pgettext_lazy("stock", "Handed out")
    RETURN = "return", pgettext_lazy("stock", "Returned")
    WRITE_OFF = "write_off", pgettext_lazy("stock", "Written off")
    COUNT = "count", pgettext_lazy("stock", "Counted")


ADDING: Final = frozenset({MoveKind.RECEIPT, MoveKind.RETURN})
"""Kinds that bring something in."""
PERSONAL: Final = frozenset({MoveKind.HAND_OUT, MoveKind.RETURN})
"""Kinds that name a person."""


class Outcome(models.TextChoices):
    """What became of something that was issued on site and did not come back."""

    USED = "used", pgettext_lazy("on site", "Used up")
    LOST = "lost", pgettext_lazy("on site", "Lost")
    WASTED = "wasted", pgettext_lazy("on site", "Wasted")


class StockMove(models.Model):
    """One receipt or issue; never changed. `change` is signed, `balance` what was there afterwards.

    `outcome` says what became of what was issued on site, `cost` what the loss of it costs.
    """

    item = models.ForeignKey(StockItem, models.PROTECT, related_name="moves")
    number = models.CharField(pgettext_lazy("preparation", "number"), max_length=20, unique=True)
    kind = models.CharField(pgettext_lazy("preparation", "kind"), max_length=10, choices=MoveKind)
    change = amount(pgettext_lazy("preparation", "change"))
    balance = amount(_("in stock after it"))
    person = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=pgettext_lazy("preparation", "person")
    )
    activity = models.ForeignKey(
        Subject, models.PROTECT, null=True, related_name="+", verbose_name=_("activity")
    )
    supply = models.ForeignKey(Supply, models.SET_NULL, null=True, related_name="+")
    outcome = models.CharField(max_length=6, choices=Outcome, blank=True, editable=False)
    cost = YuanField(_("cost of the loss"), null=True, editable=False)
    note = models.CharField(pgettext_lazy("preparation", "note"), max_length=200, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    made_at = models.DateTimeField(_("when"), default=clock.now)

    class Meta:
        verbose_name = _("movement of stock")
        ordering = ["-made_at", "-pk"]
        indexes = [
            models.Index(fields=["item", "-made_at"], name="stock_move_of_item"),
            models.Index(fields=["activity", "-made_at"], name="stock_move_of_activity"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="stock_move_leaves_something"),
            models.CheckConstraint(
                condition=~Q(kind__in=["hand_out", "return"]) | Q(person__isnull=False),
                name="stock_move_names_person",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["receipt", "return"], change__gt=0)
                | Q(kind__in=["issue", "hand_out", "write_off"], change__lt=0)
                | Q(kind="count"),
                name="stock_move_has_direction",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["lost", "wasted"]) | ~Q(kind="write_off") | Q(cost__isnull=False),
                name="stock_loss_has_cost",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("preparation:stock_slip", args=[self.pk])

    @property
    def amount(self) -> Decimal:
        """How much was moved, without a sign."""
        return Decimal(abs(self.change))


class Holding(models.Model):
    """What a person was handed out and has not returned."""

    item = models.ForeignKey(StockItem, models.CASCADE, related_name="holdings")
    person = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("preparation", "person")
    )
    quantity = amount(_("quantity"), default=Decimal(0))

    class Meta:
        verbose_name = _("what a person holds")
        ordering = ["person__name_pinyin", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "person"], name="holding_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="holding_never_below_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.quantity}"
