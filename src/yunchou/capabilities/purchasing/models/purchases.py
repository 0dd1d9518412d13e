"""Purchases 采购申请: what is to be bought, for which budget lines, and how the supplier is found."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.directory.suppliers.models import Supply
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..permissions import Perm


class Status(models.TextChoices):
    """Where a purchase stands."""

    DRAFT = "draft", pgettext_lazy("purchase", "Draft")
    IN_APPROVAL = "in_approval", pgettext_lazy("purchase", "In approval")
    RETURNED = "returned", pgettext_lazy("purchase", "Returned")
    OPEN = "open", pgettext_lazy("purchase", "Collecting offers")
    AWARDED = "awarded", pgettext_lazy("purchase", "Awarded")
    ORDERED = "ordered", pgettext_lazy("purchase", "Under contract")
    REJECTED = "rejected", pgettext_lazy("purchase", "Rejected")
    CANCELLED = "cancelled", pgettext_lazy("purchase", "Cancelled")


EDITABLE: Final = (Status.DRAFT, Status.RETURNED)
"""States in which the requester writes."""
QUOTABLE: Final = (Status.DRAFT, Status.RETURNED, Status.OPEN)
"""States in which offers are entered: prices are asked for before the request is sent, too."""
HOLDING: Final = (Status.IN_APPROVAL, Status.OPEN, Status.AWARDED, Status.ORDERED)
"""States in which money of budget lines waits for the purchase, or was bound by its contracts."""


class Method(models.TextChoices):
    """How the supplier is found."""

    QUOTES = "quotes", _("Comparison of quotes")
    TENDER = "tender", _("Tender")


class Purchase(models.Model):
    """A request to buy something for an activity, out of its approved budget, or for a unit as cost centre.

    `price_weight` is what the price counts in the comparison, in percent; the rest is the value for the money.
    """

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="purchase")
    activity = models.ForeignKey(
        Subject, models.PROTECT, null=True, related_name="purchases", verbose_name=_("activity")
    )
    title = models.CharField(_("title of the purchase"), max_length=120)
    kind = models.CharField(_("kind of supply"), max_length=12, choices=Supply)
    method = models.CharField(
        _("way of finding the supplier"), max_length=8, choices=Method, default=Method.QUOTES
    )
    purpose = models.TextField(_("what it is needed for"), blank=True)
    needed_on = models.DateField(_("needed by"), null=True, blank=True)
    requester = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("requested by"))
    price_weight = models.PositiveSmallIntegerField(_("weight of the price"), default=60)
    status = models.CharField(_("state"), max_length=12, choices=Status, default=Status.DRAFT, editable=False)
    award_reason = models.TextField(_("reason of the choice"), blank=True, editable=False)
    awarded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    awarded_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("purchase")
        indexes = [
            models.Index(fields=["status", "-subject"], name="purchase_by_status"),
            models.Index(fields=["activity", "status"], name="purchase_of_activity"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(price_weight__gte=1, price_weight__lte=100), name="purchase_weight"),
            models.CheckConstraint(
                condition=~Q(status__in=["awarded", "ordered"])
                | (Q(awarded_by__isnull=False, awarded_at__isnull=False) & ~Q(award_reason="")),
                name="purchase_award_has_reason",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("purchasing:purchase_detail", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        return self.status in EDITABLE

    @property
    def is_tender(self) -> bool:
        return self.method == Method.TENDER

    @property
    def value_weight(self) -> int:
        """What the value counts beside the price, in percent."""
        return 100 - self.price_weight


def kept_while_bought(collector: Any, field: Any, lines: Any, using: str) -> None:
    """A budget line does not go while a purchase or a contract holds its money; a draft is left without it, and says so."""
    # What is handed in may be read in part only, so the rows are asked for anew.
    bought = PurchaseLine.objects.filter(pk__in=[one.pk for one in lines], purchase__status__in=HOLDING)
    holding = bought.select_related("purchase").order_by("pk").first()
    if holding is not None:
        words = gettext_noop("“{line}” cannot go: purchase “{purchase}” is charged to it.")
        raise WrongState(say(words, line=holding.name, purchase=holding.purchase.title))
    models.SET_NULL(collector, field, lines, using)


class PurchaseLine(models.Model):
    """One thing of a purchase: how many of what, on which budget line, for how much at most, in yuan with tax.

    `winner` is the offer that was chosen for it.
    """

    purchase = models.ForeignKey(Purchase, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(default=1)
    line = models.ForeignKey(
        BudgetLine, kept_while_bought, null=True, related_name="+", verbose_name=_("budget line")
    )
    name = models.CharField(_("what is bought"), max_length=120)
    specification = models.CharField(_("specification"), max_length=300, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=2, default=Decimal(1))
    measure = models.CharField(_("unit of measure"), max_length=12, blank=True)
    estimate = YuanField(_("estimate with tax"))
    winner = models.ForeignKey("Quote", models.PROTECT, null=True, related_name="won", editable=False)

    class Meta:
        verbose_name = _("line of a purchase")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="purchase_line_quantity_positive"),
            models.CheckConstraint(condition=Q(estimate__gt=0), name="purchase_line_estimate_positive"),
        ]

    def __str__(self) -> str:
        return self.name
