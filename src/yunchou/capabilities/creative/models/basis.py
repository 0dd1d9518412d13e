"""What plans rest on: channels by audience, forms of activities, audience profiles and competitor analyses."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.models import Grade
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject


class AudienceGroup(models.Model):
    """A group of people, the words by which plans call it, and the channels on which it is active (CRE-05)."""

    name = models.CharField(_("audience group"), max_length=40, unique=True)
    words = models.JSONField(_("called by"), default=list)
    channels = models.JSONField(_("active channels"), default=list)
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("audience group")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def is_meant_by(self, audience: str) -> bool:
        """Whether an audience, as a plan words it, is of this group."""
        return any(word and word in audience for word in (self.name, *self.words))


class ActivityForm(models.Model):
    """A form that an activity can have, combined with others (CRE-04).

    One for high-end events may ask for a higher client grade than these do anyway (TYP-07). Standard ones stay on the list
    under their names, and go out of use at most; so does one with a grade, which goes on counting where it was chosen, while
    the grade stands.
    """

    name = models.CharField(pgettext_lazy("creative", "form"), max_length=40, unique=True)
    is_high_end = models.BooleanField(_("for high-end events"), default=False)
    lowest_grade = models.CharField(
        _("lowest client grade"), max_length=8, choices=Grade, blank=True, default=""
    )
    is_standard = models.BooleanField(default=False, editable=False)
    is_used = models.BooleanField(_("offered"), default=True)
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("form of activities")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lowest_grade="") | Q(is_high_end=True), name="grade_of_a_high_end_form"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def may_be_renamed(self) -> bool:
        """Whether it can be called otherwise: activities know it by its name, and with it would lose its grade."""
        return not self.is_standard and not self.lowest_grade

    @property
    def may_be_dropped(self) -> bool:
        """Whether it can be taken off the list; others go out of use."""
        return not self.is_standard and not self.lowest_grade


ASKED: Final = {
    "profile": ("age", "preferences", "habits"),
    "competitor": ("offer", "strengths", "weaknesses", "answer"),
}
"""What is told of each kind, by field."""


class Study(models.Model):
    """An audience profile, or the analysis of a competitor, as it stood on a day (CRE-01)."""

    class Kind(models.TextChoices):
        PROFILE = "profile", _("Audience profile")
        COMPETITOR = "competitor", _("Competitor analysis")

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("creative", "unit")
    )
    kind = models.CharField(pgettext_lazy("creative", "kind"), max_length=10, choices=Kind)
    name = models.CharField(_("whom it is about"), max_length=80)
    as_of = models.DateField(_("as of"))
    source = models.CharField(pgettext_lazy("creative", "source"), max_length=120)
    age = models.CharField(_("age"), max_length=120, blank=True)
    preferences = models.TextField(_("preferences"), blank=True)
    habits = models.TextField(_("spending habits"), blank=True)
    offer = models.TextField(_("what it offers"), blank=True)
    strengths = models.TextField(_("strengths"), blank=True)
    weaknesses = models.TextField(_("weaknesses"), blank=True)
    answer = models.TextField(_("our answer"), blank=True)
    kept_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("study")
        ordering = ["kind", "-as_of", "-pk"]
        indexes = [models.Index(fields=["unit", "kind", "-as_of"], name="study_of_unit")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="profile") & ~Q(age="") & ~Q(preferences="") & ~Q(habits=""))
                | (Q(kind="competitor") & ~Q(offer="") & ~Q(answer="")),
                name="study_says_what_it_must",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('creative:library')}#study-{self.pk}"

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What it tells: each in words, and what is said of it."""
        return [
            (str(self._meta.get_field(name).verbose_name), getattr(self, name))  # type: ignore[union-attr]
            for name in ASKED[self.kind]
            if getattr(self, name)
        ]


class StudyUse(models.Model):
    """A plan rests on a study."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="uses")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="study_uses")
    linked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    linked_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("study of a plan")
        ordering = ["study__kind", "pk"]
        constraints = [models.UniqueConstraint(fields=["study", "subject"], name="study_linked_once")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.study}"
