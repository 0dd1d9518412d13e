"""Questions to everybody in the room."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Guest

STARS: Final = 5
"""The best mark of a rating."""
HALL: Final = timedelta(hours=3)
"""So long the code on the wall works, unless the poll is closed before."""


class PollKind(models.TextChoices):
    ONE = "one", pgettext_lazy("poll", "One of several")
    MANY = "many", pgettext_lazy("poll", "Several of several")
    RATING = "rating", pgettext_lazy("poll", "A mark from 1 to 5")


class Poll(models.Model):
    """A question with its choices, opened and closed by whoever hosts the event; `is_shown` puts it on the wall of the hall."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="wall_polls")
    question = models.CharField(pgettext_lazy("poll", "question"), max_length=120)
    kind = models.CharField(
        pgettext_lazy("poll", "kind of answer"), max_length=6, choices=PollKind, default=PollKind.ONE
    )
    options = models.JSONField(pgettext_lazy("poll", "choices"), default=list, blank=True)
    is_shown = models.BooleanField(default=False, editable=False)
    # Whoever is in the hall may answer by a code on its wall, with or without an invitation.
    in_hall = models.BooleanField(_("answers by a code on the wall"), default=False)
    hall_code = models.CharField(max_length=8, blank=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("poll", "poll")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(opened_at__isnull=False, closed_at__gte=F("opened_at")),
                name="poll_opened_before_closed",
            ),
            models.UniqueConstraint(
                fields=["hall_code"], condition=~Q(hall_code=""), name="poll_hall_code_once"
            ),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def is_open(self) -> bool:
        """Whether guests may answer."""
        return self.opened_at is not None and self.closed_at is None

    def takes_hall_at(self, now: datetime) -> bool:
        """Whether the code on the wall works."""
        return bool(self.hall_code and self.is_open and self.hall_until and now < self.hall_until)

    @property
    def hall_until(self) -> datetime | None:
        """How long the code on the wall works at most."""
        return self.opened_at + HALL if self.opened_at else None

    @property
    def choices(self) -> list[str]:
        """What guests choose from, in its order."""
        if self.kind == PollKind.RATING:
            return [str(mark) for mark in range(1, STARS + 1)]
        return list(self.options)


class Ballot(models.Model):
    """What one guest answered, or one device in the hall; changed until the poll is closed. `mask` has one bit for each
    choice, the first the lowest.

    `device` is a digest of what the device's cookie says and of the poll, so that nobody can be followed from one question to
    the next. A device is not a person: the pages tell the two apart.
    """

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="ballots")
    guest = models.ForeignKey(Guest, models.CASCADE, null=True, related_name="+")
    device = models.CharField(max_length=64, blank=True, editable=False)
    mask = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = pgettext_lazy("poll", "ballot")
        constraints = [
            models.UniqueConstraint(fields=["poll", "guest"], name="ballot_once"),
            models.UniqueConstraint(
                fields=["poll", "device"], condition=~Q(device=""), name="ballot_of_device_once"
            ),
            models.CheckConstraint(
                condition=Q(guest__isnull=False, device="") | (Q(guest=None) & ~Q(device="")),
                name="ballot_of_one",
            ),
            models.CheckConstraint(condition=Q(mask__gt=0), name="ballot_says_something"),
        ]
        indexes = [models.Index(fields=["poll", "-at"], name="ballot_by_time")]

    def __str__(self) -> str:
        return f"{self.poll_id} · {self.guest_id or self.device[:8]}"
