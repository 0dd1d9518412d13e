"""Definitions with their routing rows, and cases with steps, tasks, copies and remarks.

A case is pinned to the version of the definition and to the version of the content it was opened with.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Position, Unit, User
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.models import Version

from .conditions import SINGLE, Condition, Kind, Reason, Row, StepSpec
from .registry import Approvable, definitions


class DefinitionQuerySet(models.QuerySet["Definition"]):
    def in_force(self, key: str, day: date | None = None) -> DefinitionQuerySet:
        """The versions that have come into force by a day (today), the one that holds first."""
        found = self.filter(key=key, valid_from__lte=day or clock.today())
        return found.order_by("-valid_from", "-version")


class Definition(models.Model):
    """One version of the routes of one kind of approval; a new version never touches running cases."""

    key = models.CharField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    valid_from = models.DateField(default=clock.today)
    # As shipped; a later release may replace it. What a company changed stays.
    is_shipped = models.BooleanField(default=True)
    installed_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    objects = DefinitionQuerySet.as_manager()

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
    watches = models.JSONField(default=list)

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
            tuple(self.watches),
        )

    @classmethod
    def of(cls, definition: Definition, order: int, row: Row) -> RouteRow:
        """The row as the database keeps it, unsaved."""
        return cls(
            definition=definition,
            order=order,
            rule=row.rule,
            clause=row.clause,
            sentence=row.sentence,
            conditions=[condition.to_json() for condition in row.conditions],
            steps=[step.to_json() for step in row.steps],
            watches=list(row.watches),
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
        waiting = Task.objects.waiting().filter(assignee=user).exclude(step__kind=Kind.FILE)
        return self.filter(pk__in=waiting.values("step__case"), state=Case.State.RUNNING)

    def decided_by(self, user: User) -> CaseQuerySet:
        """Cases on which the person decided, whether or not the decision still stands."""
        decided = Task.objects.filter(assignee=user, decided_at__isnull=False).exclude(step__kind=Kind.FILE)
        return self.filter(pk__in=decided.values("step__case"))

    def shown_to(self, user: User) -> CaseQuerySet:
        """Cases that came to the person as a copy or for the record."""
        here = [Task.State.WAITING, Task.State.DONE]
        filed = Task.objects.filter(assignee=user, step__kind=Kind.FILE, state__in=here)
        copies = Copy.objects.filter(user=user)
        return self.filter(Q(pk__in=copies.values("case")) | Q(pk__in=filed.values("step__case")))


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
    # What is decided on now; `amend_case` moves both on.
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    initiator = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("sent by"))
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    note = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    verdicts = models.JSONField(default=list)
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)
    # After a return: the step that returned it, and whether the next case comes straight back to it.
    returned_from = models.ForeignKey("Step", models.SET_NULL, null=True, related_name="+")
    comes_back = models.BooleanField(default=False)
    # The approved case whose content was changed, where only what that newly needs is decided (R-APR-08).
    reopens = models.ForeignKey("self", models.PROTECT, null=True, related_name="reopened_by")
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
    # The facts that made it necessary: where one of them changes, what was decided here is void.
    watches = models.JSONField(default=list)
    # Set on a signer who was added to a running case: by whom, and beside which step.
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    added_for = models.ForeignKey("self", models.CASCADE, null=True, related_name="added_steps")
    # Skipped, because the same person decides in that later step.
    covered_by = models.ForeignKey("self", models.SET_NULL, null=True, related_name="covers")
    # Skipped, because it was decided in an earlier case of the subject, and what it watches is as it was.
    carried_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("order", "id")
        indexes = [models.Index(fields=["case", "order"], name="step_of_case")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.position or ''}"

    @property
    def name(self) -> str:
        """In which post it is decided; an added signer decides as a person."""
        return str(self.position or gettext("Added signer"))

    @property
    def blocks(self) -> bool:
        """Whether the case waits for it; filing for the record holds nothing up (APR-11)."""
        return self.kind != Kind.FILE

    @property
    def is_single(self) -> bool:
        return self.kind in SINGLE

    @property
    def is_unfinished(self) -> bool:
        return self.state in {self.State.WAITING, self.State.OPEN}

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

    # A void task that has a decision was decided; the decision lost its force by a return or a change.
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
    urged_at = models.DateTimeField(null=True)
    # Nobody may decide; the assignee is an administrator, who has to fill the seat or hand the task to somebody.
    is_vacant = models.BooleanField(default=False)
    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ("turn", "id")
        indexes = [
            models.Index(fields=["assignee", "state"], name="task_of_assignee"),
            models.Index(fields=["step", "state"], name="task_of_step"),
            models.Index(fields=["due_at"], name="task_waiting_due", condition=Q(state="waiting")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(state__in=["done", "void"], decided_at__isnull=False) & ~Q(decision="") & ~Q(digest="")
                )
                | (~Q(state="done") & Q(decision="", decided_at__isnull=True)),
                name="task_done_has_decision",
            ),
            models.CheckConstraint(
                condition=Q(is_vacant=False) | ~Q(state="done"), name="task_vacant_decides_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignee}: {self.get_state_display()}"

    @property
    def duty_key(self) -> str:
        return f"approvals.task:{self.pk}" + (":vacant" if self.is_vacant else "")

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
        # What became of a task, told in the course of the case.
        HANDED = "handed", pgettext_lazy("approval", "Handed on")
        ADDED = "added", pgettext_lazy("approval", "Signer added")
        SEATED = "seated", pgettext_lazy("approval", "Seat changed")

    case = models.ForeignKey(Case, models.CASCADE, related_name="remarks")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.REMARK)
    # Nobody, where the engine itself moved a task.
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    to = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answers = models.ForeignKey("self", models.PROTECT, null=True, related_name="answered_by")
    text = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return self.text[:40]


class Amendment(models.Model):
    """The content of a running case was changed: from which version to which, and what that did to the route.

    `facts` maps each changed fact to [before, after]; the lists hold primary keys of steps.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="amendments")
    before = models.ForeignKey(Version, models.PROTECT, related_name="+")
    after = models.ForeignKey(Version, models.PROTECT, related_name="+")
    facts = models.JSONField(default=dict)
    voided = models.JSONField(default=list)
    added = models.JSONField(default=list)
    dropped = models.JSONField(default=list)
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.before} → {self.after}"


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def valid(self, definition: str) -> DelegationQuerySet:
        """In force today, for one definition or for all."""
        today = clock.today()
        return self.filter(
            definition__in=["", definition], valid_from__lte=today, valid_to__gte=today, to__is_active=True
        )

    def valid_today(self) -> DelegationQuerySet:
        """In force today, for whatever definition."""
        today = clock.today()
        return self.filter(valid_from__lte=today, valid_to__gte=today, to__is_active=True)


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


def is_passed(step: Step, tasks: Iterable[Task], before: int) -> bool:
    """Whether somebody decided in a step that lies before another: steps that were skipped or only filed do not count."""
    decided = any(task.state == Task.State.DONE for task in tasks)
    return step.blocks and step.state == Step.State.DONE and step.order < before and decided


def stored_reasons(reasons: Any) -> list[dict[str, Any]]:
    """Reasons as the database keeps them."""
    return [reason.to_json() for reason in reasons]


from .opinion_models import CommonOpinion  # noqa: E402, F401 - one room, one set of models
