from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .registry import notices


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


class Delivery(models.Model):
    """One notification going out by one channel. Sent at most once: what may have gone out is never sent again."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("To be confirmed")

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notification", "channel"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.channel} #{self.pk}: {self.state}"
