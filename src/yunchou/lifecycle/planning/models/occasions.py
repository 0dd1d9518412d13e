"""Occasions that units add to the calendar, and standard ones that the company does not use (PLN-14)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User


class RuleKind(models.TextChoices):
    """How the day of an occasion is found."""

    FIXED = "fixed", _("Every year on a day")
    LUNAR = "lunar", _("Every year on a lunar day")
    TERM = "term", _("Every year at a solar term")
    WEEKDAY = "weekday", _("Every year on the n-th weekday of a month")
    MONTHLY = "monthly", _("Every month")
    DATES = "dates", _("Once, on the days entered")


class Promotion(models.TextChoices):
    """Regular kinds of promotion (002 §6), and what else companies are seen at (004 二(一))."""

    HOLIDAY = "holiday", _("Holiday promotion")
    LAUNCH = "launch", _("New product launch")
    LIMITED = "limited", _("Limited-time discount")
    FAIR = "fair", _("Trade fair")
    MEMBER = "member", _("Member day")


class Occasion(models.Model):
    """A day or stretch of days around which a unit promotes. The group's are there for all, a region's for the region.

    `before` and `after` are the days around it that belong to it. `kind` decides which of the columns below it say when.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    name = models.CharField(_("name"), max_length=60)
    promotion = models.CharField(_("kind of promotion"), max_length=10, choices=Promotion, blank=True)
    kind = models.CharField(_("rule"), max_length=10, choices=RuleKind)
    month = models.PositiveSmallIntegerField(_("month"), null=True, blank=True)
    day = models.PositiveSmallIntegerField(pgettext_lazy("day of a month", "day"), null=True, blank=True)
    nth = models.SmallIntegerField(_("which"), null=True, blank=True)
    weekday = models.PositiveSmallIntegerField(_("weekday"), null=True, blank=True)
    term = models.CharField(_("solar term"), max_length=4, blank=True)
    start_on = models.DateField(_("first day"), null=True, blank=True)
    end_on = models.DateField(_("last day"), null=True, blank=True)
    before = models.PositiveSmallIntegerField(_("days before"), default=0)
    after = models.PositiveSmallIntegerField(_("days after"), default=0)
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("occasion")
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on__isnull=True) | Q(end_on__gte=F("start_on")),
                name="occasion_ends_after_start",
            ),
            models.CheckConstraint(condition=Q(before__lte=60) & Q(after__lte=60), name="occasion_is_short"),
        ]

    def __str__(self) -> str:
        return self.name


class HiddenOccasion(models.Model):
    """A standard occasion that the company does not use."""

    key = models.SlugField(max_length=30, unique=True)
    hidden_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    hidden_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("occasion not used")

    def __str__(self) -> str:
        return self.key
