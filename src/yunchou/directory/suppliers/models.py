"""Suppliers with their kinds of supply, documents, grades, and the lists they came from."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.core.search import syllable_key
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from . import bank
from .permissions import Perm

#: So long before a document expires the one in charge is reminded, and the list says so.
WARNING = timedelta(days=30)


class Supply(models.TextChoices):
    """What a supplier supplies."""

    SUPPLIES = "supplies", _("Supplies and gifts")
    CATERING = "catering", _("Catering")
    VENUE = "venue", pgettext_lazy("supply", "Venue")
    MEDIA = "media", _("Media and advertising")
    PRINT = "print", _("Print and production")
    SPEAKERS = "speakers", _("Speakers")
    LOGISTICS = "logistics", _("Logistics")
    RESEARCH = "research", _("Market research")
    OTHER = "other", pgettext_lazy("supply", "Other")


class Grade(models.TextChoices):
    """How good a supplier has proved to be; D is used only with a reason."""

    A = "A", pgettext_lazy("grade", "A · excellent")
    B = "B", pgettext_lazy("grade", "B · good")
    C = "C", pgettext_lazy("grade", "C · sufficient")
    D = "D", pgettext_lazy("grade", "D · poor")


class DocumentKind(models.TextChoices):
    """Papers a supplier shows. Without a valid business licence nobody is chosen."""

    LICENCE = "licence", _("Business licence")
    PERMIT = "permit", _("Trade permit")
    TAX = "tax", _("Tax certificate")
    BANK = "bank", _("Proof of the bank account")
    FRAMEWORK = "framework", _("Framework agreement")
    OTHER = "other", _("Other document")


class SupplierQuerySet(ScopedQuerySet):
    def living(self) -> Self:
        """Those that were not merged into another one."""
        return self.filter(merged_into=None)

    def expired(self, on: date) -> Self:
        """Those whose business licence has run out on a day."""
        return self.filter(Exists(_papers(kind=DocumentKind.LICENCE, expires_on__lt=on)))

    def unexpired(self, on: date) -> Self:
        """All but the expired ones."""
        return self.exclude(Exists(_papers(kind=DocumentKind.LICENCE, expires_on__lt=on)))

    def expiring(self, on: date) -> Self:
        """Those with a document that runs out within 30 days of a day, or has run out."""
        return self.filter(Exists(_papers(expires_on__lte=on + WARNING)))


def _papers(**conditions: Any) -> models.QuerySet[SupplierDocument]:
    return SupplierDocument.objects.filter(supplier=OuterRef("pk"), removed_at=None, **conditions)


class Supplier(models.Model):
    """Somebody the company buys from. Its primary key is its subject's; its unit is the company whose register it is in.

    The bank account is stored encrypted (`bank`), with who wrote it down; it is paid to once a second person has confirmed
    it. One that was merged stays readable and points to what it became.
    """

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="supplier")
    name = models.CharField(_("name of the supplier"), max_length=120)
    name_key = models.CharField(max_length=800, blank=True, editable=False)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    contact_name = models.CharField(_("contact"), max_length=60, blank=True)
    contact_phone = models.CharField(_("phone"), max_length=30, blank=True)
    address = models.CharField(_("address"), max_length=160, blank=True)
    bank_name = models.CharField(_("bank"), max_length=80, blank=True)
    account_key = models.BinaryField(default=b"", editable=False)
    account_sealed = models.BinaryField(default=b"", editable=False)
    account_tail = models.CharField(max_length=4, blank=True, editable=False)
    account_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    account_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    account_at = models.DateTimeField(null=True, editable=False)
    account_confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )
    account_confirmed_at = models.DateTimeField(null=True, editable=False)
    tax_rate = models.DecimalField(_("tax rate"), max_digits=4, decimal_places=2, null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    keeper = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person in charge"))
    grade = models.CharField(_("grade"), max_length=1, choices=Grade, blank=True, editable=False)
    blocked_at = models.DateTimeField(null=True, editable=False)
    blocked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    blocked_reason = models.CharField(_("reason of the block"), max_length=200, blank=True, editable=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    objects = SupplierQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplier")
        ordering = ("name", "subject_id")
        indexes = [models.Index(fields=["grade"], name="supplier_grade")]
        constraints = [
            # One that was merged keeps its code to be found by; the one it became may have taken it.
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code="") & Q(merged_into=None),
                name="supplier_code_once",
            ),
            models.CheckConstraint(
                condition=Q(tax_rate=None) | Q(tax_rate__gte=Decimal(0), tax_rate__lt=Decimal(100)),
                name="supplier_tax_rate",
            ),
            models.CheckConstraint(
                condition=Q(blocked_at=None, blocked_reason="")
                | (Q(blocked_at__isnull=False) & ~Q(blocked_reason="")),
                name="supplier_block_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=models.F("subject")), name="supplier_not_own_heir"
            ),
            models.CheckConstraint(
                condition=Q(account_confirmed_by=None, account_confirmed_at=None)
                | (
                    Q(account_confirmed_by__isnull=False, account_confirmed_at__isnull=False)
                    & ~Q(account_digest="")
                    & (Q(account_by=None) | ~Q(account_confirmed_by=models.F("account_by")))
                ),
                name="supplier_account_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the readings of the name, by which it is searched."""
        self.name_key = syllable_key(self.name)[:800]
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("suppliers:supplier_detail", args=[self.pk])

    @property
    def is_blocked(self) -> bool:
        return self.blocked_at is not None

    @property
    def masked_account(self) -> str:
        """`•••• 6677`, empty where no account is known."""
        return bank.masked(self.account_tail)

    @property
    def is_account_confirmed(self) -> bool:
        """Whether a second person has confirmed the account that is known."""
        return self.account_confirmed_at is not None

    @property
    def masked_phone(self) -> str:
        return bank.masked_phone(self.contact_phone)

    @property
    def supplies(self) -> list[Supply]:
        """What it supplies, in the order of the list; read with `prefetch_related("kinds")` it asks for nothing more."""
        held = {row.kind for row in self.kinds.all()}
        return [kind for kind in Supply if kind in held]

    @property
    def kinds_label(self) -> str:
        return "、".join(str(kind.label) for kind in self.supplies)


