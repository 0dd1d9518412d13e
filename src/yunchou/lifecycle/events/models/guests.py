"""Guests of an event, what they replied, and the places they hold in its sessions."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.models import Customer, Diet
from yunchou.directory.customers.names import readings_of
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.core.sealing import Sealed, SealedField
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..permissions import Perm
from .sessions import Session

TOKEN_BYTES = 16
"""128 random bits: a link nobody guesses."""


def new_token() -> str:
    """The secret of a guest's personal link: 22 signs that a URL carries as they are."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class Role(models.TextChoices):
    """What somebody comes as."""

    GUEST = "guest", pgettext_lazy("guest role", "Guest")
    SPEAKER = "speaker", pgettext_lazy("guest role", "Speaker")
    MEDIA = "media", pgettext_lazy("guest role", "Media")
    PARTNER = "partner", pgettext_lazy("guest role", "Partner")
    STAFF = "staff", pgettext_lazy("guest role", "Staff")


class Reply(models.TextChoices):
    """Where an invitation stands."""

    LISTED = "listed", pgettext_lazy("reply", "On the list")
    INVITED = "invited", pgettext_lazy("reply", "Invited")
    ACCEPTED = "accepted", pgettext_lazy("reply", "Accepted")
    WAITING = "waiting", pgettext_lazy("reply", "On the waiting list")
    DECLINED = "declined", pgettext_lazy("reply", "Declined")
    CANCELLED = "cancelled", pgettext_lazy("reply", "Cancelled")
    # Came without an invitation and was let in: nobody asked them, and they said yes by coming.
    AT_DOOR = "at_door", pgettext_lazy("reply", "Entered at the door")


TONES = {
    Reply.LISTED: "neutral",
    Reply.INVITED: "info",
    Reply.ACCEPTED: "ok",
    Reply.WAITING: "accent",
    Reply.DECLINED: "neutral",
    Reply.CANCELLED: "bad",
    Reply.AT_DOOR: "ok",
}
SAID_YES = (Reply.ACCEPTED, Reply.AT_DOOR)
"""To be seated and fed: who accepted, and who came without an invitation."""
COMING = (*SAID_YES, Reply.WAITING)
GONE = (Reply.DECLINED, Reply.CANCELLED)


