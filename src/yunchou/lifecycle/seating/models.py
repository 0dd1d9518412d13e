"""The plan of a session: its furniture, who sits where, and who is kept apart."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Guest, Place, PlaceState, Reply, Session

SEATS: Final = 60
"""So many people one table, or one row, takes at most."""
TABLES: Final = 200
"""So much furniture stands in one plan at most."""
CELLS: Final = 40
"""So far to the right, or to the back, furniture may stand in the room."""
COMING: Final = (Q(state=PlaceState.HELD) | Q(first_in_at__isnull=False)) & ~Q(guest__reply=Reply.CANCELLED)
"""Whose places may be seated: seats that were promised, and whoever was let in without one."""


class Shape(models.TextChoices):
    """How furniture looks, which says who sits beside whom."""

    ROUND = "round", pgettext_lazy("furniture", "Round table")
    LONG = "long", pgettext_lazy("furniture", "Long table")
    ROW = "row", pgettext_lazy("furniture", "Row of seats")


class Plan(models.Model):
    """The seating plan of one session. `version` grows with every change, so that pages know when to look again."""

    session = models.OneToOneField(Session, models.CASCADE, primary_key=True, related_name="seating_plan")
    version = models.PositiveIntegerField(default=0, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("seating", "seating plan")

    def __str__(self) -> str:
        return str(self.session)


class Table(models.Model):
    """A table or a row of seats, where it stands in the room (`x` to the right, `y` to the back, from 1), and when it is served.

    A VIP block is for important guests and whom they bring.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="tables")
    name = models.CharField(pgettext_lazy("seating", "name"), max_length=24)
    shape = models.CharField(
        pgettext_lazy("seating", "kind"), max_length=5, choices=Shape, default=Shape.ROUND
    )
    seats = models.PositiveSmallIntegerField(pgettext_lazy("seating", "seats"))
    x = models.PositiveSmallIntegerField(default=1)
    y = models.PositiveSmallIntegerField(default=1)
    is_vip = models.BooleanField(_("VIP block"), default=False)
    serving = models.PositiveSmallIntegerField(_("serving order"), null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("seating", "table")
        ordering = ("y", "x", "pk")
        constraints = [
            models.UniqueConstraint(fields=["plan", "name"], name="seating_name_once"),
            models.UniqueConstraint(fields=["plan", "x", "y"], name="seating_spot_once"),
            models.CheckConstraint(condition=Q(seats__gte=1, seats__lte=SEATS), name="seating_has_seats"),
            models.CheckConstraint(condition=~Q(name=""), name="seating_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_row(self) -> bool:
        return self.shape == Shape.ROW


class Sitting(models.Model):
    """Where one guest sits in one session. The row stays when the guest stands up again, so that doors hear of it.

    One guest has one (`place`), one seat has one (`seating_seat_once`). `why` is the reason for which somebody who is not
    important sits in a VIP block; `left` is the seat that was given back with the place.
    """

    place = models.OneToOneField(Place, models.CASCADE, primary_key=True, related_name="sitting")
    table = models.ForeignKey(Table, models.SET_NULL, null=True, related_name="sittings")
    number = models.PositiveSmallIntegerField(null=True)
    why = models.CharField(max_length=120, blank=True)
    left = models.CharField(max_length=40, blank=True)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = pgettext_lazy("seating", "seat of a guest")
        constraints = [
            models.UniqueConstraint(
                fields=["table", "number"], condition=Q(table__isnull=False), name="seating_seat_once"
            ),
            models.CheckConstraint(
                condition=Q(table=None) | Q(number__isnull=False), name="seating_seat_has_number"
            ),
        ]
        indexes = [models.Index(fields=["changed_at"], name="seating_changed")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.number or ''}"


class Apart(models.Model):
    """Guests of an event who are not to sit together. Why is nobody's business and is written nowhere."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    guests = models.ManyToManyField(Guest, related_name="+")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("seating", "guests kept apart")
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.pk)
