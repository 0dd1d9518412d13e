"""Rooms in hotels: blocks that were booked, who wants to stay which nights, and who sleeps in which bed."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Guest

NIGHTS = 60
"""So many nights somebody stays, or a block is held, at most."""


class RoomBlock(models.Model):
    """Rooms of one kind in one hotel, held for some nights: from `first_on` until the morning of `until_on`.

    Until `cutoff_on` the hotel takes rooms back for nothing; `keeper` owes it the final number by then.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="room_blocks")
    hotel = models.CharField(pgettext_lazy("rooms", "hotel"), max_length=80)
    room_type = models.CharField(pgettext_lazy("rooms", "kind of room"), max_length=40)
    beds = models.PositiveSmallIntegerField(pgettext_lazy("rooms", "beds in a room"), default=1)
    rooms = models.PositiveSmallIntegerField(pgettext_lazy("rooms", "rooms held"))
    first_on = models.DateField(pgettext_lazy("rooms", "first night"))
    until_on = models.DateField(pgettext_lazy("rooms", "until the morning of"))
    price = YuanField(pgettext_lazy("rooms", "a room a night"), validators=[MinValueValidator(Decimal(0))])
    agreement = models.CharField(
        pgettext_lazy("rooms", "contract or booking number"), max_length=60, blank=True
    )
    supplier = models.ForeignKey(
        Supplier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("supplier")
    )
    budget_line = models.ForeignKey(
        BudgetLine, models.SET_NULL, null=True, related_name="+", verbose_name=_("budget line")
    )
    keeper = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("rooms", "in charge")
    )
    cutoff_on = models.DateField(pgettext_lazy("rooms", "rooms go back until"), null=True, blank=True)
    turn = models.PositiveSmallIntegerField(default=0, editable=False)
    """How often the final number was settled, and held anew."""
    settled_at = models.DateTimeField(null=True, editable=False)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    reason = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("rooms", "block of rooms")
        ordering = ("hotel", "room_type", "pk")
        constraints = [
            models.UniqueConstraint(fields=["subject", "hotel", "room_type", "first_on"], name="block_once"),
            models.CheckConstraint(condition=Q(until_on__gt=F("first_on")), name="block_has_nights"),
            models.CheckConstraint(condition=Q(rooms__gte=1, beds__gte=1), name="block_has_rooms"),
            models.CheckConstraint(condition=Q(price__gte=0), name="block_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.hotel} · {self.room_type}"

    @property
    def nights(self) -> int:
        return (self.until_on - self.first_on).days

    @property
    def total(self) -> Decimal:
        """What the block costs as it is held."""
        return Decimal(self.price * self.rooms * self.nights)

    @property
    def duty_key(self) -> str:
        return f"hospitality.rooms:{self.pk}:{self.turn}"


class HotelRoom(models.Model):
    """One room of a block: the first, the second; `number` once the hotel has told it."""

    block = models.ForeignKey(RoomBlock, models.CASCADE, related_name="hotel_rooms")
    position = models.PositiveSmallIntegerField()
    number = models.CharField(pgettext_lazy("rooms", "room number"), max_length=12, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("rooms", "room")
        ordering = ("block", "position")
        constraints = [models.UniqueConstraint(fields=["block", "position"], name="hotel_room_once")]

    def __str__(self) -> str:
        return self.number or f"#{self.position}"


class Sharing(models.TextChoices):
    """With whom somebody sleeps in a room; asked of each, and each has to agree."""

    ALONE = "alone", pgettext_lazy("rooms", "A room alone")
    WITH = "with", pgettext_lazy("rooms", "With whom is named")
    ANYBODY = "anybody", pgettext_lazy("rooms", "With anybody who shares")


class Stay(models.Model):
    """Which nights a guest stays, as they wished, and in which room they sleep."""

    guest = models.OneToOneField(Guest, models.CASCADE, primary_key=True, related_name="stay")
    from_on = models.DateField(pgettext_lazy("rooms", "first night"))
    until_on = models.DateField(pgettext_lazy("rooms", "leaves on"))
    sharing = models.CharField(
        pgettext_lazy("rooms", "shares the room"), max_length=8, choices=Sharing, default=Sharing.ALONE
    )
    with_guest = models.ForeignKey(
        Guest,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("rooms", "with whom"),
    )
    note = models.CharField(pgettext_lazy("rooms", "wishes"), max_length=200, blank=True)
    room = models.ForeignKey(HotelRoom, models.SET_NULL, null=True, related_name="stays", editable=False)
    bed = models.PositiveSmallIntegerField(null=True, editable=False)
    key_given_at = models.DateTimeField(null=True, editable=False)
    kept_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    kept_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("rooms", "stay of a guest")
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="stay_has_nights"),
            models.CheckConstraint(
                condition=Q(room=None) | Q(bed__isnull=False), name="stay_in_room_has_bed"
            ),
        ]

    def __str__(self) -> str:
        return str(self.guest_id)

    @property
    def nights(self) -> int:
        return (self.until_on - self.from_on).days


class Night(models.Model):
    """One bed for one night: the database lets one person sleep in it, whoever was quicker."""

    stay = models.ForeignKey(Stay, models.CASCADE, related_name="slept")
    room = models.ForeignKey(HotelRoom, models.CASCADE, related_name="nights")
    bed = models.PositiveSmallIntegerField()
    on = models.DateField()

    class Meta:
        verbose_name = pgettext_lazy("rooms", "night")
        constraints = [
            models.UniqueConstraint(fields=["room", "bed", "on"], name="bed_once_a_night"),
            models.UniqueConstraint(fields=["stay", "on"], name="night_once"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.room_id}"
