"""Comments on a subject or on one row of its tables, announcements with their receipts, decisions."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

EDITABLE: Final = timedelta(minutes=15)
"""So long a comment may be changed by whoever wrote it."""


class Comment(models.Model):
    """What somebody said of a subject, or of one row of a table of it. A `parent` makes it an answer, one level deep.

    `text` holds mentions as `marks.MARK`; of one that was taken away only who, when and by whom is left. `place` is what
    the row was called then.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="comments")
    table = models.CharField(max_length=40, blank=True)
    row = models.PositiveBigIntegerField(null=True)
    place = models.CharField(max_length=200, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="answers")
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("author"))
    text = models.TextField(_("comment"), blank=True)
    at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    edited_at = models.DateTimeField(null=True, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    files = models.ManyToManyField(Attachment, related_name="comments")

    class Meta:
        verbose_name = _("comment")
        ordering = ("at", "pk")
        indexes = [models.Index(fields=["subject", "table", "row", "at"], name="comment_of_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(table="", row__isnull=True) | (~Q(table="") & Q(row__isnull=False)),
                name="comment_place_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False, text=""),
                name="comment_removed_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: #{self.pk}"

    def get_absolute_url(self) -> str:
        return f"{room_address(self.subject_id)}#comment-{self.pk}"

    @property
    def is_removed(self) -> bool:
        return self.removed_at is not None

    @property
    def is_fresh(self) -> bool:
        """Whether it may still be changed by its author."""
        return not self.is_removed and clock.now() - self.at <= EDITABLE


class Wording(models.Model):
    """What a comment said before it was changed."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="wordings")
    text = models.TextField()
    until = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("until", "pk")

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.until}"


class Mention(models.Model):
    """Somebody was called by a comment; that lets the person answer, member or not."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "user"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.comment_id} @ {self.user}"


class Announcement(models.Model):
    """Told to chosen people of a subject, who confirm having read it by a day. Never changed; a wrong one is withdrawn."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="announcements")
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"))
    read_by = models.DateField(_("to be read by"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("author"))
    at = models.DateTimeField(default=clock.now, editable=False)
    retracted_at = models.DateTimeField(null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("announcement")
        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=["subject", "-at"], name="announcement_of_subject")]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="announcement_says_something"),
            models.CheckConstraint(
                condition=Q(retracted_at__isnull=True) | ~Q(reason=""), name="announcement_retracted_why"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("discussion:announcement_detail", args=[self.subject_id, self.pk])


class Receipt(models.Model):
    """Somebody is to read an announcement, and when he did."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="receipts")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("user__name_pinyin", "pk")
        constraints = [models.UniqueConstraint(fields=["announcement", "user"], name="receipt_once")]

    def __str__(self) -> str:
        return f"{self.announcement}: {self.user}"

    @property
    def key(self) -> str:
        """The key of the duty to read it."""
        return f"discussion.read:{self.announcement_id}:{self.user_id}"


class Decision(models.Model):
    """What was decided, by whom, on which day, and where that comes from. One that no longer holds is replaced, not changed."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(pgettext_lazy("decision", "what was decided"))
    deciders = models.ManyToManyField(User, related_name="+", verbose_name=_("decided by"))
    decided_on = models.DateField(pgettext_lazy("decision", "decided on"))
    source = models.CharField(pgettext_lazy("decision", "where it comes from"), max_length=160)
    comment = models.ForeignKey(Comment, models.PROTECT, null=True, related_name="decisions")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("discussion", "decision")
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["subject", "number"], name="decision_number_once"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(source=""), name="decision_is_whole"),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return f"{reverse('discussion:decision_list', args=[self.subject_id])}#decision-{self.number}"

    @property
    def code(self) -> str:
        """How it is quoted."""
        return f"D-{self.number}"

    @property
    def is_in_force(self) -> bool:
        """Read with `decisions_of` it asks for nothing more."""
        return getattr(self, "replaced_by", None) is None


def room_address(subject: int) -> str:
    """Where the talk about a subject is."""
    return reverse("discussion:room", args=[subject])
