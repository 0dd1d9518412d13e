"""Risks of a subject, what is prepared for them, and the responses to those that came true."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.work.models import GanttTask
from yunchou.capabilities.work.states import State as TaskState
from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.models import TableRow
from yunchou.kernel.sheets.persons import person_key, person_name

from .library import Comparator, LibraryRisk, Triggered, Watch, Wish

__all__ = [
    "Comparator",
    "Measure",
    "PreparedResource",
    "Risk",
    "RiskResponse",
    "Triggered",
    "Watch",
    "Wish",
    "grade_word",
]


class Risk(Triggered, TableRow):
    """A foreseen risk (RSK-01) with what sets it off (RSK-02): by hand, or tested by the system.

    `extra_amount` is what the response may spend without a new approval, in yuan. `tested_at` is when a trigger by a task
    was last found not to be met.
    """

    class State(models.TextChoices):
        IDLE = "idle", pgettext_lazy("risk", "Not set off")
        TRIGGERED = "triggered", pgettext_lazy("risk", "Set off")
        RESPONDING = "responding", pgettext_lazy("risk", "Responding")
        CLOSED = "closed", pgettext_lazy("risk", "Closed")

    scenario = models.CharField(_("scenario"), max_length=80)
    likelihood = models.PositiveSmallIntegerField(_("likelihood"), null=True, blank=True)
    impact = models.PositiveSmallIntegerField(_("impact"), null=True, blank=True)
    responses = models.JSONField(_("response"), default=list, blank=True)
    owner = person_key(verbose_name=_("responsible"))
    owner_name = person_name()
    trigger = models.CharField(_("trigger"), max_length=200, blank=True)
    on = models.DateField(_("day"), null=True, blank=True)
    # The task of a trigger; `task_name` is how it was called, should it be gone.
    task = models.ForeignKey(GanttTask, models.SET_NULL, null=True, blank=True, related_name="+")
    task_name = models.CharField(max_length=120, blank=True, editable=False)
    tested_at = models.DateTimeField(null=True, editable=False)
    copied_from = models.ForeignKey(
        LibraryRisk, models.SET_NULL, null=True, related_name="copies", editable=False
    )
    extra_amount = models.DecimalField(
        _("pre-approved amount"), max_digits=14, decimal_places=2, default=Decimal("0.00"), editable=False
    )
    # The same as it was approved with the plan, for which alone money is drawn; None until then (R-RSK-05).
    preapproved = models.DecimalField(
        _("approved with the plan"), max_digits=14, decimal_places=2, null=True, editable=False
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.IDLE, editable=False)
    triggered_at = models.DateTimeField(_("set off"), null=True, editable=False)

    class Meta(TableRow.Meta):
        verbose_name = _("risk")
        indexes = [
            models.Index(fields=["subject", "position"], name="risk_of_subject"),
            models.Index(fields=["state", "watch"], name="risk_to_test"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="idle") | Q(triggered_at__isnull=False), name="risk_set_off_has_time"
            ),
            models.CheckConstraint(
                condition=Q(indicator="") | Q(value__isnull=False) & ~Q(comparator=""),
                name="risk_trigger_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.scenario

    @property
    def score(self) -> int | None:
        """Likelihood times impact (R-RSK-01)."""
        return None if self.likelihood is None or self.impact is None else self.likelihood * self.impact

    @property
    def is_structured(self) -> bool:
        """Does the system test its trigger?"""
        return self.watch != Watch.MANUAL

    @property
    def is_open(self) -> bool:
        """Was it set off, and the response is not closed?"""
        return self.state in {self.State.TRIGGERED, self.State.RESPONDING}

    @property
    def shown_owner(self) -> User | str | None:
        """The person, or the name as given."""
        return self.owner or self.owner_name or None


class PreparedResource(models.Model):
    """What stands ready for a response: a backup venue, supplier or equipment (RSK-04). The contact is for the team only."""

    class Kind(models.TextChoices):
        VENUE = "venue", pgettext_lazy("resource", "Backup venue")
        SUPPLIER = "supplier", pgettext_lazy("resource", "Backup supplier")
        EQUIPMENT = "equipment", pgettext_lazy("resource", "Backup equipment")
        OTHER = "other", pgettext_lazy("resource", "Other resource")

    risk = models.ForeignKey(Risk, models.CASCADE, related_name="resources")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.VENUE)
    name = models.CharField(_("name"), max_length=80)
    supplier = models.ForeignKey(
        Supplier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("supplier")
    )
    contact = models.CharField(pgettext_lazy("resource", "contact"), max_length=120, blank=True)
    note = models.CharField(_("agreed"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("prepared resource")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class RiskResponse(models.Model):
    """One time that a risk came true, and what was done (RSK-03, RSK-07). `action` gathers lines as people report."""

    risk = models.ForeignKey(Risk, models.CASCADE, related_name="log")
    opened_at = models.DateTimeField(_("opened"), default=clock.now)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(_("due"), null=True)
    problem = models.TextField(_("what happened"), blank=True)
    agreed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agreed by")
    )
    action = models.TextField(_("action"), blank=True)
    result = models.TextField(_("result"), blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("response")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["risk"], condition=Q(closed_at__isnull=True), name="risk_one_open_response"
            )
        ]

    def __str__(self) -> str:
        return f"{self.risk} {clock.local(self.opened_at):%Y-%m-%d %H:%M}"

    def is_over_limit(self, now: datetime) -> bool:
        """It is open and its time has passed (R-RSK-04)."""
        return self.closed_at is None and self.due_at is not None and self.due_at < now


class Measure(models.Model):
    """A prepared measure of an open response: somebody's, with its own time limit, as a task in the schedule (RSK-03)."""

    response = models.ForeignKey(RiskResponse, models.CASCADE, related_name="measures")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("measure"), max_length=400)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("responsible")
    )
    due_at = models.DateTimeField(_("due"), null=True)
    task = models.ForeignKey(GanttTask, models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("measure")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.text

    @property
    def is_done(self) -> bool:
        """Was it said to be done, here or in the schedule?"""
        return self.done_at is not None or (self.task is not None and self.task.state == TaskState.DONE)

    def is_over_limit(self, now: datetime) -> bool:
        return not self.is_done and self.due_at is not None and self.due_at < now


GRADE_WORDS = {
    3: pgettext_lazy("grade", "high"),
    2: pgettext_lazy("grade", "medium"),
    1: pgettext_lazy("grade", "low"),
}


def grade_word(grade: int | None) -> str | Promise:
    """High, medium or low, which the risk table writes 高, 中, 低; a dash where nobody assessed it."""
    return GRADE_WORDS.get(grade or 0, "—")
