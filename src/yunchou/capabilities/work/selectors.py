"""Reads of this room: the whole plan of a subject, the chart's data, people across subjects, and the health signal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.core.reading import read_once
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.registry import rules
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.models import Member, Role, Subject
from yunchou.kernel.ui.signals import Level, Signal

from .counting import axes_of, axis_for, setting_of
from .matching import Reference, code_of
from .models import Assignment, Dependency, Foreseen, GanttTask, ScheduleSetting
from .rules import WorkFacts, facts_of, schedule_of
from .schedule import CALENDAR_DAYS, Axis, Job, Kind, Link, Schedule, Span
from .states import State
from .stores import ASSIGNMENTS, TASKS, links_between
from .tables import AssignmentRow, NamedLink, TaskRow

MAJOR = "R-SCH-05"
DONE, STARTED = State.DONE.value, frozenset({State.IN_PROGRESS.value, State.DONE.value})
KINDS = {kind.value: kind for kind in Kind}
"""As the database has them: looking up a member of an enumeration takes longer, and thousands are looked up."""
UNLIKELY = 50
"""A chance below so many percent is a doubtful one."""


@dataclass(frozen=True)
class Tiers:
    """The team in its three tiers (TEA-01, 004 三(一))."""

    leads: tuple[Member, ...]
    module_leads: tuple[Member, ...]
    executors: tuple[Member, ...]

    @property
    def is_empty(self) -> bool:
        """Is nobody in the team?"""
        return not (self.leads or self.module_leads or self.executors)


@dataclass(frozen=True)
class Plan:
    """Division of work and schedule of one subject as they stand, in as many queries whatever their size."""

    subject: Subject
    assignments: tuple[AssignmentRow, ...]
    tasks: tuple[TaskRow, ...]
    links: tuple[NamedLink, ...]
    today: date
    setting: ScheduleSetting

    @cached_property
    def axis(self) -> Axis:
        """The days that count."""
        return axis_for(self.setting.days)

    @cached_property
    def schedule(self) -> Schedule:
        """The arithmetic of the tasks, their positions from 0 as keys."""
        return schedule_of(self.tasks, self.links, self.axis)

    @cached_property
    def forecast(self) -> dict[int, Span]:
        """When each task is expected to run, by position."""
        return self.schedule.forecast(self.today)

    def position_of(self, pk: int) -> int:
        """The position from 0 of a saved task."""
        return next(n for n, task in enumerate(self.tasks) if task.pk == pk)

    def facts(self, *, leads: int | None = None, is_running: bool = True) -> WorkFacts:
        """The context of the rules; a plan that is not yet running is not late."""
        return facts_of(
            self.assignments,
            self.tasks,
            links=self.links,
            today=self.today if is_running else None,
            leads=leads,
            axis=self.axis,
        )


def plan_of(subject: Subject) -> Plan:
    """Everything about the work of a subject; four queries."""
    tasks = TASKS.load(subject)
    links = links_between(tasks)
    return Plan(subject, ASSIGNMENTS.load(subject), tasks, links, clock.today(), setting_of(subject))


def work_facts(
    subject: Subject, *, start_on: date | None = None, end_on: date | None = None, today: date | None = None
) -> WorkFacts:
    """The context of this room's rules for a saved subject, its team included."""
    plan = plan_of(subject)
    return replace(
        plan.facts(leads=leads_of(subject), is_running=False), start_on=start_on, end_on=end_on, today=today
    )


@read_once
def team_of(subject: Subject) -> Tiers:
    """Who works on a subject, by tier; a person stands in the highest tier only. One query."""
    members = list(Member.objects.filter(subject=subject).select_related("user").order_by("pk"))
    seen: set[int] = set()
    tiers = []
    for roles in ({Role.LEAD}, {Role.MODULE_LEAD}, {Role.MEMBER}):
        if roles == {Role.LEAD} and not any(member.role == Role.LEAD for member in members):
            roles = {Role.OWNER}
        tier = [member for member in members if member.role in roles and member.user_id not in seen]
        seen |= {member.user_id for member in tier}
        tiers.append(tuple(tier))
    return Tiers(*tiers)


