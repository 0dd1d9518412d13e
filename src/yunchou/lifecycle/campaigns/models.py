"""The campaign itself. Its tables (goals, creative plan, …) are in `tables.py`, their rows in the rooms that own them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import cast

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.metrics.figures import shown
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.sheets.models import TableRow
from yunchou.kernel.sheets.persons import person_key, person_name
from yunchou.kernel.sheets.values import Comparator, Figure
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.planning.models import Item as PlanItem

from .permissions import Perm


class Status(models.TextChoices):
    """The life of a campaign (TYP-10). A returned proposal is back in planning."""

    DRAFT = "draft", _("Draft")
    PLANNING = "planning", _("Planning")
    IN_APPROVAL = "in_approval", _("In approval")
    APPROVED = "approved", _("Approved")
    PREPARING = "preparing", _("Preparing")
    RUNNING = "running", pgettext_lazy("campaign status", "Running")
    CLOSED = "closed", _("Closed")
    EVALUATED = "evaluated", _("Evaluated")
    ARCHIVED = "archived", _("Archived")
    SUSPENDED = "suspended", _("Suspended")
    CANCELLED = "cancelled", _("Cancelled")


class Kind(models.TextChoices):
    """Kinds differ in mandatory parts and route (TYP-11)."""

    MARKETING = "marketing", _("Marketing campaign")
    CUSTOMER = "customer", _("Customer event")
    HIGH_END = "high_end", _("High-end client event")
    PR = "pr", _("Public relations event")
    PROMOTION = "promotion", _("Promotion")
    TARGETED = "targeted", _("Targeted campaign")


SHORT_KINDS = {
    Kind.MARKETING: pgettext_lazy("short", "Marketing"),
    Kind.CUSTOMER: pgettext_lazy("short", "Customer"),
    Kind.HIGH_END: pgettext_lazy("short", "High-end"),
    Kind.PR: pgettext_lazy("short", "PR"),
    Kind.PROMOTION: pgettext_lazy("short", "Promotion"),
    Kind.TARGETED: pgettext_lazy("short", "Targeted"),
}


class Audience(models.TextChoices):
    """The standard audience categories (TYP-02, TYP-08); a company keeps more beside them, see `categories`."""

    CUSTOMER = "customer", _("Existing customers")
    DEAL = "deal", _("Prospects about to sign")
    EMPLOYEE = "employee", _("Employees")
    MEDIA = "media", _("Media partners")
    OWNER = "owner", _("Property owners")
    PROSPECTIVE = "to_own", _("Prospective owners")
    SUPPLIER = "supplier", _("Suppliers")


class SceneKind(models.TextChoices):
    """What the scene of a campaign is tied to (GOA-01)."""

    STAGE = "stage", _("Customer life cycle")
    OCCASION = "occasion", _("Market occasion")


# The criteria of R-TYP-01 as pages name them beside the flag (TYP-09).
LARGE_BECAUSE = {
    "people": _("attendance"),
    "cost": pgettext_lazy("criterion", "cost"),
    "joint": _("cost together with campaigns like it"),
    "coordination": _("company-level coordination"),
    "brand": _("brand relation"),
}

# What a person confirms of a high-end event before it is sent (TYP-11).
PRINCIPLES = ("client_oriented", "professional", "safe", "cost_effective")

UNARCHIVED = ~Q(status__in=[Status.ARCHIVED, Status.CANCELLED])


class CampaignQuerySet(ScopedQuerySet):
    def whole(self, pk: int) -> Campaign:
        """One campaign with its subject and unit."""
        campaign: Campaign = self.select_related("subject__unit").get(pk=pk)
        return campaign

    def unarchived(self) -> CampaignQuerySet:
        """Those that are neither archived nor cancelled."""
        return self.filter(UNARCHIVED)


class Campaign(models.Model):
    """A planned set of touch-points with one owner and one budget; a customer event is one that has guests (TYP-01).

    Its primary key is its subject's, so every room that serves subjects speaks of the same number.
    """

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="campaign")
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.MARKETING)
    audience = models.CharField(_("audience category"), max_length=12, blank=True)
    audience_note = models.CharField(_("audience"), max_length=120, blank=True)
    forms = models.JSONField(_("forms"), default=list, blank=True)
    purposes = models.JSONField(_("strategic purposes"), default=list, blank=True)
    scene = models.CharField(_("scene"), max_length=60, blank=True)
    # What the words of the scene stand for: a point of the life cycle by name, an occasion by its key and day.
    scene_kind = models.CharField(max_length=8, choices=SceneKind, blank=True, editable=False)
    scene_key = models.CharField(max_length=60, blank=True, editable=False)
    scene_on = models.DateField(null=True, editable=False)
    value_statement = models.TextField(_("value in numbers"), blank=True)
    period = models.CharField(_("period"), max_length=30, blank=True)
    frame = models.JSONField(null=True, editable=False)
    start_on = models.DateField(_("start"), null=True, blank=True)
    warm_up_on = models.DateField(_("warm-up starts"), null=True, blank=True)
    end_on = models.DateField(_("end"), null=True, blank=True)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("overall lead"))
    expected_people = models.PositiveIntegerField(_("expected attendance"), null=True, blank=True)
    is_cross_department = models.BooleanField(_("needs company-level coordination"), null=True, blank=True)
    is_brand_related = models.BooleanField(_("directly brand-related"), null=True, blank=True)
    is_strategic = models.BooleanField(_("strategic activity"), null=True, blank=True)
    principles = models.JSONField(_("principles confirmed"), default=list, blank=True, editable=False)
    is_large = models.BooleanField(_("large event"), default=False, editable=False)
    large_because = models.JSONField(default=list, editable=False)
    plan_item = models.CharField(_("plan item"), max_length=120, blank=True)
    plan_item_ref = models.ForeignKey(
        PlanItem, models.PROTECT, null=True, blank=True, related_name="campaigns", editable=False
    )
    out_of_plan = models.BooleanField(_("out of plan"), default=True, editable=False)
    out_of_plan_reason = models.TextField(_("why outside the plan"), blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False
    )
    status_before = models.CharField(max_length=12, choices=Status, blank=True, editable=False)
    is_returned = models.BooleanField(default=False, editable=False)
    history_until = models.DateField(null=True, blank=True, editable=False)
    given = models.JSONField(default=dict, editable=False)
    extra = models.JSONField(default=dict, editable=False)
    heirs = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ("-start_on", "-subject_id")
        verbose_name = _("campaign")
        indexes = [
            models.Index(fields=["status", "start_on"], name="campaign_status_start"),
            models.Index(fields=["status", "subject"], name="campaign_status"),
            models.Index(fields=["start_on", "end_on"], name="campaign_period"),
            models.Index(fields=["warm_up_on"], name="campaign_warm_up"),
            models.Index(fields=["end_on"], name="campaign_end"),
            models.Index(fields=["subject"], name="campaign_returned", condition=Q(is_returned=True)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(start_on__isnull=True) | Q(end_on__isnull=True) | Q(end_on__gte=F("start_on")),
                name="campaign_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("campaigns:campaign_detail", args=[self.pk])

    @property
    def days(self) -> int | None:
        """Length in days, both ends counted."""
        return (
            (self.end_on - self.start_on + timedelta(days=1)).days if self.start_on and self.end_on else None
        )

    @property
    def home(self) -> Unit:
        """Where it belongs as lists show it: the region or group above a department."""
        unit = self.subject.unit
        return unit.parent if unit.kind == Unit.Kind.DEPARTMENT and unit.parent else unit

    @property
    def short_kind(self) -> str:
        """The kind in one word, for columns."""
        return str(SHORT_KINDS[Kind(self.kind)])

    @property
    def large_criteria(self) -> list[str]:
        """Which criteria of R-TYP-01 made it large, in words (TYP-09)."""
        return [str(LARGE_BECAUSE[key]) for key in self.large_because if key in LARGE_BECAUSE]

    @property
    def is_editable(self) -> bool:
        """Whether the proposal may be changed without asking anybody."""
        return self.status in {Status.DRAFT, Status.PLANNING}


# Measurable and time-bound are computed from the row; these three only a person can judge.
SMART_BOXES = ("is_specific", "is_attainable", "is_relevant")


class Goal(TableRow):
    """A row of the goal table (GOA-03). The numbers it stands for are its `GoalIndicator`s."""

    dimension = models.CharField(_("dimension"), max_length=60)
    description = models.TextField(_("description"), blank=True)
    metrics = models.JSONField(pgettext_lazy("goal", "indicators"), default=list)
    targets = models.JSONField(_("targets"), default=list)
    data_sources = models.JSONField(_("data sources"), default=list)
    owner = person_key()
    owner_name = person_name()
    due_working_days = models.PositiveSmallIntegerField(
        _("working days after the end"), null=True, blank=True
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    # Of a deadline that follows the end: the day it comes to, and the day it came to before the end was moved.
    follows_on = models.DateField(null=True, editable=False)
    moved_from = models.DateField(null=True, editable=False)
    remark = models.TextField(_("remark"), blank=True)
    is_specific = models.BooleanField(_("specific"), default=False)
    is_attainable = models.BooleanField(_("attainable"), default=False)
    is_relevant = models.BooleanField(_("relevant"), default=False)

    class Meta(TableRow.Meta):
        verbose_name = _("goal")

    def __str__(self) -> str:
        return self.dimension

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """The SMART boxes that a person has still to tick (R-GOA-01)."""
        return tuple(box for box in SMART_BOXES if not getattr(self, box))

    @property
    def ticked(self) -> list[str]:
        """Those that somebody has ticked."""
        return [box for box in SMART_BOXES if getattr(self, box)]


class GoalIndicator(models.Model):
    """One number of a goal, kept apart with comparator, unit, and whether it is growth and against which base (GOA-05)."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="indicators")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(_("indicator"), max_length=80)
    comparator = models.CharField(max_length=2, default=">=")
    value = models.DecimalField(_("target"), max_digits=18, decimal_places=4)
    unit = models.CharField(pgettext_lazy("indicator", "unit"), max_length=12, blank=True)
    is_growth = models.BooleanField(default=False)
    is_decline = models.BooleanField(default=False)
    base = models.CharField(_("base period"), max_length=40, blank=True)
    base_value = models.DecimalField(_("base value"), max_digits=18, decimal_places=4, null=True, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.CheckConstraint(condition=Q(value__gte=Decimal(0)), name="goal_target_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.comparator} {self.value}{self.unit}"

    @property
    def figure(self) -> Figure:
        """The number as a figure, without the indicator's name."""
        return Figure(
            self.value.normalize(),
            self.unit,
            cast(Comparator, self.comparator),
            change="up" if self.is_growth else "down" if self.is_decline else "",
            base=self.base,
            base_value=self.base_value,
        )

    @property
    def shown(self) -> str:
        """`≥500 万 次`, as narrow cells have it."""
        return shown(self.figure, sign=True)


class CreativeModule(TableRow):
    """A row of the creative table: theme, form, channel mix or content plan, each with an alternative (CRE-02, CRE-03)."""

    module = models.CharField(_("module"), max_length=30)
    design_point = models.TextField(_("design point"), blank=True)
    content = models.TextField(pgettext_lazy("module", "content"), blank=True)
    alternative = models.TextField(_("alternative"), blank=True)
    owner = person_key()
    owner_name = person_name()
    due_on = models.DateField(_("due"), null=True, blank=True)

    class Meta(TableRow.Meta):
        verbose_name = _("creative module")

    def __str__(self) -> str:
        return self.module


from .aim_models import Aim  # noqa: E402, F401 - one room, one set of models
from .audience_models import AudienceCategory  # noqa: E402, F401 - one room, one set of models
from .change_models import Change  # noqa: E402, F401 - one room, one set of models
from .import_models import ImportRun  # noqa: E402, F401 - one room, one set of models