class SupplierKind(models.Model):
    """One of the kinds of supply of a supplier."""

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="kinds")
    kind = models.CharField(_("kind of supply"), max_length=12, choices=Supply)

    class Meta:
        verbose_name = _("kind of supply")
        constraints = [models.UniqueConstraint(fields=["supplier", "kind"], name="supplier_kind_once")]

    def __str__(self) -> str:
        return self.get_kind_display()


class SupplierDocument(models.Model):
    """A paper of a supplier: what it is, its file, and how long it holds. A newer version takes its place."""

    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind of document"), max_length=12, choices=DocumentKind)
    attachment = models.OneToOneField(Attachment, models.PROTECT, related_name="supplier_document")
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("document of a supplier")
        ordering = ("kind", "pk")
        indexes = [
            models.Index(
                fields=["expires_on", "supplier"],
                condition=Q(removed_at=None),
                name="supplier_document_expiry",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.attachment.name}"

    @property
    def duty_key(self) -> str:
        """The key of the duty to renew it."""
        return f"suppliers.document:{self.pk}"

    @property
    def is_expired(self) -> bool:
        return self.expires_on is not None and self.expires_on < clock.today()

    @property
    def is_expiring(self) -> bool:
        """Runs out within 30 days, or has run out."""
        return self.expires_on is not None and self.expires_on <= clock.today() + WARNING


class GradeEntry(models.Model):
    """One grade with the day from which it holds and its reason. Never changed; the next one ends it."""

    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="grades")
    grade = models.CharField(_("grade"), max_length=1, choices=Grade)
    since = models.DateField(_("holds from"))
    reason = models.CharField(_("reason"), max_length=200)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("grade of a supplier")
        ordering = ("-since", "-pk")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="supplier_grade_has_reason")]

    def __str__(self) -> str:
        return f"{self.supplier}: {self.grade}"


class SupplierImport(models.Model):
    """A list that was handed in: what comes of each line, and when it was taken over.

    Bank accounts stand in it, so the workbook is kept encrypted like these (`bank`), never in the store of files.
    """

    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    key = models.BinaryField(default=b"", editable=False)
    sealed = models.BinaryField(default=b"", editable=False)
    name = models.CharField(max_length=160)
    lines = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    applied_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("list of suppliers")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("suppliers:list_import", args=[self.pk])
