"""The rows of a plan's tables: parts, goals, shares of goals, projects, items."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.core.money import yuan
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.models import TableRow
from yunchou.kernel.sheets.persons import person_key, person_name

from ..choices import Purpose, RiskKind, RiskState
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
    unit = models.CharField(pgettext_lazy("indicator", "unit"), max_length=12, blank=True)
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
    theme = models.CharField(pgettext_lazy("plan item", "theme"), max_length=120, blank=True)
    start_on = models.DateField(_("start"), null=True, blank=True)
    end_on = models.DateField(_("end"), null=True, blank=True)
    goal = models.CharField(_("goal"), max_length=160, blank=True)
    budget = YuanField(_("budget"), null=True, blank=True)
    owner = person_key()
    owner_name = person_name()
    resources = models.TextField(_("resources"), blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    participants = models.CharField(_("participants"), max_length=160, blank=True)
    effect = models.CharField(_("expected effect"), max_length=200, blank=True)
    likelihood = models.PositiveSmallIntegerField(_("likelihood of reaching it"), null=True, blank=True)
    dedicated = models.CharField(_("dedicated to"), max_length=12, choices=Purpose, blank=True)
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
            models.CheckConstraint(
                condition=Q(likelihood__isnull=True) | Q(likelihood__lte=100), name="plan_item_likelihood"
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


class Allocation(TableRow):
    """What of a budget is for one item of the chart of costs; the four views of X-19 follow from it (BUD-01)."""

    item = models.CharField(_("cost item"), max_length=20)
    amount = YuanField(_("amount"), null=True, blank=True)
    basis = models.CharField(_("basis"), max_length=200, blank=True)

    class Meta(TableRow.Meta):
        verbose_name = _("allocation of a budget")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="plan_allocation_amount"
            )
        ]

    def __str__(self) -> str:
        return self.item


class Effect(TableRow):
    """By what the effect of a budget is told: an indicator with its target and where its number comes from (BUD-01)."""

    indicator = models.CharField(_("effect indicator"), max_length=80)
    definition = models.CharField(_("how it is counted"), max_length=200, blank=True)
    base = amount(_("base"))
    target = amount(_("target"))
    unit = models.CharField(pgettext_lazy("indicator", "unit"), max_length=12, blank=True)
    source = models.CharField(_("data source"), max_length=120, blank=True)
    measured_on = models.DateField(_("measured on"), null=True, blank=True)

    class Meta(TableRow.Meta):
        verbose_name = _("effect indicator of a budget")

    def __str__(self) -> str:
        return self.indicator


class Risk(TableRow):
    """A risk to budget and cost with its answer and a cheaper alternative (BUD-28).

    The register lives on while the plan is in force: its reviews are kept beside it.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=RiskKind)
    title = models.CharField(_("risk"), max_length=160)
    likelihood = models.PositiveSmallIntegerField(_("likelihood"), null=True, blank=True)
    effect = YuanField(_("effect"), null=True, blank=True)
    response = models.TextField(_("response"), blank=True)
    alternative = models.TextField(_("cheaper alternative"), blank=True)
    saving = YuanField(_("saving"), null=True, blank=True)
    owner = person_key()
    owner_name = person_name()
    review_on = models.DateField(_("review"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=RiskState, default=RiskState.OPEN, editable=False)
    reviewed_on = models.DateField(null=True, editable=False)
    review_note = models.TextField(blank=True, editable=False)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta(TableRow.Meta):
        verbose_name = _("risk to budget and cost")
        constraints = [
            models.CheckConstraint(
                condition=Q(likelihood__isnull=True) | Q(likelihood__lte=100), name="plan_risk_likelihood"
            ),
            models.CheckConstraint(
                condition=Q(effect__isnull=True) | Q(effect__gte=0), name="plan_risk_effect"
            ),
            models.CheckConstraint(
                condition=Q(saving__isnull=True) | Q(saving__gte=0), name="plan_risk_saving"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_live(self) -> bool:
        """Whether it may still happen."""
        return self.state != RiskState.OVER

    @property
    def expected_loss(self) -> Decimal | None:
        """Effect by likelihood, in yuan."""
        if self.effect is None or self.likelihood is None:
            return None
        return yuan(self.effect * self.likelihood / 100)

    @property
    def key(self) -> str:
        """The key of the duty to look at it again."""
        return (
            f"planning.risk:{self.pk}:{self.review_on:%Y%m%d}"
            if self.review_on
            else f"planning.risk:{self.pk}"
        )
