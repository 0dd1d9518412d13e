"""The run sheet 流程: what happens when, by whom, with which cues, and how it really went."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.preparation.models import Speaker
from yunchou.capabilities.sales.models import Lead
from yunchou.kernel.core import clock
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Guest, Session

LONGEST: Final = 720
"""Minutes: nothing on a run sheet lasts longer than twelve hours."""


class Day(models.Model):
    """Who carries an event on its day: the host who calls the items, and the photographer of the whole event (EXE-11).

    `version` grows with every change of the run sheet, so that pages that ask every second are answered without reading it.
    """

    subject = models.OneToOneField(Subject, models.CASCADE, primary_key=True, related_name="event_day")
    host = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("programme", "host"),
    )
    photographer = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("programme", "photographer"),
    )
    # A photographer from outside has no account.
    photographer_name = models.CharField(
        pgettext_lazy("programme", "photographer from outside"), max_length=80, blank=True
    )
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("programme", "day of the event")

    def __str__(self) -> str:
        return str(self.subject)

    @property
    def shown_photographer(self) -> User | str | None:
        """The colleague, or who comes from outside."""
        return self.photographer or self.photographer_name or None


class ItemKind(models.TextChoices):
    """What an item is (003 三(三))."""

    CEREMONY = "ceremony", pgettext_lazy("run sheet", "Ceremony")
    TALK = "talk", pgettext_lazy("run sheet", "Talk")
    INTERACTION = "interaction", pgettext_lazy("run sheet", "Interaction")
    SHOW = "show", pgettext_lazy("run sheet", "Performance")
    MEAL = "meal", pgettext_lazy("run sheet", "Meal")
    VISIT = "visit", pgettext_lazy("run sheet", "Visit")
    BREAK = "break", pgettext_lazy("run sheet", "Break")
    OTHER = "other", pgettext_lazy("run sheet", "Other")


class RunSheetItem(models.Model):
    """One item: planned start and length, what really happened, who sees to it, and the cues for host, sound and light.

    `starts_at` and `minutes` are the plan. On the day `began_at`, `ended_at` and `skipped_at` say how it went, and `extra` how
    many minutes the host gave or took; the plan stays, so that every deviation remains visible (EXE-06). An item that
    `is_fixed` begins at its time and not before, whatever came before it.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="run_sheet")
    session = models.ForeignKey(
        Session,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("event", "session"),
    )
    order = models.PositiveIntegerField(default=0, editable=False)
    title = models.CharField(pgettext_lazy("run sheet", "item"), max_length=120)
    kind = models.CharField(
        pgettext_lazy("run sheet", "kind"), max_length=12, choices=ItemKind, default=ItemKind.OTHER
    )
    starts_at = models.DateTimeField(pgettext_lazy("run sheet", "planned start"))
    minutes = models.PositiveSmallIntegerField(pgettext_lazy("run sheet", "minutes"))
    is_fixed = models.BooleanField(pgettext_lazy("run sheet", "begins at its time"), default=False)
    owner = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("run sheet", "responsible"),
    )
    speaker = models.ForeignKey(
        Speaker,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("run sheet", "speaker"),
    )
    speaker_name = models.CharField(pgettext_lazy("run sheet", "speaker by name"), max_length=80, blank=True)
    material = models.ForeignKey(
        Attachment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("run sheet", "material"),
    )
    material_note = models.CharField(pgettext_lazy("run sheet", "material"), max_length=160, blank=True)
    cue_host = models.CharField(pgettext_lazy("run sheet", "cue for the host"), max_length=300, blank=True)
    cue_sound = models.CharField(pgettext_lazy("run sheet", "cue for sound"), max_length=200, blank=True)
    cue_light = models.CharField(pgettext_lazy("run sheet", "cue for light"), max_length=200, blank=True)
    # Of an interaction (EXE-07): what is talked about, in which form, and how many took part.
    topics = models.CharField(pgettext_lazy("run sheet", "topics"), max_length=300, blank=True)
    form = models.CharField(pgettext_lazy("run sheet", "form"), max_length=120, blank=True)
    participants = models.PositiveIntegerField(null=True, editable=False)

    began_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    skipped_at = models.DateTimeField(null=True, editable=False)
    extra = models.SmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("run sheet", "item")
        ordering = ("order", "pk")
        indexes = [models.Index(fields=["subject", "order"], name="item_of_subject")]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="item_has_title"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=LONGEST), name="item_has_length"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(began_at__isnull=False), name="item_ends_after_begun"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="item_has_real_length"
            ),
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(began_at__isnull=False, ended_at=None),
                name="item_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def length(self) -> timedelta:
        """The planned length."""
        return timedelta(minutes=self.minutes)

    @property
    def ends_at(self) -> datetime:
        """The planned end."""
        return self.starts_at + self.length

    @property
    def due_at(self) -> datetime | None:
        """When what has begun has used up its time, with what was given to it or taken from it on the day."""
        return self.began_at and self.began_at + max(
            self.length + timedelta(minutes=self.extra), timedelta(0)
        )

    @property
    def is_running(self) -> bool:
        return self.began_at is not None and self.ended_at is None

    @property
    def is_coming(self) -> bool:
        """It has neither begun nor been left out."""
        return self.began_at is None and self.skipped_at is None

    @property
    def is_interaction(self) -> bool:
        return self.kind == ItemKind.INTERACTION

    @property
    def shown_speaker(self) -> str:
        """Who speaks, by the list of speakers or by name."""
        return self.speaker.name if self.speaker else self.speaker_name

    @property
    def began_late(self) -> timedelta | None:
        """How long after its planned start it really began; negative where it was early."""
        return None if self.began_at is None else self.began_at - self.starts_at


class Exchange(models.Model):
    """A business contact made at an interaction (EXE-07): with which guest, about what, and the lead that came of it."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="exchanges")
    item = models.ForeignKey(RunSheetItem, models.SET_NULL, null=True, related_name="exchanges")
    guest = models.ForeignKey(
        Guest,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("event", "guest"),
    )
    note = models.CharField(pgettext_lazy("exchange", "what it was about"), max_length=200)
    lead = models.ForeignKey(Lead, models.SET_NULL, null=True, related_name="+", editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("business contact")
        ordering = ("-made_at", "-pk")
        indexes = [models.Index(fields=["subject", "-made_at"], name="exchange_of_subject")]

    def __str__(self) -> str:
        return self.note
