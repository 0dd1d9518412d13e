"""Division of work and schedule of any subject. Positions count from 1; what people call T1 is the first task."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.models import TableRow
from yunchou.kernel.sheets.persons import person_key, person_name
from yunchou.kernel.sheets.values import TEAM

from ..matching import code_of
from ..states import Hold, Phase, State


class Owned(TableRow):
    """A row that one person answers for: somebody known, a name as it was given, or (wrongly) the whole team."""

    owner = person_key(verbose_name=_("owner"))
    owner_name = person_name()
    start_on = models.DateField(_("start"), null=True, blank=True)
    end_on = models.DateField(_("end"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, blank=True, default=State.NOT_STARTED)

    class Meta(TableRow.Meta):
        abstract = True

    def is_overdue(self, today: date) -> bool:
        """Its end has passed and it is not done (R-SCH-04)."""
        return self.state != State.DONE and self.end_on is not None and self.end_on < today

    @property
    def is_team(self) -> bool:
        """Was it given to everybody, 全团队?"""
        return self.owner_id is None and self.owner_name == TEAM.name

    @property
    def shown_owner(self) -> User | str | None:
        """The person, or the name as given."""
        return self.owner or self.owner_name or None


class Assignment(Owned):
    """Who does what to which standard (TEA-03)."""

    module = models.CharField(_("module"), max_length=40, blank=True)
    task = models.CharField(_("task"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    standard = models.TextField(_("delivery standard"), blank=True)
    assistants = models.JSONField(_("assistants"), default=list, blank=True)

    class Meta(Owned.Meta):
        verbose_name = _("assignment")
        indexes = [models.Index(fields=["subject", "position"], name="assignment_of_subject")]

    def __str__(self) -> str:
        return self.task


class Estimated(models.Model):
    """What a task asks for besides dates: a module, a delivery standard, and how many days it takes at best, likely, at worst."""

    module = models.CharField(_("module"), max_length=40, blank=True)
    standard = models.TextField(_("delivery standard"), blank=True)
    low_days = models.PositiveSmallIntegerField(_("days at best"), null=True, blank=True)
    likely_days = models.PositiveSmallIntegerField(_("days as a rule"), null=True, blank=True)
    high_days = models.PositiveSmallIntegerField(_("days at worst"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def points(self) -> tuple[int, int, int] | None:
        """The three durations, where all are given."""
        if self.low_days is None or self.likely_days is None or self.high_days is None:
            return None
        return self.low_days, self.likely_days, self.high_days


class GanttTask(Owned, Estimated):
    """One task of the schedule, with what was approved (baseline) beside what is planned and what happened (SCH-06).

    With offsets it hangs on the day of the event, in working days before (negative) and after it.
    """

    name = models.CharField(_("task"), max_length=120)
    days = models.PositiveSmallIntegerField(_("duration"), null=True, blank=True)
    predecessor_names = models.JSONField(_("predecessors"), default=list, blank=True)
    note = models.CharField(_("key-point note"), max_length=200, blank=True)
    phase = models.CharField(_("phase"), max_length=12, choices=Phase, default=Phase.PREPARATION)
    is_milestone = models.BooleanField(_("milestone"), default=False)
    progress = models.PositiveSmallIntegerField(_("progress"), default=0)
    baseline_start_on = models.DateField(_("baseline start"), null=True, editable=False)
    baseline_end_on = models.DateField(_("baseline end"), null=True, editable=False)
    started_on = models.DateField(_("begun"), null=True, editable=False)
    done_on = models.DateField(_("done"), null=True, editable=False)
    start_offset = models.SmallIntegerField(null=True, editable=False)
    end_offset = models.SmallIntegerField(null=True, editable=False)
    override_reason = models.CharField(
        _("reason of the override"), max_length=200, blank=True, editable=False
    )
    overridden_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    # Decided while the plan was carried out, and no row of it: see `beside`.
    is_beside = models.BooleanField(default=False, editable=False)

    class Meta(Owned.Meta):
        verbose_name = _("task")
        indexes = [
            models.Index(fields=["subject", "position"], name="task_of_subject"),
            models.Index(fields=["owner", "end_on"], name="task_of_owner"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="task_progress_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def code(self) -> str:
        """`T1` for the first task of its subject."""
        return code_of(self.position - 1)


class Dependency(models.Model):
    """`task` waits for `predecessor`. `given` is how the predecessor was written; a person who mapped it is `chosen_by`.

    `kind` and `lag` (days of the schedule's calendar) are what `given` says of how the one holds the other.
    """

    task = models.ForeignKey(GanttTask, models.CASCADE, related_name="waits_for")
    predecessor = models.ForeignKey(GanttTask, models.CASCADE, related_name="awaited_by")
    kind = models.CharField(max_length=2, choices=Hold, default=Hold.FINISH_START)
    lag = models.SmallIntegerField(default=0)
    given = models.CharField(max_length=120, blank=True)
    chosen_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    chosen_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("dependency")
        constraints = [
            models.UniqueConstraint(fields=["task", "predecessor"], name="dependency_once"),
            models.CheckConstraint(condition=~Q(task=F("predecessor")), name="dependency_not_self"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.task_id}"