def leads_of(subject: Subject) -> int:
    """How many overall leads a subject has (R-TEA-01)."""
    return len(team_of(subject).leads)


# ---------------------------------------------------------------- one person's work


def tasks_of(user: User, *, until: date | None = None) -> QuerySet[GanttTask]:
    """The open tasks a person owns in any subject that person may see, the most urgent first."""
    found = GanttTask.objects.filter(owner=user, subject__in=visible_subjects(user)).exclude(state=State.DONE)
    if until is not None:
        found = found.filter(_is_on(until))
    return found.select_related("subject").order_by("end_on", "start_on", "pk")


def _is_on(day: date) -> Q:
    """What lies on a day or before it, and what was begun ahead of its time."""
    return Q(start_on__lte=day) | Q(start_on=None) | Q(state=State.IN_PROGRESS)


def assignments_of(user: User, on: date) -> QuerySet[Assignment]:
    """What a person has to do on a day, with its delivery standard (TEA-04); what is overdue stays until it is done."""
    return (
        Assignment.objects.filter(owner=user, subject__in=visible_subjects(user))
        .filter(_is_on(on))
        .exclude(state=State.DONE)
        .select_related("subject")
        .order_by("end_on", "pk")
    )


@dataclass(frozen=True)
class Overlap:
    """A person owns two open tasks of different subjects on the same days (TEA-08)."""

    user: User
    task: GanttTask
    other: GanttTask
    first_on: date
    last_on: date


def overlaps_of(subject: Subject, viewer: User) -> tuple[Overlap, ...]:
    """Open tasks of this subject's owners that run on the same days as their tasks elsewhere; two queries.

    The day on which a task ends belongs to the next one. Only what the viewer may see is told.
    """
    own = list(
        GanttTask.objects.filter(
            subject=subject, owner__isnull=False, start_on__isnull=False, end_on__isnull=False
        )
        .exclude(state=State.DONE)
        .select_related("owner", "subject")
    )
    if not own:
        return ()
    others = (
        GanttTask.objects.filter(
            owner__in={task.owner_id for task in own}, subject__in=visible_subjects(viewer)
        )
        .filter(start_on__lt=max(_end(task) for task in own), end_on__gt=min(_start(task) for task in own))
        .exclude(subject=subject)
        .exclude(state=State.DONE)
        .select_related("subject")
        .order_by("start_on", "pk")
    )
    by_owner: dict[int | None, list[GanttTask]] = {}
    for other in others:
        by_owner.setdefault(other.owner_id, []).append(other)
    found = []
    for task in own:
        for other in by_owner.get(task.owner_id, ()):
            first, last = max(_start(task), _start(other)), min(_end(task), _end(other))
            if first < last and task.owner:
                found.append(Overlap(task.owner, task, other, first, last - timedelta(days=1)))
    return tuple(found)


def _start(task: GanttTask) -> date:
    assert task.start_on is not None
    return task.start_on


def _end(task: GanttTask) -> date:
    assert task.end_on is not None
    return task.end_on


# ---------------------------------------------------------------- the health signal

NOT_STARTED = Signal(Level.UNKNOWN, say(_("Not started")), base=say(_("No schedule yet")))


class Judged(NamedTuple):
    """What the signal needs of a task; thousands are read for a list, where instances of the model would take long."""

    subject_id: int
    pk: int
    position: int
    name: str
    start_on: date | None
    end_on: date | None
    baseline_end_on: date | None
    state: str
    done_on: date | None
    progress: int
    phase: str
    is_milestone: bool

    @property
    def called(self) -> str:
        """`T6 线上渠道素材准备`, as the task calls itself."""
        return f"{code_of(self.position - 1)} {self.name}"


Judgeable = Mapping[int, Sequence[Judged]]


def tasks_by_subject(subject_ids: Sequence[int]) -> Judgeable:
    """The tasks of many subjects as signals and portfolio need them; one query."""
    tasks: dict[int, list[Judged]] = {pk: [] for pk in subject_ids}
    found = GanttTask.objects.filter(subject__in=subject_ids).order_by("subject", "position", "pk")
    for task in map(Judged._make, found.values_list(*Judged._fields)):
        tasks[task.subject_id].append(task)
    return tasks