class Wave(models.Model):
    """A group of guests that is invited together, at a moment relative to the event or on a day."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="waves")
    name = models.CharField(pgettext_lazy("event", "wave"), max_length=60)
    days_before = models.PositiveSmallIntegerField(_("days before the event"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = pgettext_lazy("event", "wave")
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return self.name


class GuestQuerySet(ScopedQuerySet):
    def live(self) -> Self:
        """All but those who were taken off the list or cancelled."""
        return self.exclude(reply=Reply.CANCELLED)

    def to_invite(self) -> Self:
        """Those whose invitation is still to go out; who came without one needs none."""
        return self.filter(reply=Reply.LISTED, is_walk_in=False)

    def heads(self) -> Self:
        """Guests without the companions they bring."""
        return self.filter(companion_of=None)


class Guest(models.Model):
    """Somebody invited to one event: a customer of the directory, or somebody known by name alone.

    Companions are guests with `companion_of`; they have names, diets, seats and tickets of their own and reply with
    whoever brings them. `token` opens the guest's page; `ticket` is what the code at the door says, and is new each time a
    ticket is made invalid. Neither is the other, so that a photographed ticket opens no page.
    """

    view_perm = Perm.VIEW

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="guests")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="guest_of")
    name = models.CharField(pgettext_lazy("guest", "name"), max_length=80)
    name_key = models.CharField(max_length=400, blank=True, editable=False)
    # How the name begins in pinyin and by initials: found by an index, however many guests there are.
    pinyin = models.CharField(max_length=80, blank=True, editable=False)
    initials = models.CharField(max_length=40, blank=True, editable=False)
    organisation = models.CharField(pgettext_lazy("guest", "organisation"), max_length=120, blank=True)
    title = models.CharField(pgettext_lazy("guest", "title"), max_length=60, blank=True)
    phone_tail = models.CharField(max_length=4, blank=True, editable=False)
    grade = models.CharField(max_length=8, blank=True, editable=False)
    role = models.CharField(
        pgettext_lazy("guest", "comes as"), max_length=8, choices=Role, default=Role.GUEST
    )
    is_vip = models.BooleanField(_("important guest"), default=False)
    host = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("personal host")
    )
    inviter = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("inviter")
    )
    wave = models.ForeignKey(Wave, models.SET_NULL, null=True, blank=True, related_name="guests")
    companion_of = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="companions", editable=False
    )
    reply = models.CharField(max_length=10, choices=Reply, default=Reply.LISTED, editable=False)
    replied_at = models.DateTimeField(null=True, editable=False)
    # As with customers: what is not eaten tells of faith and health, so it is encrypted. `diet` and `diet_note` open it.
    diet_kept = SealedField(editable=False)
    transport = models.CharField(_("how they come"), max_length=120, blank=True)
    answers = models.JSONField(default=dict, editable=False)
    allows_pictures = models.BooleanField(_("may be shown in pictures"), null=True, blank=True)
    note = models.CharField(pgettext_lazy("guest", "note"), max_length=200, blank=True)
    # In which language the guest's pages begin; the guest may switch.
    language = models.CharField(pgettext_lazy("guest", "language"), max_length=7, default="zh-hans")
    token = models.CharField(max_length=24, unique=True, default=new_token, editable=False)
    ticket = models.CharField(max_length=24, unique=True, default=new_token, editable=False)
    invited_at = models.DateTimeField(null=True, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    # The first arrival; the door's own rows say the rest.
    arrived_at = models.DateTimeField(null=True, editable=False)
    is_walk_in = models.BooleanField(default=False, editable=False)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    added_at = models.DateTimeField(default=clock.now, editable=False)
    objects = GuestQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("event", "guest")
        ordering = ("pk",)
        indexes = [
            models.Index(fields=["subject", "reply", "id"], name="guest_by_reply"),
            models.Index(fields=["subject", "arrived_at"], name="guest_by_arrival"),
            models.Index(fields=["subject", "phone_tail"], name="guest_by_tail"),
            models.Index(
                fields=["subject", "name"], name="guest_name", opclasses=["int8_ops", "varchar_pattern_ops"]
            ),
            models.Index(
                fields=["subject", "pinyin"],
                name="guest_pinyin",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
            models.Index(
                fields=["subject", "initials"],
                name="guest_initials",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
            models.Index(fields=["subject", "-id"], name="guest_heads", condition=Q(companion_of=None)),
            models.Index(fields=["subject"], name="guest_read", condition=Q(opened_at__isnull=False)),
            models.Index(fields=["host"], name="guest_of_host", condition=Q(host__isnull=False)),
        ]
        constraints = [
            # One living invitation for one customer to one event (EXE-03, PRE-04).
            models.UniqueConstraint(
                fields=["subject", "customer"],
                condition=Q(customer__isnull=False) & ~Q(reply="cancelled"),
                name="guest_once",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="guest_has_name"),
            models.CheckConstraint(
                condition=Q(companion_of=None) | ~Q(companion_of=F("id")), name="guest_not_own_companion"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the readings of the name, by which it is found in the list and at the door."""
        self.read_name()
        fields = kwargs.get("update_fields")
        if fields is not None and "name" in fields:
            kwargs["update_fields"] = {*fields, "name_key", "pinyin", "initials"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("events:guest_detail", args=[self.subject_id, self.pk])

    @property
    def tone(self) -> str:
        """The tone in which the reply stands in lists."""
        return TONES[Reply(self.reply)]

    @property
    def diet(self) -> list[str]:
        """What is not eaten, by the codes of `Diet`."""
        return list(self._diet()[0])

    @diet.setter
    def diet(self, codes: Iterable[str]) -> None:
        self._keep_diet(list(codes), self.diet_note)

    @property
    def diet_note(self) -> str:
        """What the codes do not say."""
        return str(self._diet()[1])

    @diet_note.setter
    def diet_note(self, words: str) -> None:
        self._keep_diet(self.diet, words)

    @property
    def diet_words(self) -> list[str]:
        """What is not eaten, in the reader's words; the free text last."""
        return words_of_diet(self.diet_kept)

    def _diet(self) -> tuple[list[str], str]:
        return _read_diet(self.diet_kept)

    def _keep_diet(self, codes: list[str], words: str) -> None:
        self.diet_kept = json.dumps([codes, words], ensure_ascii=False) if codes or words else b""

    def read_name(self) -> Self:
        """Set how the name is said; whoever writes many guests at once calls it for each."""
        self.name_key, self.pinyin, self.initials = readings_of(self.name)
        return self


def words_of_diet(kept: Any) -> list[str]:
    """`Guest.diet_words` of the column alone, for whoever reads thousands."""
    codes, note = _read_diet(kept)
    return [*(str(Diet(code).label) for code in codes if code in Diet.values), *([note] if note else [])]


def _read_diet(kept: Any) -> tuple[list[str], str]:
    text = kept.open() if isinstance(kept, Sealed) else kept
    if not text:
        return [], ""
    codes, words = json.loads(text)
    return codes, words


class PlaceState(models.TextChoices):
    """What a guest has of a session."""

    OFFERED = "offered", pgettext_lazy("place", "Invited to it")
    HELD = "held", pgettext_lazy("place", "Seat promised")
    WAITING = "waiting", pgettext_lazy("place", "Waiting for a seat")
    GIVEN_UP = "given_up", pgettext_lazy("place", "Not coming")


class Place(models.Model):
    """One guest in one session: whether a seat is promised, where it is, and whether they are in the room.

    `queue` orders those who wait. `seat` says where to sit, as it is told at the door (`T3 · 5`).
    """

    guest = models.ForeignKey(Guest, models.CASCADE, related_name="places")
    session = models.ForeignKey(Session, models.PROTECT, related_name="places")
    state = models.CharField(max_length=8, choices=PlaceState, default=PlaceState.OFFERED)
    queue = models.PositiveIntegerField(null=True, editable=False)
    seat = models.CharField(pgettext_lazy("event", "seat"), max_length=40, blank=True)
    first_in_at = models.DateTimeField(null=True, editable=False)
    is_inside = models.BooleanField(default=False, editable=False)
    # Kept by the door: where the first arrival was (`B 门 · 平板 2`), and the moment of the last scan that counts.
    first_in_where = models.CharField(max_length=90, blank=True, editable=False)
    moved_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("event", "place")
        constraints = [models.UniqueConstraint(fields=["session", "guest"], name="place_once")]
        indexes = [models.Index(fields=["session", "state", "queue"], name="place_queue")]

    def __str__(self) -> str:
        return f"{self.guest} · {self.session}"


class Tally(models.Model):
    """How many guests of an event stand where, kept by the statement that moves them: a million are not counted anew.

    `guests` are those who were invited themselves, `companions` whom they bring. `actions.counting.recount` proves it.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    reply = models.CharField(max_length=10, choices=Reply)
    guests = models.PositiveIntegerField(default=0)
    companions = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = pgettext_lazy("event", "tally")
        constraints = [models.UniqueConstraint(fields=["subject", "reply"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.get_reply_display()} {self.guests}"


class Happening(models.TextChoices):
    """What may happen to an invitation."""

    LISTED = "listed", pgettext_lazy("guest history", "Put on the list")
    AT_DOOR = "at_door", pgettext_lazy("guest history", "Entered at the door")
    INVITED = "invited", pgettext_lazy("guest history", "Invited")
    OPENED = "opened", pgettext_lazy("guest history", "Opened the invitation")
    ACCEPTED = "accepted", pgettext_lazy("guest history", "Accepted")
    WAITING = "waiting", pgettext_lazy("guest history", "Put on the waiting list")
    PROMOTED = "promoted", pgettext_lazy("guest history", "Moved up from the waiting list")
    CHANGED = "changed", pgettext_lazy("guest history", "Changed the reply")
    DECLINED = "declined", pgettext_lazy("guest history", "Declined")
    CANCELLED = "cancelled", pgettext_lazy("guest history", "Cancelled")
    TAKEN_OFF = "taken_off", pgettext_lazy("guest history", "Taken off the list")
    TICKET = "ticket", pgettext_lazy("guest history", "Got a new ticket")
    IMAGE = "image", pgettext_lazy("guest history", "Said whether pictures may be shown")


class GuestEntry(models.Model):
    """One line of a guest's history, never changed. `by` is empty where the guest did it; `note` is a colleague's reason."""

    guest = models.ForeignKey(Guest, models.CASCADE, related_name="entries")
    what = models.CharField(max_length=10, choices=Happening)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    people = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = pgettext_lazy("event", "entry of a guest")
        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=["guest", "-at"], name="entry_of_guest")]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.at:%Y-%m-%d}"
