"""The rows of a plan's tables: parts, goals, shares of goals, projects, items."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.models import TableRow
from yunchou.kernel.sheets.persons import person_key, person_name

from ..documents import Aspect, Part


def amount(label: Any = "") -> models.DecimalField:  # type: ignore[type-arg]
    """A number that a goal is measured in."""
    return models.DecimalField(label, max_digits=18, decimal_places=4, null=True, blank=True)


class PartText(TableRow):
    """What a plan says on one aspect of one of its parts; the rows are laid down with the plan."""

    part = models.CharField(_("part"), max_length=20, choices=Part)
    aspect = models.CharField(_("aspect"), max_length=20, choices=Aspect)
    text = models.TextField(_("content"), blank=True)

    class Meta(TableRow.Meta):
        verbose_name = _("part of a plan")
        constraints = [models.UniqueConstraint(fields=["subject", "part", "aspect"], name="plan_aspect_once")]

    def __str__(self) -> str:
        return self.get_aspect_display()


class Goal(TableRow):
    """What is to be reached, measured by what, in the year, its quarters and its months (PLN-07, GOA-05)."""

    dimension = models.CharField(_("dimension"), max_length=60, blank=True)
    metric = models.CharField(_("metric"), max_length=80)
    description = models.TextField(_("description"), blank=True)
    is_additive = models.BooleanField(_("adds up"), null=True)
    comparator = models.CharField(_("comparator"), max_length=2, default=">=")
    unit = models.CharField(_("unit"), max_length=12, blank=True)
    is_growth = models.BooleanField(_("growth"), null=True)
    year_value = amount(_("year"))
    q1, q2, q3, q4 = amount(), amount(), amount(), amount()
    m1, m2, m3, m4, m5, m6 = amount(), amount(), amount(), amount(), amount(), amount()
    m7, m8, m9, m10, m11, m12 = amount(), amount(), amount(), amount(), amount(), amount()
    source = models.CharField(_("data source"), max_length=120, blank=True)
    strategy = models.CharField(_("strategic goal"), max_length=12, blank=True)
    owner = person_key()
    owner_name = person_name()
    due_on = models.DateField(_("due"), null=True, blank=True)
    confirmed = models.JSONField(_("confirmed"), default=list)

    class Meta(TableRow.Meta):
        verbose_name = _("goal of a plan")

    def __str__(self) -> str:
        return self.metric


class Share(TableRow):
    """A part of a goal that a team or a person has taken on (002 2.1)."""

    metric = models.CharField(_("metric"), max_length=80)
    team = models.CharField(_("team"), max_length=60, blank=True)
    owner = person_key()
    owner_name = person_name()
    value = amount(_("year"))
    q1, q2, q3, q4 = amount(), amount(), amount(), amount()

    class Meta(TableRow.Meta):
        verbose_name = _("share of a goal")

    def __str__(self) -> str:
        return f"{self.metric} {self.team}"


class ProjectLine(TableRow):
    """How a regional plan hangs together with one project: its sales plan and how far it has come (001 §5 ¶2)."""

    project = models.CharField(_("project"), max_length=60)
    sales_plan = models.CharField(_("overall sales plan"), max_length=120, blank=True)
    progress = models.CharField(_("progress"), max_length=120, blank=True)
    note = models.TextField(_("what follows for the activities"), blank=True)

    class Meta(TableRow.Meta):
        verbose_name = _("project of a plan")

    def __str__(self) -> str:
        return self.project


class Item(TableRow):
    """A line of the plan: a quarter, a month, a project, or something to be done. Its number says below which it stands."""

    code = models.CharField(_("number"), max_length=20)
    level = models.CharField(_("level"), max_length=10, blank=True)
    title = models.CharField(_("item"), max_length=120)
    kind = models.CharField(_("type"), max_length=20, blank=True)
    theme = models.CharField(_("theme"), max_length=120, blank=True)
    start_on = models.DateField(_("start"), null=True, blank=True)
    end_on = models.DateField(_("end"), null=True, blank=True)
    goal = models.CharField(_("goal"), max_length=160, blank=True)
    budget = YuanField(_("budget"), null=True, blank=True)
    owner = person_key()
    owner_name = person_name()
    resources = models.TextField(_("resources"), blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    # What became of it, beside the campaigns made from it.
    started_on = models.DateField(null=True, editable=False)
    done_on = models.DateField(null=True, editable=False)
    cancelled_on = models.DateField(null=True, editable=False)
    closing_note = models.TextField(blank=True, editable=False)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta(TableRow.Meta):
        verbose_name = _("plan item")
        constraints = [
            models.CheckConstraint(
                condition=Q(start_on__isnull=True) | Q(end_on__isnull=True) | Q(end_on__gte=F("start_on")),
                name="plan_item_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0), name="plan_item_budget"
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(cancelled_on__isnull=True), name="plan_item_one_end"
            ),
        ]
        indexes = [models.Index(fields=["subject", "due_on"], name="plan_item_due")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()

    @property
    def label(self) -> str:
        return f"{self.code} {self.title}".strip()

    @property
    def key(self) -> str:
        """The key of the duty to carry it out."""
        return f"planning.item:{self.pk}"