def signals(subject_ids: Sequence[int], now: datetime, tasks: Judgeable | None = None) -> dict[int, Signal]:
    """How late each subject's schedule is (look.md, section 4): its worst open task against the baseline.

    Five queries however many subjects. Where there are no tasks, or nothing was approved or begun, it is unknown. `tasks`
    are those of the subjects where somebody has read them already.
    """
    today = clock.local(now).date()
    major = params_on([rules[MAJOR]], today)[MAJOR].days
    tasks = tasks_by_subject(subject_ids) if tasks is None else tasks
    links: dict[int, list[Link]] = {pk: [] for pk in subject_ids}
    pairs = Dependency.objects.filter(task__subject__in=subject_ids)
    for subject, predecessor, task, kind, lag in pairs.values_list(
        "task__subject", "predecessor", "task", "kind", "lag"
    ):
        links[subject].append(Link(predecessor, task, KINDS[kind], lag))
    axes, chances = axes_of(subject_ids), chances_of(subject_ids, now)
    return {
        pk: _with_chance(
            _signal(tasks[pk], links[pk], axes.get(pk, CALENDAR_DAYS), today, major), chances.get(pk)
        )
        for pk in subject_ids
    }


class Chance(NamedTuple):
    """How likely a schedule was found to be ready today, in percent, by which day, and when that was found."""

    percent: int
    target: str
    at: str


def chances_of(subject_ids: Sequence[int], now: datetime) -> dict[int, Chance]:
    """What was foreseen today, by subject; what was foreseen earlier holds no longer. One query."""
    found = Foreseen.objects.filter(
        subject__in=subject_ids, made_at__gte=clock.moment(clock.local(now).date(), 0)
    )
    return {
        one.subject_id: Chance(
            round(100 * one.result["chance"]), one.result["target"][5:], f"{clock.local(one.made_at):%H:%M}"
        )
        for one in found
        if "chance" in one.result
    }


def _with_chance(found: Signal, chance: Chance | None) -> Signal:
    """The signal with the chance to be ready: unlikely is to be watched, even where nothing is late yet."""
    if chance is None or found.level is Level.UNKNOWN:
        return found
    words = say(_("Ready by {target}: {percent} % (as of {at})."), **chance._asdict())
    level = Level.WATCH if chance.percent < UNLIKELY and found.level is Level.FINE else found.level
    reason = say(_("{what} {more}"), what=found.reason, more=words) if found.reason else words
    return replace(found, level=level, reason=reason)


def _signal(tasks: Sequence[Judged], links: Iterable[Link], axis: Axis, today: date, major: int) -> Signal:
    if not any(task.baseline_end_on or task.state in STARTED for task in tasks):
        return NOT_STARTED
    by_pk = {task.pk: task for task in tasks}
    schedule = Schedule(tuple(_job(task) for task in tasks), tuple(links), axis)
    late = schedule.lateness(today)
    base = say(_("Forecast end against the baseline"))
    major_base = say(_("Major deviation: more than {days} days behind the baseline"), days=major)
    fraction, expected = _progress(tasks, today)
    if not late:
        return Signal(Level.FINE, say(_("On time")), base=base, fraction=fraction, expected=expected)
    worst = max(late, key=lambda pk: (late[pk], -by_pk[pk].position))
    days = late[worst]
    level = Level.ACT if days > major else Level.WATCH
    value = say(_("1 day late")) if days == 1 else say(_("{days} days late"), days=days)
    reason = say(
        _("{task}: days behind {days}; late tasks: {count}."),
        task=by_pk[worst].called,
        days=days,
        count=len(late),
    )
    base = major_base if level is Level.ACT else base
    return Signal(level, value, say("{task}", task=by_pk[worst].called), reason, base, fraction, expected)


def _job(task: Judged) -> Job:
    """A task as the arithmetic sees it; what was never approved is measured against its plan."""
    start, end, state = task.start_on, task.end_on, task.state
    return Job(
        task.pk, start, end, state in STARTED, state == DONE, task.done_on, task.baseline_end_on or end
    )


