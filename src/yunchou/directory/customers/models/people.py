"""A customer with what may be read at once, and the card that holds what may not."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.core.sealing import Sealed, SealedField
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..names import readings_of
from ..permissions import Perm


class Nature(models.TextChoices):
    """What stands behind the record."""

    PERSON = "person", pgettext_lazy("customer", "Person")
    COMPANY = "company", pgettext_lazy("customer", "Company")


class Identity(models.TextChoices):
    """What a customer is to the company; one may be several (CUS-01, TYP-02, TYP-08)."""

    CUSTOMER = "customer", pgettext_lazy("identity", "Customer")
    MEMBER = "member", pgettext_lazy("identity", "Club member")
    OWNER = "owner", pgettext_lazy("identity", "Property owner")
    PROSPECT = "prospect", pgettext_lazy("identity", "Prospect")
    PROSPECTIVE_OWNER = "to_own", pgettext_lazy("identity", "Prospective owner")
    EMPLOYEE = "employee", pgettext_lazy("identity", "Employee")
    MEDIA = "media", pgettext_lazy("identity", "Media contact")
    SUPPLIER = "supplier", pgettext_lazy("identity", "Supplier contact")
    PARTNER = "partner", pgettext_lazy("identity", "Partner")


class Stage(models.TextChoices):
    """How far a prospect is in the sales process (SEG-06). Deal-targeted activities take those in it and not signed."""

    NONE = "", pgettext_lazy("sales stage", "Not in the sales process")
    CONTACTED = "contacted", pgettext_lazy("sales stage", "First contact")
    INTERESTED = "interested", pgettext_lazy("sales stage", "Interested")
    NEGOTIATING = "negotiating", pgettext_lazy("sales stage", "Negotiating")
    SIGNED = "signed", pgettext_lazy("sales stage", "Signed")
    LOST = "lost", pgettext_lazy("sales stage", "Lost")


IN_PROCESS = (Stage.CONTACTED, Stage.INTERESTED, Stage.NEGOTIATING)
"""Stages of a prospect who has entered the sales process and has not signed (TYP-04, R-TYP-03)."""


class Grade(models.TextChoices):
    """The client's grade (SEG-08): high-end ones are important, and are invited to high-end events (TYP-07)."""

    NONE = "", pgettext_lazy("client grade", "Not graded")
    HIGH_END = "high_end", pgettext_lazy("client grade", "High-end")
    KEY = "key", pgettext_lazy("client grade", "Key")
    REGULAR = "regular", pgettext_lazy("client grade", "Regular")


class Diet(models.TextChoices):
    """What somebody does not eat, as the kitchen counts it; menus name what they contain by the same words."""

    VEGETARIAN = "vegetarian", pgettext_lazy("diet", "Vegetarian")
    HALAL = "halal", pgettext_lazy("diet", "Halal")
    NO_PORK = "no_pork", pgettext_lazy("diet", "No pork")
    NO_BEEF = "no_beef", pgettext_lazy("diet", "No beef or lamb")
    NO_SEAFOOD = "no_seafood", pgettext_lazy("diet", "No fish or seafood")
    NO_NUTS = "no_nuts", pgettext_lazy("diet", "No nuts (allergy)")
    NO_DAIRY = "no_dairy", pgettext_lazy("diet", "No milk products")
    NO_EGG = "no_egg", pgettext_lazy("diet", "No eggs")
    NO_GLUTEN = "no_gluten", pgettext_lazy("diet", "No gluten")
    NO_ALCOHOL = "no_alcohol", pgettext_lazy("diet", "No alcohol")
    NO_CHILLI = "no_chilli", pgettext_lazy("diet", "Not spicy")
    LOW_SUGAR = "low_sugar", pgettext_lazy("diet", "Little sugar")


class Source(models.Model):
    """A registered lawful channel from which data may come (CUS-02). One that is closed stays, and takes no more."""

    name = models.CharField(pgettext_lazy("customer", "source"), max_length=60, unique=True)
    basis = models.CharField(_("why it is lawful"), max_length=200)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("lawful source")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class CustomerQuerySet(ScopedQuerySet):
    def living(self) -> Self:
        """Those that were neither merged into another one nor erased."""
        return self.filter(merged_into=None, erased_at=None)

    def with_card(self) -> Self:
        """With the contact card, which lists show masked."""
        return self.select_related("card")


