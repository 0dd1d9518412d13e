"""One sending to many, and one row for each of them: what became of it is never a guess."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.models import Customer
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..permissions import Perm
from ..uses import Use, uses


class Channel(models.TextChoices):
    """By which way. The last two are handed over by a person, outside the product."""

    EMAIL = "email", pgettext_lazy("message channel", "E-mail")
    SMS = "sms", pgettext_lazy("message channel", "Text message")
    LINK = "link", pgettext_lazy("message channel", "Copied link")
    CARD = "card", pgettext_lazy("message channel", "Card")


SENT_BY_US: Final = (Channel.EMAIL, Channel.SMS)
HANDED: Final = (Channel.LINK, Channel.CARD)


class State(models.TextChoices):
    """The life of a mailing."""

    DRAFT = "draft", pgettext_lazy("mailing", "Draft")
    CHECKED = "checked", pgettext_lazy("mailing", "Checked")
    SCHEDULED = "scheduled", pgettext_lazy("mailing", "Waiting for its time")
    SENDING = "sending", pgettext_lazy("mailing", "Sending")
    DONE = "done", pgettext_lazy("mailing", "Done")
    STOPPED = "stopped", pgettext_lazy("mailing", "Stopped")


class Mailing(models.Model):
    """One text sent to the people of a subject by one channel, at once, at a moment, or so many days before.

    `part` names the part of the audience in words of the room that declared the use: the key of a wave. Whom it goes to is
    read when it begins (then it `is_listed`), the text is a copy of its template.
    """

    view_perm = Perm.VIEW

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="mailings")
    use = models.CharField(max_length=40, editable=False)
    part = models.CharField(max_length=40, blank=True, editable=False)
    part_name = models.CharField(max_length=80, blank=True, editable=False)
    channel = models.CharField(pgettext_lazy("messages", "channel"), max_length=8, choices=Channel)
    title = models.CharField(_("subject line"), max_length=120, blank=True)
    body = models.TextField(pgettext_lazy("messages", "text"), max_length=4000, blank=True)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)
    scheduled_at = models.DateTimeField(_("to be sent at"), null=True, blank=True)
    days_before = models.PositiveSmallIntegerField(_("days before"), null=True, blank=True)
    send_time = models.TimeField(_("time of day"), default=time(10))
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    begun_at = models.DateTimeField(null=True, editable=False)
    is_listed = models.BooleanField(default=False, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailing")
        ordering = ("-pk",)
        indexes = [
            models.Index(
                fields=["state"], name="mailing_alive", condition=Q(state__in=["scheduled", "sending"])
            )
        ]

    def __str__(self) -> str:
        return self.part_name or f"#{self.pk}"

    @property
    def declared(self) -> Use:
        """What it is for."""
        return uses[self.use]

    def values(self, refs: Collection[int]) -> Mapping[int, Mapping[str, str]]:
        """What stands for the placeholders, for each of these readers, in the language of the letter and of nobody who looks."""
        with translation.override(self.language):
            return self.declared.values(self.subject, refs)

    @property
    def due_at(self) -> datetime | None:
        """When it is to begin; counted back from the day of its subject as that stands now, so that it moves along."""
        if self.days_before is None:
            return self.scheduled_at
        day = self.declared.day(self.subject)
        if day is None:
            return None
        return clock.moment(
            day - timedelta(days=self.days_before), self.send_time.hour, self.send_time.minute
        )

    @property
    def is_editable(self) -> bool:
        return self.state in (State.DRAFT, State.CHECKED)


class MessageState(models.TextChoices):
    """What became of a message. Nobody knows whether one that is `UNKNOWN` went out: a person says so."""

    PLANNED = "planned", pgettext_lazy("message", "Waiting")
    LEASED = "leased", pgettext_lazy("message", "In hand")
    SENDING = "sending", pgettext_lazy("message", "Going out")
    SENT = "sent", pgettext_lazy("message", "Sent")
    FAILED = "failed", pgettext_lazy("message", "Failed")
    UNKNOWN = "unknown", pgettext_lazy("message", "To be confirmed")
    SKIPPED = "skipped", pgettext_lazy("message", "Left out")


OPEN: Final = (MessageState.PLANNED, MessageState.LEASED, MessageState.SENDING)
TONES: Final = {MessageState.SENT: "ok", MessageState.FAILED: "bad", MessageState.UNKNOWN: "warn"}


class Why(models.TextChoices):
    """Why a message was left out or failed."""

    NO_ADDRESS = "no_address", pgettext_lazy("message", "No address")
    NO_CONSENT = "no_consent", pgettext_lazy("message", "No consent")
    OPTED_OUT = "opted_out", pgettext_lazy("message", "Wants no messages")
    BOUNCED = "bounced", pgettext_lazy("message", "Address does not take messages")
    CAPPED = "capped", pgettext_lazy("message", "Enough messages lately")
    TOO_SOON = "too_soon", pgettext_lazy("message", "Written to a short while ago")
    ALREADY = "already", pgettext_lazy("message", "Has it already")
    GONE = "gone", pgettext_lazy("message", "No longer on the list")
    STOPPED = "stopped", pgettext_lazy("message", "The mailing was stopped")
    REFUSED = "refused", pgettext_lazy("message", "The other side refused it")
    GAVE_UP = "gave_up", pgettext_lazy("message", "Tried too often")


TOKEN_BYTES: Final = 16


def new_token() -> str:
    """The secret of an opt-out link: 22 signs that a URL carries as they are."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class Message(models.Model):
    """What one person gets by one channel of one mailing: the delivery row, of which there is one, whatever happens.

    `lease` is the hold of the worker's chunk that has it in hand. `slot` is taken by whoever gets a use once per subject and
    channel, across mailings; rows that nobody got give it back. Of the address it keeps the digest, so that a bounce finds it.
    """

    mailing = models.ForeignKey(Mailing, models.PROTECT, related_name="messages")
    ref = models.BigIntegerField()
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, related_name="messages")
    channel = models.CharField(max_length=8, choices=Channel)
    state = models.CharField(max_length=8, choices=MessageState, default=MessageState.PLANNED)
    why = models.CharField(max_length=10, choices=Why, blank=True)
    token = models.CharField(max_length=24, unique=True, default=new_token)
    slot = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001 -- unique where it is set
    lease = models.CharField(max_length=32, blank=True)
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True)
    is_told = models.BooleanField(default=False)
    is_again = models.BooleanField(default=False)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = pgettext_lazy("messages", "message")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["mailing", "ref", "channel"], name="message_once"),
            models.UniqueConstraint(
                fields=["mailing", "customer", "channel"],
                condition=Q(customer__isnull=False),
                name="message_once_a_customer",
            ),
        ]
        indexes = [
            models.Index(fields=["mailing", "state", "id"], name="message_by_state"),
            models.Index(fields=["ref", "channel"], name="message_of_ref"),
            models.Index(
                fields=["due_at"],
                name="message_waiting",
                condition=Q(state="planned", due_at__isnull=False),
            ),
            models.Index(
                fields=["lease"], name="message_in_hand", condition=Q(state__in=["leased", "sending"])
            ),
            models.Index(fields=["digest"], name="message_by_address", condition=~Q(digest="")),
            models.Index(
                fields=["mailing"], name="message_to_tell", condition=Q(state="sent", is_told=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} #{self.pk}: {self.state}"

    @property
    def tone(self) -> str:
        """The tone in which the state stands in lists."""
        return TONES.get(
            MessageState(self.state), "neutral" if self.state == MessageState.SKIPPED else "accent"
        )
