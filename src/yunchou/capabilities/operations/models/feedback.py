"""What people say of an activity, in social media and on the site (RPT-06)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject


class Tone(models.TextChoices):
    """How something is meant."""

    POSITIVE = "positive", pgettext_lazy("tone", "Positive")
    NEUTRAL = "neutral", pgettext_lazy("tone", "Neutral")
    NEGATIVE = "negative", pgettext_lazy("tone", "Negative")


class Place(models.TextChoices):
    """Where it was said."""

    SOCIAL = "social", pgettext_lazy("feedback", "Social media")
    SITE = "site", pgettext_lazy("feedback", "On site")


class Feedback(models.Model):
    """An opinion of one day in a channel, and how many said so. It stays as it was written down."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    day = models.DateField(_("date"))
    place = models.CharField(_("said"), max_length=8, choices=Place, default=Place.SOCIAL)
    channel = models.CharField(_("channel"), max_length=40)
    tone = models.CharField(_("tone"), max_length=8, choices=Tone)
    text = models.CharField(_("opinion"), max_length=400)
    count = models.PositiveIntegerField(_("how many"), default=1)
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("opinion")
        ordering = ["-day", "-pk"]
        indexes = [models.Index(fields=["subject", "-day"], name="feedback_of_subject")]
        constraints = [models.CheckConstraint(condition=models.Q(count__gte=1), name="feedback_counts")]

    def __str__(self) -> str:
        return self.text
