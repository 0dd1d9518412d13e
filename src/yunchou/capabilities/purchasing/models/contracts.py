"""Contracts 合同 with what they bind, when it is paid, and what was agreed afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.ledger.models import Account, Hold
from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject

from ..permissions import Perm
from .purchases import Purchase, PurchaseLine

WARNING: Final = timedelta(days=30)
"""So long before its end a contract is listed as expiring."""


class ContractStatus(models.TextChoices):
    """Where a contract stands."""

    DRAFT = "draft", pgettext_lazy("contract", "Draft")
    IN_APPROVAL = "in_approval", pgettext_lazy("contract", "In approval")
    RETURNED = "returned", pgettext_lazy("contract", "Returned")
    APPROVED = "approved", pgettext_lazy("contract", "To be signed")
    SIGNED = "signed", pgettext_lazy("contract", "In force")
    COMPLETED = "completed", pgettext_lazy("contract", "Completed")
    CANCELLED = "cancelled", pgettext_lazy("contract", "Cancelled")


WRITABLE_CONTRACTS: Final = (ContractStatus.DRAFT, ContractStatus.RETURNED)
"""States in which the contract is written."""
LIVE_CONTRACTS: Final = tuple(one for one in ContractStatus if one != ContractStatus.CANCELLED)
"""All that were not given up."""
SIGNED_CONTRACTS: Final = (ContractStatus.SIGNED, ContractStatus.COMPLETED)
"""What binds the company, or did."""


class Contract(models.Model):
    """What was agreed with a supplier. Its number is unique within the company (region or group) whose book it is in."""

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="contract")
    company = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("company"))
    number = models.CharField(_("number of the contract"), max_length=40)
    title = models.CharField(_("title of the contract"), max_length=120)
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="contracts")
    supplier = models.ForeignKey(
        Supplier, models.PROTECT, related_name="contracts", verbose_name=_("supplier")
    )
    terms = models.TextField(_("what was agreed"), blank=True)
    starts_on = models.DateField(_("in force from"), null=True, blank=True)
    ends_on = models.DateField(_("in force until"), null=True, blank=True)
    keeper = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person in charge"))
    status = models.CharField(
        _("state"), max_length=12, choices=ContractStatus, default=ContractStatus.DRAFT, editable=False
    )
    signed_on = models.DateField(_("signed on"), null=True, editable=False)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+", editable=False)
    completed_on = models.DateField(_("completed on"), null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        indexes = [
            models.Index(fields=["status", "ends_on"], name="contract_by_end"),
            models.Index(fields=["supplier", "status"], name="contract_of_supplier"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="contract_number_once"),
            models.UniqueConstraint(
                fields=["purchase", "supplier"],
                condition=~Q(status="cancelled"),
                name="contract_once_per_award",
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="contract_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["signed", "completed"])
                | Q(signed_on__isnull=False, signed_by__isnull=False),
                name="contract_signed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("purchasing:contract_detail", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        return self.status in WRITABLE_CONTRACTS

    @property
    def is_expiring(self) -> bool:
        """In force, and over within 30 days or already."""
        return (
            self.status == ContractStatus.SIGNED
            and self.ends_on is not None
            and self.ends_on <= clock.today() + WARNING
        )

    @property
    def is_over(self) -> bool:
        """In force although its end has passed."""
        return self.is_expiring and self.ends_on is not None and self.ends_on < clock.today()


class ContractLine(models.Model):
    """A part of the contract's amount, in yuan with tax, on one budget line's account."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="lines")
    item = models.ForeignKey(PurchaseLine, models.PROTECT, related_name="contracted")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    amount = YuanField(_("amount"))

    class Meta:
        verbose_name = _("line of a contract")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="contract_line_positive")]

    def __str__(self) -> str:
        return self.name


class Instalment(models.Model):
    """A part of the price and the day it is due. An advance 预付款 is settled once what it was for has come."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="instalments")
    name = models.CharField(_("what it is for"), max_length=80)
    amount = YuanField(_("amount"))
    due_on = models.DateField(_("due on"))
    is_advance = models.BooleanField(_("advance payment"), default=False)
    settled_on = models.DateField(_("settled on"), null=True, editable=False)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    settled_note = models.CharField(_("what came for it"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("instalment")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="instalment_positive"),
            models.CheckConstraint(
                condition=Q(settled_on=None) | Q(is_advance=True, settled_by__isnull=False),
                name="instalment_settled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def duty_key(self) -> str:
        """The key of the duty to have it paid."""
        return f"purchasing.instalment:{self.pk}"


class Amendment(models.Model):
    """A change of the amount of one line after signing. What makes it larger is approved; `hold` keeps its money until then."""

    class State(models.TextChoices):
        SENT = "sent", pgettext_lazy("amendment", "In approval")
        IN_FORCE = "in_force", pgettext_lazy("amendment", "In force")
        REFUSED = "refused", pgettext_lazy("amendment", "Refused")

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="amendments")
    line = models.ForeignKey(ContractLine, models.PROTECT, related_name="amendments")
    change = YuanField(_("change of the amount"))
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(max_length=10, choices=State)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", editable=False)
    hold = models.ForeignKey(Hold, models.PROTECT, null=True, related_name="+", editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("amendment")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(change=0) & ~Q(reason=""), name="amendment_changes_something"
            ),
            models.UniqueConstraint(
                fields=["contract"], condition=Q(state="sent"), name="amendment_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change}"
