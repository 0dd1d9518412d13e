"""Reads for the pages of approvals and for rooms that send something for approval."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Min, Prefetch, Q, QuerySet, Subquery

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.duties.models import Duty, Escalation
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.models import Version

from .conditions import Kind, Reason, distinct
from .duties import KINDS
from .models import Case, CaseQuerySet, Copy, Step, Task, TaskQuerySet, is_passed
from .registry import Panel
from .routing import NoRoute, Route, as_reason, plan_route, usual_waits

__all__ = ["NoRoute", "Route", "as_reason", "predict", "usual_waits"]


def predict(subject: Subject, definition: str, actor: User) -> Route:
    """The route that `actor` would start by sending the subject now: people, kinds, reasons, usual waiting times.

    `obstacle` says why it cannot be sent; `actions.open_case` is its counterpart that refuses.
    """
    return plan_route(subject, definition, actor)


def running_case(subject: Subject) -> Case | None:
    """The case that is deciding on the subject now."""
    return Case.objects.filter(subject=subject, state=Case.State.RUNNING).select_related("definition").first()


def last_case(subject: Subject) -> Case | None:
    """The newest case of the subject, whatever became of it."""
    return (
        Case.objects.filter(subject=subject).select_related("definition", "version").order_by("-pk").first()
    )


def valid_version(subject: Subject) -> Version | None:
    """The version that was approved last; what people may act on. None where nothing was approved."""
    approved = Case.objects.filter(subject=subject, state=Case.State.APPROVED).order_by("-pk")
    return Version.objects.filter(pk=Subquery(approved.values("version")[:1])).first()


def returnable_steps(case: Case) -> list[Step]:
    """Steps to which the running case can go back: those in which somebody really decided, before the present one.

    With their tasks and people, in two queries.
    """
    tasks = Task.objects.select_related("assignee")
    steps = list(case.steps.select_related("position").prefetch_related(Prefetch("tasks", queryset=tasks)))
    front = min((step.order for step in steps if step.blocks and step.is_unfinished), default=0)
    return [step for step in steps if is_passed(step, step.tasks.all(), front)]


def missing_steps(subject: Subject) -> list[Step]:
    """Deciding steps of the running case that are still to come, in order: what R-APR-07 names."""
    open_states = [Step.State.WAITING, Step.State.OPEN]
    steps = Step.objects.filter(case__subject=subject, case__state=Case.State.RUNNING, state__in=open_states)
    return list(steps.exclude(kind=Kind.FILE).select_related("position"))


def waiting_count(user: User) -> int:
    """How many cases wait for this person's decision."""
    return waiting_numbers(user).count()


def waiting_numbers(user: User) -> QuerySet[Task, Any]:
    """The cases that wait for this person's decision, to be counted."""
    return _own_tasks(user).values("step__case").distinct()


def _own_tasks(user: User) -> TaskQuerySet:
    """What the person has to decide in running cases."""
    mine = Task.objects.waiting().filter(assignee=user, step__case__state=Case.State.RUNNING)
    return mine.exclude(step__kind=Kind.FILE)


def late_tasks() -> TaskQuerySet:
    """Decisions that are late, whoever owes them (R-APR-16)."""
    late = Task.objects.waiting().filter(due_at__lt=clock.now(), step__case__state=Case.State.RUNNING)
    return late.exclude(step__kind=Kind.FILE)


@dataclass(frozen=True)
class Inbox:
    """A person's cases, by what he or she has to do with them. `todo` and `overdue` have a `due_at`."""

    todo: QuerySet[Case]
    done: QuerySet[Case]
    mine: QuerySet[Case]
    copied: QuerySet[Case]
    overdue: QuerySet[Case]


def inbox(user: User) -> Inbox:
    """The tabs of the inbox (待我处理, 我已处理, 我发起, 抄送我, overdue), as querysets that were not asked yet."""
    waiting = Q(steps__tasks__state=Task.State.WAITING)
    return Inbox(
        todo=_todo(user),
        done=Case.objects.decided_by(user),
        mine=Case.objects.filter(initiator=user),
        copied=Case.objects.shown_to(user),
        overdue=_with_due(_overdue_for(user), waiting & Q(steps__tasks__due_at__lt=clock.now())),
    )


def _todo(user: User) -> CaseQuerySet:
    """What the person has to decide, with `due_at`."""
    mine = Q(steps__tasks__state=Task.State.WAITING, steps__tasks__assignee=user)
    return _with_due(Case.objects.filter(pk__in=_own_tasks(user).values("step__case")), mine)


def _overdue_for(user: User) -> CaseQuerySet:
    """Late cases that the person has to decide, has sent, or was told of as a supervisor."""
    late = late_tasks()
    told = Escalation.objects.filter(user=user, duty__state=Duty.State.OPEN, duty__kind__in=KINDS)
    concerns = (
        Q(pk__in=late.filter(assignee=user).values("step__case"))
        | Q(initiator=user)
        | Q(subject__in=told.values("duty__subject"))
    )
    return Case.objects.filter(concerns, pk__in=late.values("step__case"), state=Case.State.RUNNING)


def _with_due(cases: CaseQuerySet, tasks: Q) -> CaseQuerySet:
    """The cases with the soonest due time of these of their tasks.

    A minimum over the joined tasks, since a subquery for each case reads all tasks of the person again.
    """
    return cases.annotate(due_at=Min("steps__tasks__due_at", filter=tasks))


