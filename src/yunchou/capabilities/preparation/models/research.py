"""What clients want, gathered before an event is planned 需求调研, again and again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..permissions import Perm


class Source(models.TextChoices):
    """Where it was learned (003 二(一))."""

    CRM = "crm", pgettext_lazy("research", "CRM data")
    SURVEY = "survey", pgettext_lazy("research", "Questionnaire")
    INTERVIEW = "interview", pgettext_lazy("research", "Interviews")


FINDINGS = ("interests", "topics", "form", "content", "timing", "place")
"""What is asked for, by field."""


class Research(models.Model):
    """One round of collection in a unit. With `every_months` the next round is owed in time."""

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="needs_research")
    title = models.CharField(_("research"), max_length=120)
    sources = models.JSONField(pgettext_lazy("preparation", "sources"), default=list)
    audience = models.CharField(_("whose needs"), max_length=120)
    from_on = models.DateField(pgettext_lazy("preparation", "from"))
    until_on = models.DateField(pgettext_lazy("preparation", "until"))
    people = models.PositiveIntegerField(_("people heard"))
    interests = models.TextField(_("interests"), blank=True)
    topics = models.TextField(_("hot topics"), blank=True)
    form = models.TextField(_("form wished for"), blank=True)
    content = models.TextField(_("content wished for"), blank=True)
    timing = models.TextField(_("time wished for"), blank=True)
    place = models.TextField(_("place wished for"), blank=True)
    keeper = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person in charge"))
    every_months = models.PositiveSmallIntegerField(_("repeated every"), null=True)
    next_on = models.DateField(_("next round by"), null=True, editable=False)
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="followed_by")
    uses = models.ManyToManyField(Subject, through="ResearchUse", related_name="+")
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("needs research")
        ordering = ["-until_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=models.F("from_on")), name="research_period"),
            models.CheckConstraint(condition=Q(people__gt=0), name="research_heard_somebody"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("preparation:research_detail", args=[self.pk])

    @property
    def duty_key(self) -> str:
        """The key of the duty to gather it again."""
        return f"preparation.research:{self.pk}"

    @property
    def source_words(self) -> list[str]:
        """The sources in words, in their order."""
        return [str(source.label) for source in Source if source in self.sources]

    @property
    def missing(self) -> list[str]:
        """Which of the six questions nobody answered."""
        return [name for name in FINDINGS if not getattr(self, name).strip()]

    @property
    def answers(self) -> list[tuple[str, str]]:
        """What was learned: the question in words, and the answer."""
        return [(str(self._meta.get_field(name).verbose_name), getattr(self, name)) for name in FINDINGS]  # type: ignore[union-attr]


class ResearchUse(models.Model):
    """A research is attached to the plan of an activity."""

    research = models.ForeignKey(Research, models.CASCADE, related_name="links")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    attached_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    attached_at = models.DateTimeField()

    class Meta:
        verbose_name = _("attached research")
        constraints = [models.UniqueConstraint(fields=["research", "subject"], name="research_attached_once")]

    def __str__(self) -> str:
        return f"{self.research} – {self.subject}"
