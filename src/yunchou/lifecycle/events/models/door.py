"""Doors, the devices that stand at them, and every scan."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.core.sealing import SealedField
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .guests import Guest
from .sessions import Session


class EventKey(models.Model):
    """The pair of keys by which an event signs its tickets: doors hold the public half, so they check without a network.

    ECDSA P-256, which every browser brings. `public` is the point (65 bytes, base64url), `private` the number, sealed.
    """

    subject = models.OneToOneField(Subject, models.CASCADE, primary_key=True, related_name="ticket_key")
    private = SealedField(editable=False)
    public = models.CharField(max_length=88, editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("event", "ticket key")

    def __str__(self) -> str:
        return self.public[:8]


class Door(models.Model):
    """A way in. With `sessions` it lets in to those alone, without to all of the event."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="doors")
    name = models.CharField(pgettext_lazy("event", "door"), max_length=40)
    sessions = models.ManyToManyField(Session, blank=True, related_name="doors")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = pgettext_lazy("event", "door")
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=["subject", "name"], name="door_once")]

    def __str__(self) -> str:
        return self.name


class Device(models.Model):
    """A phone or tablet at a door. It carries a token, not a password: for one event, until a moment, revocable at once.

    Of the token the database keeps the SHA-256 alone. `unsent` and `seen_at` are what the device last said of itself.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="devices")
    door = models.ForeignKey(Door, models.PROTECT, related_name="devices")
    name = models.CharField(pgettext_lazy("event", "device"), max_length=40)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("works until"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False)
    unsent = models.PositiveIntegerField(default=0, editable=False)
    misses = models.PositiveIntegerField(default=0, editable=False)
    misses_since = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("event", "device")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class Direction(models.TextChoices):
    IN = "in", pgettext_lazy("door", "In")
    OUT = "out", pgettext_lazy("door", "Out")


class Verdict(models.TextChoices):
    """What the door said; `settled` is somebody's word on a doubtful scan."""

    LET_IN = "let_in", pgettext_lazy("door", "Let in")
    LET_OUT = "let_out", pgettext_lazy("door", "Left")
    AGAIN = "again", pgettext_lazy("door", "Already inside")
    ASK = "ask", pgettext_lazy("door", "Ask the lead")
    REFUSED = "refused", pgettext_lazy("door", "Not let in")
    SETTLED = "settled", pgettext_lazy("door", "Settled")


class Doubt(models.TextChoices):
    """Why a person has to look at a scan: devices without a network cannot ask one another."""

    TWICE = "twice", pgettext_lazy("door", "Let in at two doors without going out")
    GONE = "gone", pgettext_lazy("door", "Let in although the invitation had been cancelled")
    RENEWED = "renewed", pgettext_lazy("door", "Let in with a ticket that had been replaced")
    UNKNOWN = "unknown", pgettext_lazy("door", "Let in without being on the list")


class CheckIn(models.Model):
    """One scan as the device saw it, recorded once however often it is sent (`key` is the device's own).

    `at` is the device's time put right by the difference of its clock, `recorded_at` the server's. Never changed; a later
    decision on a doubt is another row with `settles`. `doubt` alone is worked out anew from all scans of the guest, so that it
    is the same in whatever order they came. `drift` says how far the device's clock was behind, in seconds.
    """

    key = models.UUIDField(unique=True)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    guest = models.ForeignKey(Guest, models.PROTECT, null=True, related_name="checkins")
    session = models.ForeignKey(Session, models.PROTECT, null=True, related_name="+")
    door = models.ForeignKey(Door, models.PROTECT, null=True, related_name="checkins")
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    direction = models.CharField(max_length=3, choices=Direction, default=Direction.IN)
    verdict = models.CharField(max_length=8, choices=Verdict)
    why = models.CharField(max_length=20, blank=True)
    is_forced = models.BooleanField(default=False)
    was_offline = models.BooleanField(default=False)
    doubt = models.CharField(max_length=8, choices=Doubt, blank=True)
    drift = models.IntegerField(default=0)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=clock.now)
    note = models.CharField(max_length=200, blank=True)
    settles = models.ForeignKey("self", models.PROTECT, null=True, related_name="settled_by")

    class Meta:
        verbose_name = pgettext_lazy("event", "scan")
        indexes = [
            models.Index(fields=["subject", "-recorded_at"], name="checkin_of_event"),
            models.Index(fields=["guest", "session"], name="checkin_of_guest"),
            models.Index(fields=["subject"], condition=~models.Q(doubt=""), name="checkin_in_doubt"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%H:%M} {self.get_verdict_display()}"