def tab_counts(user: User) -> dict[str, int]:
    """How many cases each tab holds, and `unread` copies; one query each, however many cases are open."""
    box = inbox(user)
    return {
        "todo": waiting_count(user),
        "done": box.done.count(),
        "mine": box.mine.count(),
        "copied": box.copied.count(),
        "overdue": _overdue_for(user).count(),
        "unread": Copy.objects.filter(user=user, read_at=None).count(),
    }


def listed(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with what a list shows of them, in a fixed number of queries."""
    open_tasks = (
        Task.objects.waiting().exclude(step__kind=Kind.FILE).select_related("assignee", "step__position")
    )
    steps = Step.objects.filter(state=Step.State.OPEN).prefetch_related(
        Prefetch("tasks", queryset=open_tasks, to_attr="open_tasks")
    )
    return cases.select_related("subject__unit", "definition", "initiator").prefetch_related(
        Prefetch("steps", queryset=steps, to_attr="open_steps")
    )


def waiting_cases(user: User) -> QuerySet[Case]:
    """Cases that wait for this person with `due_at`, soonest due first, for the home page and the list."""
    return listed(_todo(user).order_by(F("due_at").asc(), "pk"))


@dataclass(frozen=True)
class RouteStep:
    """One circle of the route."""

    person: User | None
    name: str
    caption: Text
    state: str


@dataclass(frozen=True)
class CaseView:
    """A case as its page shows it to one person."""

    case: Case
    steps: list[Step]
    route: list[RouteStep]
    place: int
    length: int
    opinions: int
    task: Task | None = None
    filing: Task | None = None
    may_withdraw: bool = False
    may_remark: bool = False
    due_at: datetime | None = None
    reasons: list[Reason] = field(default_factory=list)
    facts: list[tuple[Text, Text]] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)


def case_view(case: Case, user: User) -> CaseView:
    """Everything the decision page shows, in a fixed number of queries (the room's own panels aside)."""
    tasks = Task.objects.select_related("assignee", "instead_of")
    steps = list(
        case.steps.select_related("position", "unit", "added_by").prefetch_related(
            Prefetch("tasks", queryset=tasks)
        )
    )
    for step in steps:
        for task in step.tasks.all():
            task.step = step
    every = [task for step in steps for task in step.tasks.all()]
    open_tasks = [t for t in every if t.state == Task.State.WAITING and t.step.state == Step.State.OPEN]
    mine = [t for t in open_tasks if t.assignee_id == user.pk]
    deciding = [t for t in mine if t.step.blocks and case.is_running]
    current = [t for t in open_tasks if t.step.blocks]
    shown = [s for s in steps if s.state != Step.State.SKIPPED]
    focus = deciding[0].step if deciding else current[0].step if current else None
    decided = [t for t in every if t.state == Task.State.DONE]
    takes_part = user.pk == case.initiator_id or any(t.assignee_id == user.pk for t in every)
    return CaseView(
        case=case,
        steps=steps,
        route=[_circle(step) for step in shown],
        place=shown.index(focus) + 1 if focus in shown and focus is not None else len(shown),
        length=len(shown),
        opinions=sum(bool(t.opinion) for t in decided),
        task=deciding[0] if deciding else None,
        filing=next((t for t in mine if not t.step.blocks), None),
        may_withdraw=case.is_running and case.initiator_id == user.pk,
        may_remark=takes_part or Copy.objects.filter(case=case, user=user).exists(),
        due_at=min((t.due_at for t in (deciding or current) if t.due_at), default=None),
        reasons=_why(case, focus),
        facts=shown_facts(case),
        panels=[panel for make in case.definition.declared.panels if (panel := make(case, user))],
    )


def shown_facts(case: Case) -> list[tuple[Text, Text]]:
    """The facts the route was computed from, as people read them."""
    declared = case.definition.declared.facts
    return [
        (say(fact.label), fact.words(case.facts.get(name)))
        for name, fact in declared.items()
        if name in case.facts
    ]


def _why(case: Case, step: Step | None) -> list[Reason]:
    """Why the case is at this step: rows and substitutions of the step, then what else the rules said of the case."""
    own = step.as_reasons() if step else case.as_reasons()
    told = [
        Reason(v.rule_id, v.clause, v.reason, "fine" if v.passed else "watch") for v in case.as_verdicts()
    ]
    general = [reason for reason in case.as_reasons() if reason.rule == "R-APR-14"]
    return list(distinct([*own, *general, *(reason for reason in told if str(reason.text))]))


def _circle(step: Step) -> RouteStep:
    tasks = [t for t in step.tasks.all() if t.state != Task.State.VOID] or list(step.tasks.all())
    acted = next((t for t in tasks if t.state == Task.State.DONE), tasks[0] if tasks else None)
    state = {Step.State.DONE: "done", Step.State.OPEN: "now"}.get(Step.State(step.state), "todo")
    if step.state == Step.State.OPEN and not step.blocks:
        state = "todo"
    return RouteStep(
        person=acted.assignee if acted else None,
        name=step.name or (str(acted.assignee) if acted else ""),
        caption=str(step.get_kind_display()),
        state=state,
    )
