"""Claims 报销单 with their lines, their vouchers, and what was booked for them."""

from __future__ import annotations

from typing import Any, Final

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.ledger.models import Account, Entry, Hold, Posting
from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import say
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..chart import BY_CODE, CODES, CostItem
from ..permissions import Perm


class Status(models.TextChoices):
    """Where a claim stands."""

    DRAFT = "draft", pgettext_lazy("claim", "Draft")
    IN_APPROVAL = "in_approval", pgettext_lazy("claim", "In approval")
    RETURNED = "returned", pgettext_lazy("claim", "Returned")
    WITHDRAWN = "withdrawn", pgettext_lazy("claim", "Withdrawn")
    REJECTED = "rejected", pgettext_lazy("claim", "Rejected")
    APPROVED = "approved", pgettext_lazy("claim", "To be paid")
    PAID = "paid", pgettext_lazy("claim", "Paid")
    REVERSED = "reversed", pgettext_lazy("claim", "Reversed")
    DISCARDED = "discarded", pgettext_lazy("claim", "Discarded")


EDITABLE: Final = (Status.DRAFT, Status.RETURNED, Status.WITHDRAWN)
"""States in which the claimant writes."""
BINDING: Final = (Status.IN_APPROVAL, Status.APPROVED, Status.PAID)
"""States in which money of a budget line is held or spent for the claim."""
UNDER_WAY: Final = (Status.IN_APPROVAL, Status.APPROVED)
"""States in which money waits for the claim."""
OVER: Final = (Status.REJECTED, Status.REVERSED, Status.DISCARDED)
"""States in which a claim's vouchers may be claimed anew."""

TEXTS: Final = ("background", "purpose", "participants", "effect")
"""The four texts of R-BUD-07."""


class Claim(models.Model):
    """A request to pay what an activity, or a unit as cost centre, has cost. Its unit is the one that bears it."""

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="claim")
    code = models.CharField(_("number of the claim"), max_length=20, unique=True)
    activity = models.ForeignKey(
        Subject, models.PROTECT, null=True, related_name="claims", verbose_name=_("activity")
    )
    claimant = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("claimant"))
    payee_person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    payee_supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, blank=True, related_name="claims")
    background = models.TextField(_("background of the activity"), blank=True)
    purpose = models.TextField(_("purpose"), blank=True)
    participants = models.TextField(_("participants"), blank=True)
    effect = models.TextField(_("expected effect"), blank=True)
    stated_total = YuanField(_("total as typed"), null=True, blank=True)
    status = models.CharField(_("state"), max_length=12, choices=Status, default=Status.DRAFT, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    paid_at = models.DateTimeField(null=True, editable=False)
    paid_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    paid_on = models.DateField(_("accounting date"), null=True, editable=False)
    paid_to = models.CharField(_("paid to account"), max_length=120, blank=True, editable=False)
    payment_note = models.CharField(_("note on the payment"), max_length=200, blank=True, editable=False)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        indexes = [
            models.Index(fields=["status", "-subject"], name="claim_by_status"),
            models.Index(fields=["activity", "status"], name="claim_of_activity"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(payee_person=None) | Q(payee_supplier=None), name="claim_one_payee"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("expenses:claim_detail", args=[self.pk])

    @property
    def payee(self) -> str:
        """Who gets the money, by name; empty while nobody is named."""
        return str(self.payee_supplier or self.payee_person or "")

    @property
    def is_under_way(self) -> bool:
        """Whether people decide on it or it waits for its payment: money is held for it."""
        return self.status in UNDER_WAY

    @property
    def is_editable(self) -> bool:
        return self.status in EDITABLE


def kept_while_claimed(collector: Any, field: Any, lines: Any, using: str) -> None:
    """A budget line does not go while a claim holds or has spent its money; a draft is left without it, and says so."""
    # The collector's rows come without most of their columns, so they are asked for anew.
    found = ClaimLine.objects.using(using).filter(pk__in=[line.pk for line in lines])
    holding = found.filter(claim__status__in=BINDING).select_related("claim").order_by("pk").first()
    if holding is not None:
        words = gettext_noop("“{line}” cannot go: claim {claim} is booked on it.")
        raise WrongState(say(words, line=holding.name, claim=holding.claim.code))
    models.SET_NULL(collector, field, lines, using)


class ClaimLine(models.Model):
    """An amount of a claim: on which budget line (none with a cost centre), for which cost item, out of which contract.

    Once it was sent, `account` is what bears it and `hold` the money that waits for it; `extra` is what lies beyond the
    budget or a ceiling and needs the special review, `passes` by how much it passes which ceilings (yuan by id). `name`
    keeps what the budget line was called.
    """

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="lines")
    line = models.ForeignKey(
        BudgetLine, kept_while_claimed, null=True, related_name="+", verbose_name=_("budget line")
    )
    name = models.CharField(max_length=160, blank=True)
    cost_item = models.CharField(_("cost item"), max_length=20, choices=CODES)
    amount = YuanField(_("amount"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    commitment = models.ForeignKey(
        Hold, models.PROTECT, null=True, related_name="+", verbose_name=_("contract")
    )
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", editable=False)
    hold = models.ForeignKey(Hold, models.PROTECT, null=True, related_name="+", editable=False)
    passes = models.JSONField(default=dict, editable=False)
    extra = YuanField(_("beyond the budget"), default=ZERO, editable=False)

    class Meta:
        verbose_name = _("line of a claim")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="claim_line_amount_positive"),
            models.CheckConstraint(
                condition=Q(extra__gte=0, extra__lte=models.F("amount")), name="claim_line_extra_within"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name or str(self.item.label)

    @property
    def item(self) -> CostItem:
        """Its place in the chart of cost items."""
        return BY_CODE[self.cost_item]


class Voucher(models.Model):
    """A proof of cost: an invoice, a receipt. `key` is its number, payee and amount; it counts once (R-BUD-12).

    `digits` are the figures of its number: the same in two claims is worth a look, however the rest is spelled.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", pgettext_lazy("voucher", "Invoice")
        E_INVOICE = "e_invoice", pgettext_lazy("voucher", "Electronic invoice")
        RECEIPT = "receipt", pgettext_lazy("voucher", "Receipt")
        TICKET = "ticket", pgettext_lazy("voucher", "Travel ticket")
        OTHER = "other", pgettext_lazy("voucher", "Other voucher")

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="vouchers")
    kind = models.CharField(_("kind of voucher"), max_length=10, choices=Kind, default=Kind.INVOICE)
    number = models.CharField(_("number of the voucher"), max_length=40)
    payee = models.CharField(_("paid to"), max_length=120)
    amount = YuanField(_("amount"))
    issued_on = models.DateField(_("date of the voucher"))
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=64, editable=False)
    digits = models.CharField(max_length=40, blank=True, editable=False, db_index=True)
    is_void = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("expenses", "voucher")
        ordering = ["issued_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(is_void=False), name="voucher_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="voucher_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.number


class Booking(models.Model):
    """An entry that paid a line of a claim, or took a payment back; a claim is paid by one posting."""

    line = models.ForeignKey(ClaimLine, models.PROTECT, related_name="bookings")
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="bookings")
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="booking")
    amount = YuanField(_("amount"))
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="reversals")

    class Meta:
        verbose_name = _("booking of a claim")

    def __str__(self) -> str:
        return f"{self.line_id} {self.amount}"
