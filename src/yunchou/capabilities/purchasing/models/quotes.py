"""Offers 报价: what a supplier asks for the lines of a purchase."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User

from .purchases import Purchase, PurchaseLine


class Quote(models.Model):
    """What one supplier offers. Prices are per unit of measure; without tax where not `is_taxed`.

    `value` says how good it is beside its price, 0 to 100; in a tender it is the mean of the committee.
    """

    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="quotes")
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="quotes", verbose_name=_("supplier"))
    tax_rate = models.DecimalField(_("tax rate"), max_digits=4, decimal_places=2, default=Decimal(0))
    is_taxed = models.BooleanField(_("prices contain the tax"), default=True)
    delivery_days = models.PositiveSmallIntegerField(_("days to delivery"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    note = models.CharField(pgettext_lazy("purchasing", "note"), max_length=300, blank=True)
    value = models.DecimalField(
        pgettext_lazy("purchasing", "value"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    value_note = models.CharField(_("reason of the value"), max_length=300, blank=True)
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=clock.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("quote")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["purchase", "supplier"], condition=Q(withdrawn_at=None), name="quote_once"
            ),
            models.CheckConstraint(condition=Q(tax_rate__gte=0, tax_rate__lt=100), name="quote_tax_rate"),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=0, value__lte=100), name="quote_value"
            ),
        ]

    def __str__(self) -> str:
        return str(self.supplier)


class QuotePrice(models.Model):
    """The price of one unit of a line, in yuan."""

    quote = models.ForeignKey(Quote, models.CASCADE, related_name="prices")
    line = models.ForeignKey(PurchaseLine, models.CASCADE, related_name="prices")
    price = YuanField(_("price per unit"))

    class Meta:
        verbose_name = _("price")
        constraints = [
            models.UniqueConstraint(fields=["quote", "line"], name="price_once"),
            models.CheckConstraint(condition=Q(price__gt=0), name="price_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.price}"
