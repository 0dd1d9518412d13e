"""Prizes drawn among guests, so that everybody can draw again."""

from __future__ import annotations

import secrets
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.preparation.models import StockItem, StockMove
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.core.sealing import SealedField
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Guest

from .polls import Poll

KEPT_YEARS: Final = 3
"""So many years the log of a draw is kept: entries, result, and who was given what."""


def new_code() -> str:
    """What the public address of a draw says: short enough to be typed from the wall."""
    return "".join(secrets.choice("23456789abcdefghjkmnpqrstuvwxyz") for _n in range(10))


class Who(models.TextChoices):
    """Who takes part."""

    ARRIVED = "arrived", pgettext_lazy("draw", "Guests who have arrived")
    ANSWERED = "answered", pgettext_lazy("draw", "Guests who answered a poll")
    ACCEPTED = "accepted", pgettext_lazy("draw", "All guests who accepted")
    PICKED = "picked", pgettext_lazy("draw", "Guests on a list")


class Draw(models.Model):
    """A draw in four steps, each of which can only follow the one before.

    *Drafted*: title, rule and prizes may change. *Frozen*: rules and prizes stand under `rules_digest`, and the `commitment`
    to our `secret` is told. *Closed*: the numbered entries stand under `entries_digest`. *Drawn*: `public_value`, which
    nobody could know before, is entered; with it, the secret, which is told now, decides who wins.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="wall_draws")
    title = models.CharField(pgettext_lazy("draw", "draw"), max_length=60)
    rule = models.CharField(pgettext_lazy("draw", "rule"), max_length=300)
    who = models.CharField(pgettext_lazy("draw", "who takes part"), max_length=8, choices=Who)
    poll = models.ForeignKey(Poll, models.PROTECT, null=True, blank=True, related_name="draws")
    picked = models.ManyToManyField(Guest, blank=True, related_name="+")
    # What binds the list, once the rules are frozen: it is told, the names are not.
    picked_digest = models.CharField(max_length=64, blank=True, editable=False)
    source = models.CharField(_("where the public number comes from"), max_length=120)
    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    secret = SealedField(editable=False)
    commitment = models.CharField(max_length=64, blank=True, editable=False)
    rules_digest = models.CharField(max_length=64, blank=True, editable=False)
    entries_digest = models.CharField(max_length=64, blank=True, editable=False)
    public_value = models.CharField(_("public number"), max_length=60, blank=True, editable=False)
    is_shown = models.BooleanField(default=False, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)
    frozen_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    drawn_at = models.DateTimeField(null=True, editable=False)
    drawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    # After `KEPT_YEARS` entries and result stay as digests; who stood behind them does not.
    forgotten_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("draw", "draw")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["subject", "title"], name="draw_title_once"),
            models.CheckConstraint(
                condition=(Q(closed_at=None) | Q(closed_at__gte=F("frozen_at")))
                & (Q(drawn_at=None) | Q(drawn_at__gte=F("closed_at"))),
                name="draw_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("wall:draw_detail", args=[self.subject_id, self.pk])

    @property
    def step(self) -> str:
        """Where it stands: `drafted`, `frozen`, `closed`, `drawn`."""
        if self.drawn_at:
            return "drawn"
        return "closed" if self.closed_at else "frozen" if self.frozen_at else "drafted"

    @property
    def told_secret(self) -> str:
        """Our secret, once it may be told."""
        return self.secret.open() if self.drawn_at else ""


class Prize(models.Model):
    """What can be won, how often, and what one is worth in yuan; the highest prize first."""

    draw = models.ForeignKey(Draw, models.CASCADE, related_name="prizes")
    name = models.CharField(pgettext_lazy("draw", "prize"), max_length=60)
    value = YuanField(pgettext_lazy("draw", "worth"))
    number = models.PositiveIntegerField(pgettext_lazy("draw", "how many"))
    position = models.PositiveSmallIntegerField()
    # Handed out of the store with a slip; empty where the prize does not lie in it.
    stock = models.ForeignKey(
        StockItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("item in stock")
    )

    class Meta:
        verbose_name = pgettext_lazy("draw", "prize")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["draw", "position"], name="wall_prize_position_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="wall_prize_is_there"),
        ]

    def __str__(self) -> str:
        return self.name


class Lot(models.Model):
    """One guest in one draw; nobody any more once the draw is older than it is kept.

    `code` is the digest of their ticket, by which they find themselves in the public list.

    `place` is their place among the winners, from 1. A prize is handed out once: `handed_at` is set by a guarded statement.
    """

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="lots")
    number = models.PositiveIntegerField()
    guest = models.ForeignKey(Guest, models.PROTECT, null=True, related_name="lots")
    code = models.CharField(max_length=64)
    prize = models.ForeignKey(Prize, models.PROTECT, null=True, related_name="lots")
    place = models.PositiveIntegerField(null=True)
    handed_at = models.DateTimeField(null=True)
    handed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    move = models.ForeignKey(StockMove, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = pgettext_lazy("draw", "lot")
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["draw", "number"], name="lot_number_once"),
            models.UniqueConstraint(fields=["draw", "guest"], name="lot_of_guest_once"),
            models.UniqueConstraint(fields=["draw", "place"], name="lot_place_once"),
            models.CheckConstraint(
                condition=Q(prize=None, place=None) | Q(prize__isnull=False, place__isnull=False),
                name="lot_place_with_prize",
            ),
            models.CheckConstraint(
                condition=Q(handed_at=None) | Q(prize__isnull=False), name="lot_handed_if_won"
            ),
        ]
        indexes = [models.Index(fields=["guest"], condition=Q(prize__isnull=False), name="lot_won_by_guest")]

    def __str__(self) -> str:
        return f"{self.draw_id} · {self.number}"
