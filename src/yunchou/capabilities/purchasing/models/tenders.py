"""Tenders 招标: who is invited, what was handed in and when it is opened, who judges it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.core import clock
from yunchou.kernel.files.models import StoredFile
from yunchou.kernel.identity.models import User

from .purchases import Purchase
from .quotes import Quote


class Tender(models.Model):
    """The competition for a purchase: bids are handed in until `closes_at` and opened from `opens_at` on, by two people."""

    purchase = models.OneToOneField(Purchase, models.PROTECT, primary_key=True, related_name="tender")
    terms = models.TextField(_("terms of the invitation"))
    closes_at = models.DateTimeField(_("bids until"))
    opens_at = models.DateTimeField(_("opening of the bids"))
    announced_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    announced_at = models.DateTimeField(default=clock.now, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("tender")
        constraints = [
            models.CheckConstraint(condition=Q(opens_at__gte=F("closes_at")), name="tender_opens_after_close")
        ]

    def __str__(self) -> str:
        return str(self.purchase)

    @property
    def is_open_for_bids(self) -> bool:
        """Whether bids may still be handed in."""
        return self.opened_at is None and clock.now() < self.closes_at

    @property
    def may_be_opened(self) -> bool:
        """Whether the time of the opening has come."""
        return self.opened_at is None and clock.now() >= self.opens_at


class Invitation(models.Model):
    """A supplier that was asked to bid."""

    tender = models.ForeignKey(Tender, models.CASCADE, related_name="invitations")
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="invitations")

    class Meta:
        verbose_name = _("invitation to bid")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["tender", "supplier"], name="invited_once")]

    def __str__(self) -> str:
        return str(self.supplier)


class Bid(models.Model):
    """A sealed bid: its content is enciphered and in no other place until it is opened (`sealing`).

    The last one that a supplier hands in counts. `digest` proves afterwards that it is the one handed in.
    """

    tender = models.ForeignKey(Tender, models.CASCADE, related_name="bids")
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="bids")
    key = models.BinaryField(editable=False)
    sealed = models.BinaryField(editable=False)
    digest = models.CharField(max_length=64, editable=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", editable=False)
    received_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(default=clock.now, editable=False)
    quote = models.OneToOneField(Quote, models.PROTECT, null=True, related_name="bid", editable=False)

    class Meta:
        verbose_name = _("bid")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["tender", "supplier"], name="bid_once")]

    def __str__(self) -> str:
        return str(self.supplier)


class Opening(models.Model):
    """One of the people who opened the bids, and when."""

    tender = models.ForeignKey(Tender, models.CASCADE, related_name="openings")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("opening of bids")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["tender", "user"], name="opened_once")]

    def __str__(self) -> str:
        return str(self.user)


class Juror(models.Model):
    """Somebody of the committee that evaluates the bids."""

    tender = models.ForeignKey(Tender, models.CASCADE, related_name="jurors")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("member of the committee")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["tender", "user"], name="juror_once")]

    def __str__(self) -> str:
        return str(self.user)


class Score(models.Model):
    """What one of the committee thinks of a bid beside its price, 0 to 100."""

    juror = models.ForeignKey(Juror, models.CASCADE, related_name="scores")
    quote = models.ForeignKey(Quote, models.CASCADE, related_name="scores")
    points = models.PositiveSmallIntegerField(pgettext_lazy("purchasing", "points"))
    note = models.CharField(pgettext_lazy("purchasing", "note"), max_length=300, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("purchasing", "score")
        constraints = [
            models.UniqueConstraint(fields=["juror", "quote"], name="scored_once"),
            models.CheckConstraint(condition=Q(points__lte=100), name="score_within"),
        ]

    def __str__(self) -> str:
        return f"{self.points}"
