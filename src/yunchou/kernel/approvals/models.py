"""Definitions with their routing rows, and cases with steps, tasks, copies and remarks.

A case is pinned to the version of the definition and to the version of the content it was opened with.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Position, Unit, User
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.models import Version

from .conditions import SINGLE, Condition, Kind, Reason, Row, StepSpec
from .registry import Approvable, definitions


class Definition(models.Model):
    """One version of the routes of one kind of approval; a new version never touches running cases."""

    key = models.CharField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    valid_from = models.DateField(default=clock.today)
    # As shipped; a later release may replace it. What a company changed stays.
    is_shipped = models.BooleanField(default=True)
    installed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "version"], name="definition_version_once")]
        ordering = ("key", "-version")

    def __str__(self) -> str:
        return f"{self.label} v{self.version}"

    @property
    def declared(self) -> Approvable:
        return definitions[self.key]

    @property
    def label(self) -> str | Promise:
        return self.declared.label


class RouteRow(models.Model):
    """One routing row of a definition, as data."""

    definition = models.ForeignKey(Definition, models.CASCADE, related_name="rows")
    order = models.PositiveSmallIntegerField()
    rule = models.CharField(max_length=12)
    clause = models.CharField(max_length=60)
    sentence = models.CharField(max_length=300)
    conditions = models.JSONField(default=list)
    steps = models.JSONField()

    class Meta:
        ordering = ("order",)
        constraints = [models.UniqueConstraint(fields=["definition", "order"], name="route_row_order_once")]

    def __str__(self) -> str:
        return f"{self.rule}: {self.sentence}"

    def as_row(self) -> Row:
        return Row(
            self.rule,
            self.clause,
            self.sentence,
            tuple(Condition(**condition) for condition in self.conditions),
            tuple(StepSpec(**step) for step in self.steps),
        )


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> CaseQuerySet:
        """Cases of which the person is assignee, initiator or copied, or whose subject he or she may see."""
        tasks = Task.objects.filter(step__case=OuterRef("pk"), assignee=user)
        copies = Copy.objects.filter(case=OuterRef("pk"), user=user)
        return self.filter(
            Q(initiator=user)
            | Exists(tasks)
            | Exists(copies)
            | Q(subject__in=visible_subjects(user).order_by().values("pk"))
        )

    def waiting_for(self, user: User) -> CaseQuerySet:
        """Cases that the person has to decide now."""
        waiting = (
            Task.objects.waiting()
            .filter(step__case=OuterRef("pk"), assignee=user)
            .exclude(step__kind=Kind.FILE)
        )
        return self.filter(Exists(waiting), state=Case.State.RUNNING)

    def decided_by(self, user: User) -> CaseQuerySet:
        done = Task.objects.filter(step__case=OuterRef("pk"), assignee=user, state=Task.State.DONE)
        return self.filter(Exists(done.exclude(step__kind=Kind.FILE)))

    def shown_to(self, user: User) -> CaseQuerySet:
        """Cases that came to the person as a copy or for the record."""
        copies = Copy.objects.filter(case=OuterRef("pk"), user=user)
        files = Task.objects.filter(step__case=OuterRef("pk"), assignee=user, step__kind=Kind.FILE)
        return self.filter(
            Exists(copies) | Exists(files.filter(state__in=[Task.State.WAITING, Task.State.DONE]))
        )


class Case(models.Model):
    """One approval of one version of one subject."""

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("approval", "In approval")
        APPROVED = "approved", pgettext_lazy("approval", "Approved")
        RETURNED = "returned", pgettext_lazy("approval", "Returned")
        REJECTED = "rejected", pgettext_lazy("approval", "Rejected")
        WITHDRAWN = "withdrawn", pgettext_lazy("approval", "Withdrawn")

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="cases")
    definition = models.ForeignKey(Definition, models.PROTECT, related_name="cases")
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    initiator = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("sent by"))
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    note = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    verdicts = models.JSONField(default=list)
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)
    # After a return: the step that returned it, to which a new case may come straight back.
    returned_from = models.ForeignKey("Step", models.SET_NULL, null=True, related_name="+")
    continues = models.ForeignKey("self", models.PROTECT, null=True, related_name="continued_by")
    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval case")
        indexes = [
            models.Index(fields=["subject", "-id"], name="case_of_subject"),
            models.Index(fields=["initiator", "-opened_at"], name="case_of_initiator"),
            models.Index(fields=["state", "-opened_at"], name="case_of_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(state="running"), name="case_running_once_per_subject"
            ),
            models.CheckConstraint(
                condition=Q(state="running", closed_at__isnull=True)
                | (~Q(state="running") & Q(closed_at__isnull=False)),
                name="case_closed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.subject.title

    def get_absolute_url(self) -> str:
        return reverse("approvals:case_detail", args=[self.pk])

    @property
    def code(self) -> str:
        return f"SP-{clock.local(self.opened_at).year}-{self.pk:04d}"

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING

    def as_reasons(self) -> list[Reason]:
        return [Reason.from_json(reason) for reason in self.reasons]

    def as_verdicts(self) -> list[Verdict]:
        return [Verdict.from_json(verdict) for verdict in self.verdicts]


class Step(models.Model):
    """One node of a case: what a position has to do. Steps of equal `order` run side by side."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("approval", "To come")
        OPEN = "open", pgettext_lazy("approval", "Now")
        DONE = "done", pgettext_lazy("approval", "Done")
        SKIPPED = "skipped", pgettext_lazy("approval", "Skipped")
        VOID = "void", pgettext_lazy("approval", "Void")

    case = models.ForeignKey(Case, models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    position = models.ForeignKey(Position, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(default=0)
    ratio = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reasons = models.JSONField(default=list)
    # Set on a signer who was added to a running case, by whom.
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("order", "id")
        indexes = [models.Index(fields=["case", "order"], name="step_of_case")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.position or ''}"

    @property
    def blocks(self) -> bool:
        """Whether the case waits for it; filing for the record holds nothing up (APR-11)."""
        return self.kind != Kind.FILE

    @property
    def is_single(self) -> bool:
        return self.kind in SINGLE

    def as_reasons(self) -> list[Reason]:
        return [Reason.from_json(reason) for reason in self.reasons]


class TaskQuerySet(models.QuerySet["Task"]):
    def waiting(self) -> TaskQuerySet:
        return self.filter(state=Task.State.WAITING)


class Task(models.Model):
    """What one person has to do for a step; `instead_of` is the holder for whom a deputy or delegate acts."""

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("approval", "To come")
        WAITING = "waiting", pgettext_lazy("approval", "Waiting")
        DONE = "done", pgettext_lazy("approval", "Done")
        SKIPPED = "skipped", pgettext_lazy("approval", "Not needed")
        VOID = "void", pgettext_lazy("approval", "Void")

    class Decision(models.TextChoices):
        APPROVED = "approved", pgettext_lazy("approval", "Agreed")
        RETURNED = "returned", pgettext_lazy("approval", "Returned")
        REJECTED = "rejected", pgettext_lazy("approval", "Rejected")
        ACKNOWLEDGED = "acknowledged", pgettext_lazy("approval", "On record")

    step = models.ForeignKey(Step, models.CASCADE, related_name="tasks")
    assignee = models.ForeignKey(User, models.PROTECT, related_name="approval_tasks")
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # Who handed the task over, where the route did not give it.
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    turn = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    decision = models.CharField(max_length=12, choices=Decision, blank=True)
    opinion = models.TextField(_("opinion"), blank=True)
    opened_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ("turn", "id")
        indexes = [models.Index(fields=["assignee", "state"], name="task_of_assignee")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", decided_at__isnull=False) & ~Q(decision="") & ~Q(digest="")
                | (~Q(state="done") & Q(decision="")),
                name="task_done_has_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignee}: {self.get_state_display()}"

    @property
    def duty_key(self) -> str:
        return f"approvals.task:{self.pk}"

    @property
    def took(self) -> timedelta | None:
        """From opening to decision."""
        return self.decided_at - self.opened_at if self.decided_at and self.opened_at else None


class Copy(models.Model):
    """Somebody is shown a case without deciding on it (抄送)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="copies")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    step = models.ForeignKey(Step, models.CASCADE, null=True, related_name="+")
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="copy_once")]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.user}"


class Remark(models.Model):
    """Something said on a case without deciding: a remark, a question to somebody, its answer, a reminder."""

    class Kind(models.TextChoices):
        REMARK = "remark", pgettext_lazy("approval", "Remark")
        QUESTION = "question", pgettext_lazy("approval", "Question")
        ANSWER = "answer", pgettext_lazy("approval", "Answer")
        URGE = "urge", pgettext_lazy("approval", "Reminder")

    case = models.ForeignKey(Case, models.CASCADE, related_name="remarks")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.REMARK)
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    to = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answers = models.ForeignKey("self", models.PROTECT, null=True, related_name="answered_by")
    text = models.TextField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return self.text[:40]


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def valid(self, definition: str) -> DelegationQuerySet:
        """In force today, for one definition or for all."""
        today = clock.today()
        return self.filter(
            definition__in=["", definition], valid_from__lte=today, valid_to__gte=today, to__is_active=True
        )


class Delegation(models.Model):
    """Somebody lets another person decide in his or her stead for some days; empty `definition` means everything."""

    user = models.ForeignKey(User, models.CASCADE, related_name="delegations")
    to = models.ForeignKey(User, models.CASCADE, related_name="+")
    definition = models.CharField(max_length=60, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField()
    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=models.F("valid_from")), name="delegation_period"
            ),
            models.CheckConstraint(condition=~Q(user=models.F("to")), name="delegation_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.to}"


def stored_reasons(reasons: Any) -> list[dict[str, Any]]:
    """Reasons as the database keeps them."""
    return [reason.to_json() for reason in reasons]
