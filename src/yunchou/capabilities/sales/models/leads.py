"""Leads 线索: who left contact data for an activity, with which need, and how they were followed up (EXE-14, CUS-14)."""

from __future__ import annotations

import secrets
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.preparation.models import StockMove
from yunchou.directory.customers.models import Customer
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..permissions import Perm

TOKEN_BYTES: Final = 16
"""128 random bits: an address nobody guesses."""
TOKEN_LENGTH: Final = 22


class LeadChannel(models.TextChoices):
    """In which way somebody left their contact data (EXE-14)."""

    SCAN = "scan", pgettext_lazy("lead channel", "Scanned code")
    FORM = "form", pgettext_lazy("lead channel", "Form")
    DESK = "desk", pgettext_lazy("lead channel", "Consultation desk")
    STREAM = "stream", pgettext_lazy("lead channel", "Live stream")
    PHONE = "phone", pgettext_lazy("lead channel", "Telephone call")
    DOOR = "door", pgettext_lazy("lead channel", "At the door")
    SHARE = "share", pgettext_lazy("lead channel", "Forwarded link")
    OTHER = "other", pgettext_lazy("lead channel", "Other")


class Way(models.TextChoices):
    """By which way a lead or an order came into the product."""

    PAGE = "page", pgettext_lazy("way in", "Entered by hand")
    PUBLIC = "public", pgettext_lazy("way in", "Filled in by the person")
    SHEET = "sheet", pgettext_lazy("way in", "Uploaded table")
    API = "api", pgettext_lazy("way in", "Interface")


class Stage(models.TextChoices):
    """How far a lead has come."""

    NEW = "new", pgettext_lazy("stage of a lead", "New")
    CONTACTED = "contacted", pgettext_lazy("stage of a lead", "Contacted")
    INTERESTED = "interested", pgettext_lazy("stage of a lead", "Interested")
    NEGOTIATING = "negotiating", pgettext_lazy("stage of a lead", "Negotiating")
    WON = "won", pgettext_lazy("stage of a lead", "Won")
    LOST = "lost", pgettext_lazy("stage of a lead", "Lost")


OPEN_STAGES: Final = (Stage.NEW, Stage.CONTACTED, Stage.INTERESTED, Stage.NEGOTIATING)


class LeadQuerySet(ScopedQuerySet):
    def heads(self) -> LeadQuerySet:
        """Those that count: of several by the same person for one activity the first."""
        return self.filter(merged_into=None)


class Lead(models.Model):
    """Somebody who left contact data for an activity, once however often and by whatever channel.

    Whoever leaves it again adds a row that points to the first (`merged_into`): it is counted by no figure and shows by which
    channels the person came. Contact data stand on the card of the customer alone.
    """

    view_perm = Perm.VIEW

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    channel = models.CharField(pgettext_lazy("lead", "channel"), max_length=6, choices=LeadChannel)
    way = models.CharField(max_length=6, choices=Way, default=Way.PAGE, editable=False)
    place = models.CharField(pgettext_lazy("lead", "place"), max_length=40, blank=True)
    collector = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("collected by")
    )
    need = models.CharField(pgettext_lazy("lead", "need"), max_length=500, blank=True)
    captured_at = models.DateTimeField(_("left at"), default=clock.now)
    is_valid = models.BooleanField(pgettext_lazy("lead", "valid"), default=False, editable=False)
    # What it lacks to be valid: keys of `rules.LACKS`.
    lacks = models.JSONField(default=list, editable=False)
    is_keen = models.BooleanField(_("high intent"), default=False)
    stage = models.CharField(
        pgettext_lazy("lead", "stage"), max_length=12, choices=Stage, default=Stage.NEW, editable=False
    )
    lost_why = models.CharField(_("why it was lost"), max_length=200, blank=True, editable=False)
    owner = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("lead", "followed up by"),
    )
    contacted_at = models.DateTimeField(_("first contact"), null=True, editable=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="repeats", editable=False)
    # The public page by which the person came; what somebody's own link brought is counted by it (EXE-17).
    form = models.ForeignKey("LeadForm", models.PROTECT, null=True, related_name="leads", editable=False)
    gift = models.CharField(_("gift handed out"), max_length=80, blank=True, editable=False)
    gift_move = models.ForeignKey(StockMove, models.PROTECT, null=True, related_name="+", editable=False)
    # A person who had withdrawn before is not won back by a form that anybody may fill in.
    asks_again = models.BooleanField(default=False, editable=False)
    key = models.CharField(max_length=100, null=True, editable=False)  # noqa: DJ001 -- unique where it is set
    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        ordering = ("-captured_at", "-pk")
        indexes = [
            models.Index(
                fields=["subject", "-captured_at", "-id"],
                name="lead_of_subject",
                condition=Q(merged_into=None),
            ),
            models.Index(
                fields=["subject", "stage", "-captured_at"],
                name="lead_by_stage",
                condition=Q(merged_into=None),
            ),
            models.Index(fields=["owner", "stage"], name="lead_of_owner", condition=Q(merged_into=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "customer"], condition=Q(merged_into=None), name="lead_once_per_activity"
            ),
            models.UniqueConstraint(fields=["subject", "key"], name="lead_key_once"),
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="lead_not_own_head"),
            models.CheckConstraint(condition=~Q(stage="lost") | ~Q(lost_why=""), name="lead_lost_with_reason"),
            models.CheckConstraint(
                condition=~Q(stage__in=["contacted", "interested", "negotiating"]) | Q(contacted_at__isnull=False),
                name="lead_stage_after_contact",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {clock.local(self.captured_at):%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("sales:lead_detail", args=[self.subject_id, self.pk])

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN_STAGES

    @property
    def duty_key(self) -> str:
        """The key of the duty to contact this person."""
        return f"sales.contact:{self.pk}"


class Outcome(models.TextChoices):
    """What came of a contact."""

    REACHED = "reached", pgettext_lazy("contact", "Reached")
    MISSED = "missed", pgettext_lazy("contact", "Not reached")
    WRONG = "wrong", pgettext_lazy("contact", "Wrong number")


class Contact(models.Model):
    """One time that somebody turned to the person who left a lead. Never changed."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="contacts")
    outcome = models.CharField(pgettext_lazy("contact", "outcome"), max_length=8, choices=Outcome)
    note = models.CharField(pgettext_lazy("contact", "note"), max_length=300, blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("contact with a lead")
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return self.get_outcome_display()


def new_token() -> str:
    """The secret of an address: 22 signs that a URL carries as they are."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class LeadForm(models.Model):
    """A public page by which people leave their contact data themselves: one for each place, with its code to scan."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, default=new_token, editable=False)
    place = models.CharField(pgettext_lazy("lead", "place"), max_length=40)
    channel = models.CharField(
        pgettext_lazy("lead", "channel"), max_length=6, choices=LeadChannel, default=LeadChannel.SCAN
    )
    asks = models.CharField(_("what is asked of the need"), max_length=120, blank=True)
    keeper = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("lead", "followed up by")
    )
    # The room above that opened it for somebody or something of its own, lists it there and closes it.
    owned_by = models.CharField(max_length=20, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("capture form")
        ordering = ("closed_at", "-pk")
        indexes = [models.Index(fields=["subject"], name="lead_form_of_subject")]

    def __str__(self) -> str:
        return self.place

    @property
    def path(self) -> str:
        """The public page, without host."""
        return reverse("sales:public_form", args=[self.token])
