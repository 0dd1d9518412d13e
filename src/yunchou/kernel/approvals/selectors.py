"""Reads for the pages of approvals and for rooms that send something for approval."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Min, Prefetch, Q, QuerySet
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say, Text, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.formats import span_text

from .conditions import Kind, Reason, distinct
from .models import Case, CaseQuerySet, Copy, Remark, Step, Task
from .registry import Panel
from .routing import NoRoute, Route, as_reason, plan_route
from .rules import Conflict, nobody_decides_on_his_own

__all__ = ["NoRoute", "Route", "as_reason", "predict"]


def predict(subject: Subject, definition: str, actor: User) -> Route:
    """The route that `actor` would start by sending the subject now: people, kinds, reasons, usual waiting times.

    `obstacle` says why it cannot be sent; `actions.check_route` is its counterpart that refuses.
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


def missing_steps(subject: Subject) -> list[Step]:
    """Deciding steps of the running case that are still to come, in order: what R-APR-07 names."""
    open_states = [Step.State.WAITING, Step.State.OPEN]
    steps = Step.objects.filter(case__subject=subject, case__state=Case.State.RUNNING, state__in=open_states)
    return list(steps.exclude(kind=Kind.FILE).select_related("position"))


def waiting_count(user: User) -> int:
    """How many cases wait for this person's decision."""
    return Case.objects.waiting_for(user).count()


def listed(cases: CaseQuerySet) -> QuerySet[Case]:
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
    mine = Q(steps__tasks__assignee=user, steps__tasks__state=Task.State.WAITING)
    due = Case.objects.waiting_for(user).annotate(due_at=Min("steps__tasks__due_at", filter=mine))
    return listed(due.order_by("due_at", "pk"))


@dataclass(frozen=True)
class TimelineEntry:
    """One line of a case's course, as `{% timeline %}` draws it."""

    actor: User | None
    verb: Text
    at: datetime | None
    elapsed: str = ""
    text: str = ""
    note: Text = ""
    pending: bool = False


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
    timeline: list[TimelineEntry]
    place: int
    length: int
    opinions: int
    task: Task | None = None
    filing: Task | None = None
    barred: Reason | None = None
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
        case.steps.select_related("position", "unit").prefetch_related(Prefetch("tasks", queryset=tasks))
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
        timeline=_course(case, every, current),
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
        name=str(step.position or ""),
        caption=str(step.get_kind_display()),
        state=state,
    )


_VERBS = {
    (Kind.REVIEW, Task.Decision.APPROVED): _("agreed in review"),
    (Kind.FILE, Task.Decision.ACKNOWLEDGED): _("took it on record"),
}
_PLAIN_VERBS = {
    Task.Decision.APPROVED: _("approved"),
    Task.Decision.RETURNED: _("returned it"),
    Task.Decision.REJECTED: _("rejected it"),
    Task.Decision.ACKNOWLEDGED: _("took it on record"),
}
_REMARK_VERBS = {
    Remark.Kind.REMARK: _("remarked"),
    Remark.Kind.QUESTION: _("asked"),
    Remark.Kind.ANSWER: _("answered"),
    Remark.Kind.URGE: _("reminded"),
}
_END_VERBS = {Case.State.WITHDRAWN: _("withdrew it")}


def _course(case: Case, tasks: list[Task], current: list[Task]) -> list[TimelineEntry]:
    """What happened to the case, oldest first, and whom it waits for."""
    entries = [TimelineEntry(case.initiator, say(_("sent it for approval")), case.opened_at, text=case.note)]
    entries += [_decided(task) for task in tasks if task.state == Task.State.DONE]
    for remark in case.remarks.select_related("author", "to"):
        note = say(_("to {person}"), person=str(remark.to)) if remark.to else ""
        entries.append(
            TimelineEntry(
                remark.author,
                say(_REMARK_VERBS[Remark.Kind(remark.kind)]),
                remark.at,
                text=remark.text,
                note=note,
            )
        )
    if case.state in _END_VERBS and case.closed_at:
        entries.append(TimelineEntry(case.initiator, say(_END_VERBS[Case.State(case.state)]), case.closed_at))
    entries.sort(key=lambda entry: entry.at or case.opened_at)
    for task in current:
        if case.is_running and task.opened_at:
            waited = say(_("waiting for {span}"), span=span_text(clock.now() - task.opened_at))
            verb = say(_("reviews next")) if task.step.kind == Kind.REVIEW else say(_("decides next"))
            entries.append(
                TimelineEntry(
                    task.assignee, verb, None, elapsed=str(waited), note=_stands_in(task), pending=True
                )
            )
    return entries


def _decided(task: Task) -> TimelineEntry:
    decision = Task.Decision(task.decision)
    verb = _VERBS.get((Kind(task.step.kind), decision)) or _PLAIN_VERBS[decision]
    took = span_text(task.took) if task.took is not None and task.took >= timedelta(minutes=1) else ""
    return TimelineEntry(task.assignee, say(verb), task.decided_at, took, task.opinion, _stands_in(task))


def _stands_in(task: Task) -> Say | str:
    return say(_("for {person}"), person=str(task.instead_of)) if task.instead_of else ""


def share_of(case: Case, person: User, barred: dict[int, Say]) -> Reason | None:
    """Why a person may not decide on the case, if so (R-APR-15)."""
    if person.pk not in barred:
        return None
    [verdict] = nobody_decides_on_his_own.check(Conflict(str(person), barred[person.pk]))
    return as_reason(verdict)
