"""A questionnaire and its questions (EVA-06). Once it is open its questions never change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import listed
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

TOKEN_LENGTH = 24


class Status(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("survey", "Draft")
    OPEN = "open", pgettext_lazy("survey", "Open")
    CLOSED = "closed", pgettext_lazy("survey", "Closed")


class Purpose(models.TextChoices):
    """What a questionnaire is for: when it opens by itself, and whether its score is a figure of the activity."""

    EVENT = "event", pgettext_lazy("survey", "Satisfaction after the activity")
    FEEDBACK = "feedback", pgettext_lazy("survey", "Feedback during and after the activity")
    NEEDS = "needs", pgettext_lazy("survey", "Needs before the activity")


class Survey(models.Model):
    """A set of questions that people answer about one activity (a subject).

    An `is_anonymous` one keeps nothing that leads from a person to an answer. `opens_by_itself` lets it open when the
    activity ends (or begins, where it gathers feedback). `open_token` is the address of everybody, where it has one.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="surveys")
    title = models.CharField(pgettext_lazy("survey", "title"), max_length=120)
    title_en = models.CharField(pgettext_lazy("survey", "title in English"), max_length=160, blank=True)
    intro = models.TextField(pgettext_lazy("survey", "what guests read first"), blank=True)
    intro_en = models.TextField(pgettext_lazy("survey", "the same in English"), blank=True)
    purpose = models.CharField(
        pgettext_lazy("survey", "purpose"), max_length=10, choices=Purpose, default=Purpose.EVENT
    )
    status = models.CharField(
        pgettext_lazy("survey", "state"), max_length=8, choices=Status, default=Status.DRAFT, editable=False
    )
    is_anonymous = models.BooleanField(pgettext_lazy("survey", "anonymous"), default=False)
    opens_by_itself = models.BooleanField(_("opens by itself"), default=True)
    opens_at = models.DateTimeField(pgettext_lazy("survey", "opens"), null=True, blank=True)
    closes_at = models.DateTimeField(pgettext_lazy("survey", "closes"), null=True, blank=True)
    open_token = models.CharField(max_length=TOKEN_LENGTH, null=True, unique=True, editable=False)  # noqa: DJ001 -- unique where it is set
    keeper = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("survey", "person in charge")
    )
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    # From here the days of R-EVA-03 are counted: the end of the activity, else its opening.
    term_from = models.DateTimeField(null=True, editable=False)
    # How many of the reminders of R-EVA-03 were sent or laid upon the keeper.
    reminders = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("survey", "questionnaire")
        ordering = ("-made_at", "-pk")
        indexes = [models.Index(fields=["status", "closes_at"], name="survey_by_closing")]
        constraints = [
            models.UniqueConstraint(fields=["subject", "title"], name="survey_title_once"),
            models.CheckConstraint(condition=~Q(title=""), name="survey_has_title"),
            models.CheckConstraint(
                condition=Q(status="draft", opened_at=None, closed_at=None)
                | Q(status="open", closed_at=None)
                | Q(status="closed", opened_at__isnull=False),
                name="survey_state_has_its_times",
            ),
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(opens_at=None) | Q(closes_at__gt=F("opens_at")),
                name="survey_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("surveys:survey_detail", args=[self.subject_id, self.pk])

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def is_open(self) -> bool:
        return self.status == Status.OPEN

    @property
    def takes_answers(self) -> bool:
        """Whether an answer counts now: it is open, and its end has not come."""
        return self.is_open and (self.closes_at is None or clock.now() < self.closes_at)

    @property
    def open_url(self) -> str:
        """The address for everybody; empty where there is none."""
        return reverse("surveys:open_answer", args=[self.open_token]) if self.open_token else ""

    @property
    def shown_title(self) -> str:
        return in_words(self.title, self.title_en)

    @property
    def shown_intro(self) -> str:
        return in_words(self.intro, self.intro_en)

    def reminder_key(self, number: int) -> str:
        """The key of the duty to remind for the first or the second time."""
        return f"surveys.remind:{self.pk}:{number}"


def is_english() -> bool:
    """Whether the page is read in English."""
    return (get_language() or "").startswith("en")


def in_words(text: str, english: str) -> str:
    """A text as the page's language has it; the Chinese one where no English was written."""
    return english if english and is_english() else text


class QuestionKind(models.TextChoices):
    SCALE = "scale", pgettext_lazy("question", "Scale")
    ONE = "one", pgettext_lazy("question", "One of several")
    SEVERAL = "several", pgettext_lazy("question", "Several of several")
    TEXT = "text", pgettext_lazy("question", "Free text")


class Section(models.TextChoices):
    """What a question is about (003 五(一)). Scales count towards the score unless they ask for business intention."""

    OVERALL = "overall", pgettext_lazy("survey section", "Overall")
    CONTENT = "content", pgettext_lazy("survey section", "Content")
    ORGANISATION = "organisation", pgettext_lazy("survey section", "Organisation")
    SERVICE = "service", pgettext_lazy("survey section", "Service")
    INTENTION = "intention", pgettext_lazy("survey section", "Business intention")
    OTHER = "other", pgettext_lazy("survey section", "Other")


COUNTING = frozenset({Section.OVERALL, Section.CONTENT, Section.ORGANISATION, Section.SERVICE})
"""Sections whose scales make the satisfaction score (EVA-03)."""
TOPS = (5, 10)
"""Scales go from 1 to one of these."""


class Question(models.Model):
    """One question. `options` are `{"key", "zh", "en"}`; `shown_if` is an earlier question, asked with one of the answers
    `shown_if_values` (keys of options, or marks of a scale).
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    kind = models.CharField(pgettext_lazy("survey", "kind of answer"), max_length=8, choices=QuestionKind)
    section = models.CharField(
        pgettext_lazy("survey", "about"), max_length=12, choices=Section, default=Section.OVERALL
    )
    text = models.CharField(pgettext_lazy("survey", "question"), max_length=200)
    text_en = models.CharField(pgettext_lazy("survey", "question in English"), max_length=260, blank=True)
    top = models.PositiveSmallIntegerField(_("highest mark"), null=True, blank=True)
    low = models.CharField(_("words at the lowest mark"), max_length=40, blank=True)
    low_en = models.CharField(max_length=60, blank=True)
    high = models.CharField(_("words at the highest mark"), max_length=40, blank=True)
    high_en = models.CharField(max_length=60, blank=True)
    options = models.JSONField(pgettext_lazy("survey", "answers to choose from"), default=list, blank=True)
    is_required = models.BooleanField(pgettext_lazy("survey", "must be answered"), default=False)
    shown_if = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="followers")
    shown_if_values = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("survey", "question")
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="survey_question_has_text"),
            models.CheckConstraint(
                condition=Q(kind="scale", top__in=TOPS) | (~Q(kind="scale") & Q(top=None)),
                name="survey_scale_has_top",
            ),
            models.CheckConstraint(
                condition=Q(shown_if=None) | ~Q(shown_if=F("id")), name="survey_question_not_after_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def key(self) -> str:
        """Under which its answer is kept."""
        return str(self.pk)

    @property
    def counts(self) -> bool:
        """Whether its marks make the score."""
        return self.kind == QuestionKind.SCALE and self.section in COUNTING

    @property
    def marks(self) -> range:
        """The marks of a scale, lowest first."""
        return range(1, (self.top or 0) + 1)

    @property
    def shown_text(self) -> str:
        return in_words(self.text, self.text_en)

    @property
    def shown_low(self) -> str:
        return in_words(self.low, self.low_en)

    @property
    def shown_high(self) -> str:
        return in_words(self.high, self.high_en)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Keys and words of what may be chosen: options, or marks."""
        if self.kind == QuestionKind.SCALE:
            return [(str(mark), str(mark)) for mark in self.marks]
        return [(option["key"], in_words(option["zh"], option.get("en", ""))) for option in self.options]

    def worded(self, value: Any) -> str:
        """An answer in words."""
        words: Mapping[str, str] = dict(self.choices)
        if isinstance(value, list):
            return listed(words.get(str(one), str(one)) for one in value)
        if self.kind == QuestionKind.SCALE:
            return f"{value} / {self.top}"
        return words.get(str(value), str(value))
