"""Venues 场地 and who has them when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.purchasing.models import Contract
from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..permissions import Perm

STEP: Final = timedelta(minutes=30)
"""Bookings begin and end at full and half hours; each such piece of time is taken once."""


class Surroundings(models.TextChoices):
    """What the weather may do to it."""

    INDOOR = "indoor", pgettext_lazy("venue", "Indoors")
    OUTDOOR = "outdoor", pgettext_lazy("venue", "Outdoors")
    BOTH = "both", pgettext_lazy("venue", "Indoors and outdoors")


class Layout(models.TextChoices):
    """How people sit or stand."""

    THEATRE = "theatre", pgettext_lazy("seating", "Theatre")
    CLASSROOM = "classroom", pgettext_lazy("seating", "Classroom")
    BANQUET = "banquet", pgettext_lazy("seating", "Banquet")
    BOARDROOM = "boardroom", pgettext_lazy("seating", "Boardroom")
    STANDING = "standing", pgettext_lazy("seating", "Standing")


class Venue(models.Model):
    """A place that can be booked. What it asks for is what it says; what a booking costs stands in its contract."""

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="venue")
    name = models.CharField(_("name of the venue"), max_length=80)
    address = models.CharField(_("address"), max_length=200)
    surroundings = models.CharField(max_length=8, choices=Surroundings, default=Surroundings.INDOOR)
    environment = models.TextField(_("environment"), blank=True)
    equipment = models.JSONField(_("equipment"), default=list, blank=True)
    price = YuanField(_("asking price"), null=True)
    price_note = models.CharField(_("what the price is for"), max_length=60, blank=True)
    deposit = YuanField(_("deposit asked"), null=True)
    contact = models.CharField(pgettext_lazy("preparation", "contact"), max_length=80, blank=True)
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, related_name="+")
    blocked_reason = models.CharField(_("why it is not booked"), max_length=200, blank=True, editable=False)
    blocked_at = models.DateTimeField(null=True, editable=False)
    blocked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("venue")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(blocked_reason="", blocked_at=None)
                | (~Q(blocked_reason="") & Q(blocked_at__isnull=False)),
                name="venue_blocked_with_reason",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("preparation:venue_detail", args=[self.pk])

    @property
    def is_blocked(self) -> bool:
        return bool(self.blocked_reason)


class Seating(models.Model):
    """How many people a venue holds in one layout."""

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="seatings")
    layout = models.CharField(_("seating"), max_length=10, choices=Layout)
    capacity = models.PositiveIntegerField(pgettext_lazy("preparation", "people"))

    class Meta:
        verbose_name = _("seating")
        ordering = ["-capacity", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "layout"], name="seating_once"),
            models.CheckConstraint(condition=Q(capacity__gt=0), name="seating_holds_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.get_layout_display()} {self.capacity}"


class BookingState(models.TextChoices):
    """Where a booking stands. A closure is time in which the venue is not to be had."""

    HELD = "held", pgettext_lazy("booking", "Held")
    CONFIRMED = "confirmed", pgettext_lazy("booking", "Confirmed")
    RELEASED = "released", pgettext_lazy("booking", "Released")
    EXPIRED = "expired", pgettext_lazy("booking", "Hold run out")
    CLOSURE = "closure", pgettext_lazy("booking", "Not to be had")


TAKING: Final = (BookingState.HELD, BookingState.CONFIRMED, BookingState.CLOSURE)
"""States in which the time is taken."""


class Booking(models.Model):
    """A venue for an activity from one moment to another. A hold releases itself at `expires_at` unless it is confirmed."""

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="bookings")
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    layout = models.CharField(_("seating"), max_length=10, choices=Layout, blank=True)
    capacity = models.PositiveIntegerField(pgettext_lazy("preparation", "people"), null=True)
    starts_at = models.DateTimeField(pgettext_lazy("preparation", "from"))
    ends_at = models.DateTimeField(pgettext_lazy("preparation", "until"))
    purpose = models.CharField(_("what for"), max_length=120)
    state = models.CharField(max_length=10, choices=BookingState, default=BookingState.HELD)
    expires_at = models.DateTimeField(_("hold until"), null=True)
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, related_name="+")
    agreement = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    booked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    booked_at = models.DateTimeField(default=clock.now, editable=False)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    note = models.CharField(pgettext_lazy("preparation", "note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("booking of a venue")
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["subject", "state"], name="booking_of_subject"),
            models.Index(fields=["expires_at"], name="booking_hold_end", condition=Q(state="held")),
            models.Index(fields=["venue", "starts_at"], name="booking_of_venue"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_has_length"),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(expires_at__isnull=False), name="booking_hold_ends"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | (Q(contract__isnull=False) | Q(agreement__isnull=False)) & Q(confirmed_by__isnull=False),
                name="booking_confirmed_in_writing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.venue} {clock.local(self.starts_at):%Y-%m-%d %H:%M}"

    @property
    def duty_key(self) -> str:
        """The key of the duty to confirm or release it."""
        return f"preparation.hold:{self.pk}"

    @property
    def is_held(self) -> bool:
        return self.state == BookingState.HELD

    @property
    def is_confirmed(self) -> bool:
        return self.state == BookingState.CONFIRMED

    @property
    def is_over(self) -> bool:
        """The hold has run out, whether or not the minute has come in which it is released."""
        return self.is_held and self.expires_at is not None and self.expires_at <= clock.now()

    @property
    def pieces(self) -> list[datetime]:
        """The half hours that it takes."""
        count = -((self.starts_at - self.ends_at) // STEP)
        return [self.starts_at + STEP * n for n in range(count)]


class Slot(models.Model):
    """Half an hour of a venue that a booking has taken. The database lets nobody else take it."""

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    booking = models.ForeignKey(Booking, models.CASCADE, related_name="slots")

    class Meta:
        verbose_name = _("time slot")
        constraints = [models.UniqueConstraint(fields=["venue", "at"], name="slot_taken_once")]

    def __str__(self) -> str:
        return f"{self.venue_id} {self.at:%Y-%m-%d %H:%M}"
