"""What somebody agreed to, by purpose and channel, under which words, and every time they changed their mind (CUS-10)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User

from .people import Customer


class Purpose(models.TextChoices):
    """What data is used for; each needs a consent of its own (PIPL 14)."""

    SERVICE = "service", pgettext_lazy("purpose", "To run what was agreed")
    MARKETING = "marketing", pgettext_lazy("purpose", "Marketing and invitations")
    PROFILING = "profiling", pgettext_lazy("purpose", "Profiling")
    SENSITIVE = "sensitive", pgettext_lazy("purpose", "Sensitive data: health, diet, papers")
    IMAGE = "image", pgettext_lazy("purpose", "Pictures and video")
    SURVEY = "survey", pgettext_lazy("purpose", "Questionnaires")


class Channel(models.TextChoices):
    """How somebody is reached; `ANY` speaks for all of them."""

    ANY = "any", pgettext_lazy("consent channel", "All channels")
    SMS = "sms", pgettext_lazy("consent channel", "Text message")
    EMAIL = "email", pgettext_lazy("consent channel", "E-mail")
    PHONE = "phone", pgettext_lazy("consent channel", "Telephone")
    WECHAT = "wechat", pgettext_lazy("consent channel", "WeChat")
    POST = "post", pgettext_lazy("consent channel", "Post")


class Basis(models.TextChoices):
    """How a consent came to be known."""

    FORM = "form", pgettext_lazy("consent basis", "Given on a page")
    PAPER = "paper", pgettext_lazy("consent basis", "Signed on paper")
    SPOKEN = "spoken", pgettext_lazy("consent basis", "Said to a colleague")
    IMPORTED = "imported", pgettext_lazy("consent basis", "Taken over with a list")
    LINK = "link", pgettext_lazy("consent basis", "By the link in a message")
    MERGED = "merged", pgettext_lazy("consent basis", "The narrower of two merged records")
    ERASED = "erased", pgettext_lazy("consent basis", "The record was erased")


class Notice(models.Model):
    """One version of the words under which consent is asked. Published ones never change; the newest is shown."""

    purpose = models.CharField(pgettext_lazy("consent", "purpose"), max_length=10, choices=Purpose)
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("words of the notice"))
    published_at = models.DateTimeField(default=clock.now, editable=False)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = _("privacy notice")
        ordering = ("purpose", "-number")
        constraints = [models.UniqueConstraint(fields=["purpose", "number"], name="notice_once")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.number}"


class Consent(models.Model):
    """How things stand now for one purpose and channel. Kept by the action that adds a `ConsentEntry`, never by hand."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=10, choices=Purpose)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.ANY)
    is_given = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("consent")
        constraints = [
            models.UniqueConstraint(fields=["customer", "purpose", "channel"], name="consent_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} · {self.get_channel_display()}"


class ConsentEntry(models.Model):
    """One time that somebody gave or withdrew a consent, with its proof. Never changed."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="consent_entries")
    purpose = models.CharField(max_length=10, choices=Purpose)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.ANY)
    is_given = models.BooleanField()
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="+")
    basis = models.CharField(max_length=8, choices=Basis)
    proof = models.CharField(_("proof"), max_length=200, blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("entry of a consent")
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.at:%Y-%m-%d}"