class Customer(models.Model):
    """Somebody the company deals with: a person or a company. Its primary key is its subject's, its unit whose it is.

    What identifies and reaches a person, apart from the name, stands encrypted on the `card`; of an important customer it
    stands, with the profile, in `ApartRecord` (CUS-06): `customers.apart` reads and writes both.
    One that was merged stays readable and points to what it became; one that was erased keeps its number alone.
    """

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="customer")
    nature = models.CharField(
        pgettext_lazy("customer", "nature"), max_length=8, choices=Nature, default=Nature.PERSON
    )
    name = models.CharField(pgettext_lazy("customer", "name"), max_length=80)
    name_key = models.CharField(max_length=400, blank=True, editable=False)
    pinyin = models.CharField(max_length=80, blank=True, editable=False)
    initials = models.CharField(max_length=40, blank=True, editable=False)
    organisation = models.CharField(pgettext_lazy("customer", "organisation"), max_length=120, blank=True)
    title = models.CharField(pgettext_lazy("customer", "title"), max_length=60, blank=True)
    grade = models.CharField(
        _("client grade"), max_length=8, choices=Grade, blank=True, default="", editable=False
    )
    grade_until = models.DateField(null=True, editable=False)
    stage = models.CharField(_("sales stage"), max_length=12, choices=Stage, blank=True, default="")
    # Keys without an index of their own are found by one of those below, or never looked for among very many.
    keeper = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("relationship owner"),
        db_index=False,
    )
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, related_name="+", verbose_name=_("lawful source"), db_index=False
    )
    # The profile (SEG-02): seen by those who may unmask.
    gender = models.CharField(pgettext_lazy("customer", "gender"), max_length=1, blank=True)
    born_on = models.DateField(_("date of birth"), null=True, blank=True)
    city = models.CharField(_("city"), max_length=40, blank=True)
    occupation = models.CharField(_("occupation"), max_length=40, blank=True)
    income = models.CharField(_("income band"), max_length=20, blank=True)
    interests = models.CharField(_("interests"), max_length=200, blank=True)
    preferences = models.TextField(_("preferences"), blank=True)
    # What is not eaten tells of faith and health: sensitive (PIPL 28), so it is encrypted. `diet` and `diet_note` open it.
    diet_kept = SealedField(editable=False)
    language = models.CharField(pgettext_lazy("customer", "language"), max_length=7, default="zh-hans")
    is_official = models.BooleanField(_("works for a public authority"), default=False)
    # PIPL 24: somebody may refuse to be chosen by automatic means and still be served.
    no_profiling = models.BooleanField(_("not to be profiled"), default=False)
    # Whether something is missing that every record must have (CUS-03); kept by the actions.
    is_incomplete = models.BooleanField(default=False, editable=False)
    entered_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    verified_at = models.DateTimeField(null=True, editable=False)
    verified_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", editable=False, db_index=False
    )
    erased_at = models.DateTimeField(null=True, editable=False)
    # Whether the personal data stand in `ApartRecord` (CUS-06); and who said by hand that they have to, and why.
    is_apart = models.BooleanField(default=False, editable=False)
    marked_why = models.CharField(max_length=200, blank=True, default="", editable=False)
    marked_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    marked_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    objects = CustomerQuerySet.as_manager()
    # In memory alone: what is kept apart stands in this object as if it had never been (`customers.apart.gather`).
    is_gathered = False

    class Meta:
        verbose_name = _("customer")
        ordering = ("-subject_id",)
        indexes = [
            models.Index(fields=["grade", "-subject"], name="customer_grade", condition=~Q(grade="")),
            models.Index(fields=["stage", "-subject"], name="customer_stage", condition=~Q(stage="")),
            models.Index(fields=["city", "-subject"], name="customer_city", condition=~Q(city="")),
            models.Index(fields=["keeper", "-subject"], name="customer_keeper"),
            models.Index(fields=["verified_at", "subject"], name="customer_verified"),
            models.Index(fields=["-subject"], name="customer_incomplete", condition=Q(is_incomplete=True)),
            models.Index(fields=["-subject"], name="customer_apart", condition=Q(is_apart=True)),
            models.Index(
                fields=["merged_into"], name="customer_merged", condition=Q(merged_into__isnull=False)
            ),
            # Looked into by the beginnings of words.
            models.Index(fields=["name"], name="customer_name", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["pinyin"], name="customer_pinyin", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["initials"], name="customer_initials", opclasses=["varchar_pattern_ops"]),
            models.Index(
                fields=["organisation"], name="customer_organisation", opclasses=["varchar_pattern_ops"]
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(merged_into=models.F("subject")), name="customer_not_own_heir"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the readings of the name, by which it is searched."""
        self.name_key, self.pinyin, self.initials = readings_of(self.name)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("customers:customer_detail", args=[self.pk])

    @property
    def diet(self) -> list[str]:
        """What is not eaten, by the codes of `Diet`."""
        return list(self._diet()[0])

    @property
    def diet_note(self) -> str:
        """What the codes do not say."""
        return str(self._diet()[1])

    def _diet(self) -> tuple[list[str], str]:
        kept = self.diet_kept.open() if isinstance(self.diet_kept, Sealed) else self.diet_kept
        if not kept and self.is_apart and not self.is_gathered:
            kept = self.apart.told.get("diet")
        if not kept:
            return [], ""
        codes, words = json.loads(kept)
        return codes, words

    def keep_diet(self, codes: Iterable[str], words: str) -> None:
        """Both at once; of somebody kept apart after `apart.gather`. Nothing in either removes it."""
        codes = list(codes)
        self.diet_kept = json.dumps([codes, words], ensure_ascii=False) if codes or words else b""

    @property
    def is_important(self) -> bool:
        """High-end today: the badge of lists, and who is an important guest. What is kept apart is `is_apart`."""
        return self.grade == Grade.HIGH_END and (
            self.grade_until is None or self.grade_until >= clock.today()
        )

    @property
    def diet_words(self) -> list[str]:
        """What is not eaten, in the reader's words; the free text last."""
        known = [str(Diet(code).label) for code in self.diet if code in Diet.values]
        return [*known, self.diet_note] if self.diet_note else known


class CustomerIdentity(models.Model):
    """One of the things that a customer is to the company."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identities")
    identity = models.CharField(pgettext_lazy("customer", "identity"), max_length=10, choices=Identity)

    class Meta:
        verbose_name = pgettext_lazy("customer", "identity")
        constraints = [
            models.UniqueConstraint(fields=["identity", "customer"], name="customer_identity_once")
        ]

    def __str__(self) -> str:
        return self.get_identity_display()


class ContactCard(models.Model):
    """What reaches and identifies a customer: encrypted, shown by its mask, found by its digest (R-CUS-01, CUS-05, CUS-06)."""

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="card")
    phone = SealedField()
    phone_mask = models.CharField(max_length=24, blank=True, editable=False)
    phone_tail = models.CharField(max_length=4, blank=True, editable=False)
    phone_digest = models.CharField(max_length=64, blank=True, editable=False)
    email = SealedField()
    email_mask = models.CharField(max_length=80, blank=True, editable=False)
    email_digest = models.CharField(max_length=64, blank=True, editable=False)
    wechat = SealedField()
    address = SealedField()
    identity_number = SealedField()
    identity_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("contact card")
        # No second index by patterns beside each, as `db_index` would make: they are looked for as a whole.
        indexes = [
            models.Index(fields=["phone_tail"], name="card_phone_tail"),
            models.Index(fields=["phone_digest"], name="card_phone_digest"),
            models.Index(fields=["email_digest"], name="card_email_digest"),
            models.Index(
                fields=["identity_digest"], name="card_identity_digest", condition=~Q(identity_digest="")
            ),
        ]

    def __str__(self) -> str:
        return self.phone_mask or self.email_mask
