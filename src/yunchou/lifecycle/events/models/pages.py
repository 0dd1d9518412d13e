"""What the guest's pages of one event say."""

from __future__ import annotations

from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject


class Look(models.TextChoices):
    """The picture above an invitation."""

    NIGHT = "night", pgettext_lazy("invitation", "Night")
    DAWN = "dawn", pgettext_lazy("invitation", "Dawn")
    GARDEN = "garden", pgettext_lazy("invitation", "Garden")


class Page(models.Model):
    """The words of an invitation, in two languages where they are given; without them the event's own facts are shown.

    Until it is opened the links answer that the invitation is not out yet. `agenda` has one line for each point,
    `18:30 Doors open`, until the run of show says it.
    """

    subject = models.OneToOneField(Subject, models.CASCADE, primary_key=True, related_name="guest_page")
    host_name = models.CharField(pgettext_lazy("invitation", "who invites"), max_length=60, blank=True)
    title = models.CharField(pgettext_lazy("invitation", "headline"), max_length=60, blank=True)
    title_en = models.CharField(pgettext_lazy("invitation", "headline in English"), max_length=80, blank=True)
    text = models.TextField(pgettext_lazy("invitation", "words"), blank=True, max_length=600)
    text_en = models.TextField(pgettext_lazy("invitation", "words in English"), blank=True, max_length=900)
    requirements = models.CharField(
        pgettext_lazy("invitation", "what guests should know"), max_length=300, blank=True
    )
    place = models.CharField(pgettext_lazy("invitation", "place"), max_length=120, blank=True)
    address = models.CharField(pgettext_lazy("invitation", "address"), max_length=160, blank=True)
    route = models.CharField(pgettext_lazy("invitation", "way and parking"), max_length=200, blank=True)
    map_url = models.CharField(
        pgettext_lazy("invitation", "link to a map"),
        max_length=300,
        blank=True,
        validators=[URLValidator(schemes=["https"])],
    )
    agenda = models.TextField(pgettext_lazy("invitation", "agenda"), blank=True, max_length=2000)
    contact = models.CharField(pgettext_lazy("invitation", "whom guests may ask"), max_length=120, blank=True)
    look = models.CharField(_("picture"), max_length=8, choices=Look, default=Look.NIGHT)
    is_open = models.BooleanField(_("the links work"), default=False)
    asks_diet = models.BooleanField(_("ask for the diet"), default=True)
    asks_transport = models.BooleanField(_("ask how they come"), default=False)
    asks_pictures = models.BooleanField(_("ask whether pictures may be shown"), default=True)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = _("invitation page")

    def __str__(self) -> str:
        return self.title
