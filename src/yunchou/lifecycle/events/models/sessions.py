"""Sessions of a customer event and what guests are asked."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.subjects.models import Subject


class Session(models.Model):
    """A part of an event that guests come to: a dinner, a forum, one afternoon of a trip.

    `taken` counts the seats promised (places that are held), companions included. It is moved only by a guarded
    statement (`taken + n <= capacity`), so that the last seat is sold once however many people reach for it.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="sessions")
    name = models.CharField(pgettext_lazy("event", "session"), max_length=80)
    place = models.CharField(pgettext_lazy("event", "place"), max_length=120, blank=True)
    starts_at = models.DateTimeField(pgettext_lazy("event", "starts"))
    ends_at = models.DateTimeField(pgettext_lazy("event", "ends"))
    capacity = models.PositiveIntegerField(pgettext_lazy("event", "seats"))
    taken = models.PositiveIntegerField(default=0, editable=False)
    reply_until = models.DateTimeField(_("reply until"), null=True, blank=True)
    companions = models.PositiveSmallIntegerField(_("companions a guest may bring"), default=1)
    order = models.PositiveSmallIntegerField(default=0, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("event", "session")
        ordering = ("starts_at", "order", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_has_length"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="session_never_oversold"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def left(self) -> int:
        """Seats that can still be promised."""
        return self.capacity - self.taken


class QuestionKind(models.TextChoices):
    TEXT = "text", pgettext_lazy("question", "Free text")
    CHOICE = "choice", pgettext_lazy("question", "One of several")
    CHOICES = "choices", pgettext_lazy("question", "Several of several")
    YES_NO = "yes_no", pgettext_lazy("question", "Yes or no")


class Question(models.Model):
    """Something guests are asked when they accept; `shown_if` is another question's answer that makes it appear."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="guest_questions")
    text = models.CharField(pgettext_lazy("event", "question"), max_length=160)
    kind = models.CharField(
        pgettext_lazy("event", "kind of answer"),
        max_length=8,
        choices=QuestionKind,
        default=QuestionKind.TEXT,
    )
    options = models.JSONField(pgettext_lazy("event", "answers to choose from"), default=list, blank=True)
    is_required = models.BooleanField(pgettext_lazy("event", "must be answered"), default=False)
    shown_if = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    shown_if_answer = models.CharField(max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = pgettext_lazy("event", "question")
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return self.text

    @property
    def choices(self) -> list[str]:
        """Answers by which another question may be made to appear, as they are kept."""
        return ["yes", "no"] if self.kind == QuestionKind.YES_NO else list(self.options)

    @property
    def shown_words(self) -> str:
        """The answer that makes it appear, as people read it."""
        words = {"yes": _("Yes"), "no": _("No")}
        return str(words.get(self.shown_if_answer, self.shown_if_answer))
