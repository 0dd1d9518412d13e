"""Price and service offers of deal-targeted activities, to whom they were made, and who signed (TYP-04)."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.models import Customer
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .orders import Order


class Offer(models.Model):
    """What an activity offers to prospects: a price, and the services that come with it."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    title = models.CharField(pgettext_lazy("offer", "offer"), max_length=80)
    price = YuanField[Decimal, Decimal](pgettext_lazy("offer", "price"))
    list_price = YuanField[Decimal | None, Decimal | None](
        pgettext_lazy("offer", "usual price"), null=True, blank=True
    )
    services = models.CharField(_("services that come with it"), max_length=500)
    until = models.DateField(pgettext_lazy("offer", "valid until"), null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("sales", "offer")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["subject", "title"], name="offer_once"),
            models.CheckConstraint(condition=Q(price__gte=0), name="offer_price_not_negative"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def has_ended(self) -> bool:
        return self.until is not None and self.until < clock.today()


class Answer(models.TextChoices):
    """What a prospect said to an offer."""

    OFFERED = "offered", pgettext_lazy("offer", "Offered")
    THINKING = "thinking", pgettext_lazy("offer", "Thinking about it")
    SIGNED = "signed", pgettext_lazy("offer", "Signed")
    DECLINED = "declined", pgettext_lazy("offer", "Declined")


class Prospect(models.Model):
    """One prospect to whom an offer was made, and what they said."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="prospects")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    answer = models.CharField(
        pgettext_lazy("offer", "answer"), max_length=8, choices=Answer, default=Answer.OFFERED
    )
    note = models.CharField(pgettext_lazy("offer", "note"), max_length=200, blank=True)
    order = models.OneToOneField(Order, models.PROTECT, null=True, related_name="+", editable=False)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    added_at = models.DateTimeField(default=clock.now, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("prospect of an offer")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["offer", "customer"], name="offer_prospect_once"),
            models.CheckConstraint(
                condition=Q(order=None) | Q(answer="signed"), name="offer_order_when_signed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer} {self.get_answer_display()}"