def _progress(tasks: Sequence[Judged], today: date) -> tuple[float | None, float | None]:
    """The share of all task days that is done, and that should be by now."""
    total = done = due = 0.0
    for task in tasks:
        start, end = task.start_on, task.end_on
        if not start or not end:
            continue
        days = (end - start).days if start < end else 1
        total += days
        done += days * task.progress / 100
        if start < today:
            passed = (today - start).days
            due += passed if passed < days else days
    return (done / total, due / total) if total else (None, None)


# ---------------------------------------------------------------- the chart


@dataclass(frozen=True)
class Line:
    """One task as pages show it: the row, its code, where it is expected, and how late that is."""

    position: int
    task: TaskRow
    span: Span | None
    is_critical: bool
    days_late: int
    days: int | None
    float_days: int
    owner: User | None
    waits_for: tuple[str, ...]
    unknown: tuple[str, ...]
    is_overdue: bool
    permitted: int = 2

    @property
    def code(self) -> str:
        """`T1` for the first task."""
        return code_of(self.position)

    @property
    def state(self) -> State:
        """The state, not started where none was said."""
        return self.task.state or State.NOT_STARTED

    @property
    def level(self) -> str:
        """How late it is, as a signal's level; empty for what is in time."""
        return "act" if self.is_major else "watch" if self.days_late or self.is_overdue else ""

    @property
    def is_major(self) -> bool:
        """Is it a major deviation, more days late than R-SCH-05 permits?"""
        return self.days_late > self.permitted


def lines_of(plan: Plan, owners: Mapping[int, User]) -> tuple[Line, ...]:
    """The tasks of a plan for pages. The critical path counts likely predecessors too, as the dashed links do not."""
    facts = plan.facts()
    schedule, forecast = plan.schedule, plan.forecast
    permitted = params_on([rules[MAJOR]], plan.today)[MAJOR].days
    unknown: dict[int, list[str]] = {}
    for each in facts.unknown:
        unknown.setdefault(each.task, []).append(each.given)
    waits: dict[int, list[NamedLink]] = {}
    for link in plan.links:
        waits.setdefault(link.task, []).append(link)
    found = []
    for n, task in enumerate(plan.tasks):
        span = forecast.get(n)
        found.append(
            Line(
                position=n,
                task=task,
                span=span,
                is_critical=n in schedule.critical,
                days_late=_days_late(task, span),
                days=task.computed_days(plan.axis, counts_end_day=plan.setting.shows_end_day),
                float_days=schedule.float_of(n),
                owner=owners.get(task.owner.id) if task.owner and task.owner.id else None,
                waits_for=tuple(
                    str(Reference(code_of(link.predecessor), link.kind, link.lag))
                    for link in sorted(waits.get(n, ()), key=lambda link: link.predecessor)
                ),
                unknown=tuple(unknown.get(n, ())),
                is_overdue=task.job(n).is_overdue(plan.today),
                permitted=permitted,
            )
        )
    return tuple(found)


def _days_late(task: TaskRow, span: Span | None) -> int:
    """By how many days an open task is expected to end after its baseline, or after its plan where none was kept."""
    target = task.baseline_end_on or task.end_on
    return max(0, (span.end_on - target).days) if span and target and task.state != State.DONE else 0


def late_words(line: Line) -> Say | str:
    """`已逾期 3 天` for an overdue task, `晚 3 天` for one that is expected to end late, else its state (SCH-07)."""
    if line.is_overdue and line.days_late:
        return say(_("Overdue, {days} days late"), days=line.days_late)
    if line.is_overdue:
        return say(_("Overdue"))
    if line.days_late == 1:
        return say(_("1 day late"))
    return say(_("{days} days late"), days=line.days_late) if line.days_late else str(line.state.label)


def owners_of(plan: Plan) -> dict[int, User]:
    """The known owners of a plan's tasks and assignments by id; one query."""
    rows: Iterable[Any] = (*plan.tasks, *plan.assignments)
    return User.objects.in_bulk({row.owner.id for row in rows if row.owner and row.owner.id})
