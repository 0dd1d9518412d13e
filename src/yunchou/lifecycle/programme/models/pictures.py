"""The photographer's shot list, and pictures on their way from the camera to publication (EXE-11)."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.core.sealing import SealedField
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Guest

from .running import RunSheetItem


class Shot(models.Model):
    """A picture that must be taken: what, at which item or when, and who has to be in it."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="shots")
    what = models.CharField(pgettext_lazy("shot", "what is in the picture"), max_length=120)
    item = models.ForeignKey(
        RunSheetItem,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="shots",
        verbose_name=pgettext_lazy("shot", "at which item"),
    )
    moment = models.CharField(pgettext_lazy("shot", "when"), max_length=60, blank=True)
    people = models.CharField(pgettext_lazy("shot", "who has to be in it"), max_length=160, blank=True)
    order = models.PositiveSmallIntegerField(default=0, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = pgettext_lazy("shot", "shot")
        ordering = ("order", "pk")
        indexes = [models.Index(fields=["subject", "order"], name="shot_of_subject")]

    def __str__(self) -> str:
        return self.what


class PictureState(models.TextChoices):
    """How far a picture is: as it came, chosen, worked on, shown to the world."""

    RAW = "raw", pgettext_lazy("picture", "As taken")
    CHOSEN = "chosen", pgettext_lazy("picture", "Chosen")
    EDITED = "edited", pgettext_lazy("picture", "Edited")
    PUBLISHED = "published", pgettext_lazy("picture", "Published")


class Picture(models.Model):
    """A picture or a film of the event; the file is filed with the activity and goes to its archive with it.

    `attachment` is the version that stands: a finished picture is a newer version of the same file. `pulled_at` says when it
    was taken back because somebody in it no longer agrees.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="pictures")
    attachment = models.OneToOneField(Attachment, models.PROTECT, related_name="picture")
    state = models.CharField(
        pgettext_lazy("picture", "state"), max_length=10, choices=PictureState, default=PictureState.RAW
    )
    item = models.ForeignKey(
        RunSheetItem,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("picture", "taken at"),
    )
    shot = models.ForeignKey(
        Shot,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="pictures",
        verbose_name=pgettext_lazy("picture", "of the shot list"),
    )
    tags = models.CharField(pgettext_lazy("picture", "tags"), max_length=160, blank=True)
    guests = models.ManyToManyField(
        Guest, blank=True, related_name="pictures", verbose_name=pgettext_lazy("picture", "guests in it")
    )
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    uploaded_at = models.DateTimeField(default=clock.now, editable=False)
    # Somebody has looked who can be recognised in it; without that nothing is published.
    people_checked_at = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    pulled_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("picture", "picture")
        ordering = ("-pk",)
        indexes = [models.Index(fields=["subject", "state", "-id"], name="picture_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(published_at__isnull=False, people_checked_at__isnull=False),
                name="picture_published_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.attachment.name


def new_token() -> str:
    """The secret of an album's link: 192 random bits, nobody guesses it."""
    return secrets.token_urlsafe(24)


class Album(models.Model):
    """A link under which guests look at pictures of the event: until a moment, revocable at once, its openings counted.

    It keeps no list. It shows what is published when somebody looks, of one tag where it names one, and in which everybody
    agrees at that moment; so what is taken back is gone from it. The token is sealed, for the page on which it is handed on
    again, and found by its digest.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="albums")
    title = models.CharField(pgettext_lazy("album", "headline"), max_length=60)
    words = models.CharField(pgettext_lazy("album", "words"), max_length=300, blank=True)
    tag = models.CharField(pgettext_lazy("album", "tag"), max_length=40, blank=True)
    is_offered = models.BooleanField(pgettext_lazy("album", "on the guests' pages"), default=True)
    token = SealedField(editable=False)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(pgettext_lazy("album", "works until"))
    opened = models.PositiveIntegerField(default=0, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("album", "album")
        ordering = ("-pk",)
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="album_has_title")]

    def __str__(self) -> str:
        return self.title

    def works_at(self, now: datetime) -> bool:
        """Whether the link shows anything."""
        return self.revoked_at is None and now < self.expires_at
