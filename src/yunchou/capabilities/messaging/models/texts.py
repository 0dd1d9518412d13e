"""What is written, and in whose name."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User

from .mailings import Channel


class Template(models.Model):
    """A text for one use and channel, kept by a unit and there for those below it. Mailings keep a copy of what they said."""

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("messages", "unit")
    )
    use = models.CharField(pgettext_lazy("messages", "used for"), max_length=40)
    channel = models.CharField(pgettext_lazy("messages", "channel"), max_length=8, choices=Channel)
    name = models.CharField(pgettext_lazy("messages", "name"), max_length=60)
    title = models.CharField(_("subject line"), max_length=120, blank=True)
    body = models.TextField(pgettext_lazy("messages", "text"), max_length=4000)
    language = models.CharField(
        pgettext_lazy("messages", "language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans"
    )
    closed_at = models.DateTimeField(null=True, editable=False)
    kept_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    kept_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("text of messages")
        ordering = ("use", "channel", "name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "use", "channel", "name"],
                condition=Q(closed_at__isnull=True),
                name="text_named_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Sender(models.Model):
    """In whose name a unit, and all below it, writes: the law asks every message to say so."""

    unit = models.OneToOneField(
        Unit, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("messages", "unit")
    )
    name = models.CharField(_("full name of the sender"), max_length=80)
    address = models.CharField(_("postal address"), max_length=160)
    phone = models.CharField(_("telephone for questions"), max_length=40)
    sign = models.CharField(_("signature of text messages"), max_length=12)

    class Meta:
        verbose_name = _("sender of messages")
        ordering = ("unit__path",)

    def __str__(self) -> str:
        return self.name
