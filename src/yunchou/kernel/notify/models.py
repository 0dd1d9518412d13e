from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.crypto import decrypt, encrypt, unwrap
from yunchou.kernel.journal.crypto import new_key as new_secret
from yunchou.kernel.subjects.models import Subject

from .registry import notices
from .rhythm import MORNING, QUIET_FROM, QUIET_UNTIL, USUAL, Hours, Pace
from .services import SERVICES, Service


def new_key() -> str:
    return uuid.uuid4().hex


class NotificationQuerySet(models.QuerySet["Notification"]):
    def of(self, user: User) -> NotificationQuerySet:
        """What stands in the person's list."""
        return self.filter(user=user, is_shown=True)

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at=None)


class Notification(models.Model):
    """One thing that one person is told, once: the key says what it is about. The words are stored untranslated."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=60)
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    text = models.JSONField()
    address = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=160, default=new_key)
    is_shown = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)
    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notification_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_of_user"),
            models.Index(
                fields=["user"], name="notification_unread", condition=Q(read_at__isnull=True, is_shown=True)
            ),
        ]

    def __str__(self) -> str:
        return str(self.say)

    def get_absolute_url(self) -> str:
        return reverse("notify:notification_open", args=[self.pk])

    @property
    def say(self) -> Say:
        """The sentence, rendered in the language of whoever reads."""
        return Say.from_json(self.text)

    @property
    def icon(self) -> str:
        declared = notices.get(self.kind)
        return declared.icon if declared else "bell"


class Preference(models.Model):
    """A person's own answer to whether a kind comes by a channel; without a row the kind's default holds."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=20)
    is_on = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "channel"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel}: {self.is_on}"


class Rhythm(models.Model):
    """When a person wants to hear outside the application of what can wait; without a row `USUAL` holds."""

    PACES = (
        (Pace.AT_ONCE.value, _("At once")),
        (Pace.HOURLY.value, _("Once an hour, in one message")),
        (Pace.DAILY.value, _("Once a day, in one message")),
    )

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    pace = models.CharField(
        pgettext_lazy("notifications", "How often"), max_length=10, choices=PACES, default=USUAL.pace
    )
    daily_at = models.TimeField(_("Daily message at"), default=MORNING)
    quiet_from = models.TimeField(_("Quiet from"), default=QUIET_FROM)
    quiet_until = models.TimeField(_("Quiet until"), default=QUIET_UNTIL)
    only_working_days = models.BooleanField(_("On working days only"), default=False)

    class Meta:
        verbose_name = _("rhythm of messages")

    def __str__(self) -> str:
        return str(self.get_pace_display())

    @property
    def hours(self) -> Hours:
        return Hours(
            Pace(self.pace), self.daily_at, self.quiet_from, self.quiet_until, self.only_working_days
        )


class Robot(models.Model):
    """A robot of a group chat, by which one person, or all who read the group of a unit, hear of something.

    Its address is a secret: whoever knows it can post. It is kept encrypted and shown by its last characters.
    """

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="robots")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    service = models.CharField(max_length=10, choices=[(one.key, one.label) for one in SERVICES])
    name = models.CharField(pgettext_lazy("robot", "Name"), max_length=60)
    key = models.BinaryField()
    sealed = models.BinaryField()
    tail = models.CharField(max_length=8)
    kinds = models.JSONField(default=list)
    language = models.CharField(_("Language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    seen = models.BigIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["unit__path", "name", "pk"]
        verbose_name = _("group robot")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True, unit__isnull=False) | Q(user__isnull=False, unit__isnull=True),
                name="robot_of_one",
            ),
            models.UniqueConstraint(
                fields=["user", "service"], condition=Q(user__isnull=False), name="robot_once_a_service"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def channel(self) -> str:
        """The channel of its deliveries: a group's own, or the person's by this service."""
        return self.service if self.user_id else f"robot:{self.pk}"

    @property
    def declared(self) -> Service:
        """The service behind it."""
        return next(one for one in SERVICES if one.key == self.service)

    def keep(self, secret: str) -> None:
        """Put the secret part of its address away."""
        self.key = new_secret()
        self.sealed = encrypt(unwrap(self.key), secret)
        self.tail = secret[-4:]

    @property
    def secret(self) -> str:
        return decrypt(unwrap(bytes(self.key)), bytes(self.sealed))


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def whole(self) -> DeliveryQuerySet:
        """With all that a message says."""
        return self.select_related("notification__user", "notification__subject")


class Delivery(models.Model):
    """One notification going out by one channel. Sent at most once: what may have gone out is never sent again.

    `due_at` is when it may be sent where it waits for that; `is_digest`: it goes into one message with others.
    """

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("message", "Planned")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("To be confirmed")

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    due_at = models.DateTimeField(null=True)
    is_digest = models.BooleanField(default=False)
    sent_at = models.DateTimeField(null=True)
    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notification", "channel"], name="delivery_once")]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="delivery_waiting",
                condition=Q(state="planned", due_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} #{self.pk}: {self.state}"
