"""Offers, and lotteries with their prizes: rules with a period and a stock (CRE-07)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject


class Offer(models.Model):
    """What customers get by a rule, within a period, as long as the stock lasts. `given` is what its grants come to."""

    class Kind(models.TextChoices):
        OFFER = "offer", pgettext_lazy("offer", "Offer")
        LIMITED = "limited", _("Limited-time offer")
        REWARD = "reward", pgettext_lazy("offer", "Reward")

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="offers_made")
    kind = models.CharField(pgettext_lazy("creative", "kind"), max_length=8, choices=Kind)
    title = models.CharField(pgettext_lazy("offer", "name"), max_length=80)
    rule = models.TextField(pgettext_lazy("offer", "rule"))
    starts_at = models.DateTimeField(pgettext_lazy("offer", "from"))
    ends_at = models.DateTimeField(pgettext_lazy("offer", "until"))
    stock = models.PositiveIntegerField(_("stock"))
    given = models.PositiveIntegerField(_("given"), default=0, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = pgettext_lazy("offer", "offer")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "title"], name="offer_title_once"),
            models.CheckConstraint(condition=Q(given__lte=F("stock")), name="offer_stock_never_below_zero"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="offer_has_period"),
            models.CheckConstraint(condition=~Q(rule=""), name="offer_has_rule"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def left(self) -> int:
        return self.stock - self.given

    def runs_at(self, moment: datetime) -> bool:
        """Whether it may be given then."""
        return self.starts_at <= moment < self.ends_at


class Grant(models.Model):
    """Something of an offer that was given; never changed."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="grants")
    quantity = models.PositiveIntegerField(_("quantity"))
    note = models.CharField(pgettext_lazy("offer", "for what"), max_length=120, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = pgettext_lazy("offer", "grant")
        ordering = ["-given_at", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="grant_gives_something")]

    def __str__(self) -> str:
        return f"{self.offer}: {self.quantity}"


class Lottery(models.Model):
    """A draw by a rule that stands from the first day on.

    `commitment` is told before anybody enters; it binds the secret `seed`, which is told after the draw, so that everybody
    can draw again. `entries` binds the list of those who took part.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="lotteries")
    title = models.CharField(pgettext_lazy("lottery", "lottery"), max_length=80)
    rule = models.TextField(pgettext_lazy("offer", "rule"))
    starts_at = models.DateTimeField(pgettext_lazy("offer", "from"))
    ends_at = models.DateTimeField(pgettext_lazy("offer", "until"))
    commitment = models.CharField(_("commitment"), max_length=64, editable=False)
    seed = models.CharField(max_length=64, editable=False)
    entries_digest = models.CharField(max_length=64, blank=True, editable=False)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    drawn_at = models.DateTimeField(_("drawn at"), null=True, editable=False)
    drawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = pgettext_lazy("lottery", "lottery")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "title"], name="lottery_title_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="lottery_has_period"),
            models.CheckConstraint(
                condition=Q(opened_at__lte=F("starts_at")), name="lottery_committed_before"
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(drawn_at__isnull=False),
                name="lottery_drawn_before_published",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("creative:lottery_detail", args=[self.subject_id, self.pk])

    @property
    def told_seed(self) -> str:
        """The seed, once it may be told."""
        return self.seed if self.drawn_at else ""


class Prize(models.Model):
    """What can be won, how often, and what one is worth in yuan. `won` is how many were drawn."""

    lottery = models.ForeignKey(Lottery, models.CASCADE, related_name="prizes")
    name = models.CharField(_("prize"), max_length=80)
    value = YuanField(_("worth"))
    stock = models.PositiveIntegerField(_("stock"))
    won = models.PositiveIntegerField(default=0, editable=False)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("prize")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["lottery", "position"], name="prize_position_once"),
            models.CheckConstraint(condition=Q(won__lte=F("stock")), name="prize_stock_never_below_zero"),
            models.CheckConstraint(condition=Q(stock__gt=0), name="prize_is_there"),
        ]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """Somebody who takes part, once. Pages show name and contact masked."""

    lottery = models.ForeignKey(Lottery, models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField()
    name = models.CharField(pgettext_lazy("lottery", "name"), max_length=40)
    contact = models.CharField(pgettext_lazy("lottery", "contact"), max_length=60)
    entered_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("entry in a lottery")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["lottery", "number"], name="lottery_number_once"),
            models.UniqueConstraint(fields=["lottery", "contact"], name="lottery_contact_once"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """By what the entry is called in the draw."""
        return f"{self.number:06d}"

    @property
    def masked(self) -> str:
        """The name and the contact as they may be published."""
        return f"{masked(self.name, 1, 0)} {masked(self.contact, 3, 4)}"


class Win(models.Model):
    """What an entry won, in the order of the draw."""

    entry = models.OneToOneField(Entry, models.CASCADE, related_name="win")
    prize = models.ForeignKey(Prize, models.CASCADE, related_name="wins")
    place = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("win")
        ordering = ["place"]

    def __str__(self) -> str:
        return f"{self.entry}: {self.prize}"


def masked(text: str, first: int, last: int) -> str:
    """A text with its middle hidden; of a short one only the first character is left."""
    if len(text) <= first + last:
        first, last = min(first, 1), 0
    hidden = max(1, len(text) - first - last)
    return f"{text[:first]}{'*' * hidden}{text[len(text) - last :] if last else ''}"
