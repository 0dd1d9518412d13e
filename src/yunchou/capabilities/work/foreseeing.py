"""How likely a schedule is to be ready for its event, and which tasks decide it: the question, and its answer in JSON.

Every open task has an estimate: its own three durations, else how long tasks like it took in campaigns that are over,
else its planned days. Where the plan still waits for its approval, work of the execution waits for it too, as long as
decided cases took.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from json import dumps
from typing import Any

from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject

from .matching import Names
from .models import Foreseen, GanttTask
from .occasions import occasion_of, occasions
from .schedule import Axis, Estimate, Job, Link, Readiness, Schedule, days_between, readiness_of
from .selectors import Plan
from .states import Phase, State
from .tables import TaskRow

RUNS = 1_000
APPROVAL = -1
"""The key of the approval among the tasks."""
LIKE_NAME, LIKE_MODULE, MOST_LIKE = 3, 5, 60
"""So many finished tasks of the same name, or else of the same module, are enough to go by; no more are looked at."""
CASES = 40
EXECUTION = "execution"
"""What `lock_on` is asked for when work of the execution phase may begin (R-APR-07)."""
BARS, MOST_DRIVERS = 12, 8


@dataclass(frozen=True)
class Question:
    """A schedule with what is known of its durations, and by when it is to be ready."""

    schedule: Schedule
    estimates: Mapping[int, Estimate]
    needed: tuple[int, ...]
    target: date
    today: date
    own: int
    learnt: int
    waits_for_approval: bool
    runs: int = RUNS

    @property
    def size(self) -> int:
        """How much there is to play."""
        return len(self.schedule.jobs) * self.runs

    @property
    def digest(self) -> str:
        """Changes with anything that the answer depends on."""
        jobs = [
            [
                str(value)
                for value in (job.key, job.start_on, job.end_on, job.is_started, job.is_done, job.done_on)
            ]
            for job in self.schedule.jobs
        ]
        known = [
            [key, one.low, one.likely, one.high, list(one.lasted)]
            for key, one in sorted(self.estimates.items())
        ]
        axis = type(self.schedule.axis).__name__
        content = [jobs, self.schedule.links, axis, known, self.needed, self.target, self.today, self.runs]
        return sha256(dumps(content, default=str).encode()).hexdigest()


def question_of(plan: Plan) -> Question | None:
    """What to ask of a schedule; None where nothing has to be ready, or nobody says by when."""
    target = target_of(plan)
    needed = tuple(n for n, task in enumerate(plan.tasks) if _is_needed(task))
    if target is None or not needed:
        return None
    kept = {task.pk: task for task in GanttTask.objects.filter(subject=plan.subject).only(*POINTS)}
    own = {
        n: Estimate(*points)
        for n, task in enumerate(plan.tasks)
        if (row := kept.get(task.pk or 0)) and (points := row.points)
    }
    learnt = {n: one for n, one in _learnt(plan, kept).items() if n not in own}
    jobs = tuple(task.job(n) for n, task in enumerate(plan.tasks))
    links = tuple(link.link for link in plan.links)
    estimates = {**learnt, **own}
    waits = approval_waits(plan.subject, plan.axis) if lock_on(plan.subject, EXECUTION) else ()
    if waits:
        begin = plan.today
        end = plan.axis.end(plan.axis.at(begin) + max(1, round(max(waits))))
        jobs += (Job(APPROVAL, begin, end),)
        links += tuple(
            Link(APPROVAL, n)
            for n, task in enumerate(plan.tasks)
            if task.known_phase == Phase.EXECUTION and task.state in (None, State.NOT_STARTED)
        )
        estimates[APPROVAL] = Estimate(min(waits), min(waits), max(waits), tuple(waits))
    return Question(
        Schedule(jobs, links, plan.axis),
        estimates,
        needed,
        target,
        plan.today,
        len(own),
        len(learnt),
        bool(waits),
    )


POINTS = ("subject", "module", "low_days", "likely_days", "high_days")


def _is_needed(task: TaskRow) -> bool:
    return task.known_phase == Phase.PREPARATION and bool(task.start_on and task.end_on)


def target_of(plan: Plan) -> date | None:
    """By when everything has to be prepared: the day of the event, else the first task of the execution, else its end."""
    if plan.setting.event_on:
        return plan.setting.event_on
    starts = [
        task.start_on
        for task in plan.tasks
        if task.known_phase == Phase.EXECUTION and task.start_on is not None
    ]
    return min(starts, default=None) or occasion_of(plan.subject).end_on


# ---------------------------------------------------------------- what is known of durations


def approval_waits(subject: Subject, axis: Axis) -> tuple[float, ...]:
    """How many days the latest approvals of such subjects took; one query. Days are those of the axis, one at least."""
    decided = Case.objects.filter(
        subject__kind=subject.kind, subject__unit__in=_region(subject), state=Case.State.APPROVED
    ).order_by("-closed_at", "-pk")
    return tuple(
        float(max(1, days_between(axis, clock.local(opened).date(), clock.local(closed).date())))
        for opened, closed in decided.values_list("opened_at", "closed_at")[:CASES]
        if closed is not None
    )


def _region(subject: Subject) -> list[int]:
    """The units that one learns from: those of the same region, so that nothing of another is told."""
    path = [int(part) for part in subject.unit.path.split("/") if part]
    top = Unit.objects.filter(pk__in=path, kind=Unit.Kind.REGION).order_by("-path").first() or subject.unit
    return list(Unit.objects.filter(path__startswith=top.path).values_list("pk", flat=True))


def _learnt(plan: Plan, kept: Mapping[int, GanttTask]) -> dict[int, Estimate]:
    """Estimates by how long tasks of the same name, else of the same module, took against their plan."""
    declared = occasions.get(plan.subject.kind)
    closed = declared.closed(_region(plan.subject)) if declared else ()
    if not closed:
        return {}
    done = GanttTask.objects.filter(
        subject__in=closed,
        state=State.DONE,
        done_on__isnull=False,
        start_on__isnull=False,
        end_on__isnull=False,
    ).exclude(subject=plan.subject)
    by_name: dict[str, list[float]] = {}
    by_module: dict[str, list[float]] = {}
    rows = done.order_by("-done_on", "-pk").values_list(
        "name", "module", "start_on", "end_on", "started_on", "done_on"
    )
    for name, module, start, end, started, finished in rows[: MOST_LIKE * max(1, len(plan.tasks))]:
        assert start is not None
        assert end is not None
        assert finished is not None
        planned = days_between(plan.axis, start, end)
        share = max(0, days_between(plan.axis, started or start, finished)) / planned if planned > 0 else None
        if share is not None:
            by_name.setdefault(Names.plain(name), []).append(share)
            if module:
                by_module.setdefault(module, []).append(share)
    found = {}
    for n, task in enumerate(plan.tasks):
        days = task.computed_days(plan.axis)
        row = kept.get(task.pk or 0)
        shares = by_name.get(Names.plain(task.name), ())
        if len(shares) < LIKE_NAME:
            shares = by_module.get(row.module, ()) if row and row.module else ()
            if len(shares) < LIKE_MODULE:
                continue
        if days:
            lasted = tuple(round(days * share, 2) for share in list(shares)[:MOST_LIKE])
            found[n] = Estimate(min(lasted), min(lasted), max(lasted), lasted)
    return found


# ---------------------------------------------------------------- the answer


def answer_to(question: Question, tell: Callable[[int], None] | None = None) -> dict[str, Any]:
    """Play the schedule through and keep what pages show; `tell` hears how many runs are done."""
    found = readiness_of(
        question.schedule,
        question.estimates,
        question.target,
        needed=question.needed,
        today=question.today,
        runs=question.runs,
        seed=int(question.digest[:8], 16),
        tell=tell,
    )
    low, high = found.interval
    drivers = sorted(found.drivers, key=lambda each: (-max(each.sway, 0.0), -each.critical, each.key))
    return {
        "target": question.target.isoformat(),
        "runs": found.runs,
        "chance": round(found.chance, 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "p50": found.day_by(0.5).isoformat(),
        "p80": found.day_by(0.8).isoformat(),
        "bars": _bars(found),
        "drivers": [
            [each.key, round(each.critical, 4), round(each.sway, 4)] for each in drivers[:MOST_DRIVERS]
        ],
        "own": question.own,
        "learnt": question.learnt,
        "approval": question.waits_for_approval,
    }


def _bars(found: Readiness) -> list[list[Any]]:
    """`[first day, last day, runs]`, at most so many bars over the days on which everything was ready."""
    counts = Counter(found.days(end) for end in found.ends)
    first, last = min(counts), max(counts)
    width = timedelta(days=(last - first).days // BARS + 1)
    bars = []
    start = first
    while start <= last:
        end = min(start + width - timedelta(days=1), last)
        runs = sum(count for day, count in counts.items() if start <= day <= end)
        bars.append([start.isoformat(), end.isoformat(), runs])
        start += width
    return bars


@dataclass(frozen=True)
class Bar:
    """One bar of the histogram; `share` of the highest in percent."""

    first_on: date
    last_on: date
    runs: int
    share: int
    is_late: bool


@dataclass(frozen=True)
class Shown:
    """An answer as pages show it."""

    target: date
    runs: int
    percent: int
    low: int
    high: int
    p50: date
    p80: date
    bars: tuple[Bar, ...]
    drivers: tuple[tuple[str, int, int], ...]
    own: int
    learnt: int
    approval: bool

    @property
    def level(self) -> str:
        """A signal: likely, doubtful, unlikely."""
        return "fine" if self.percent >= 80 else "watch" if self.percent >= 50 else "act"


def shown(result: Mapping[str, Any], plan: Plan, approval_words: str) -> Shown:
    """An answer with the names of its tasks."""
    target = date.fromisoformat(result["target"])
    most = max((bar[2] for bar in result["bars"]), default=1) or 1
    bars = tuple(
        Bar(
            first := date.fromisoformat(start),
            date.fromisoformat(end),
            runs,
            round(100 * runs / most),
            first > target,
        )
        for start, end, runs in result["bars"]
    )
    return Shown(
        target=target,
        runs=result["runs"],
        percent=round(100 * result["chance"]),
        low=round(100 * result["low"]),
        high=round(100 * result["high"]),
        p50=date.fromisoformat(result["p50"]),
        p80=date.fromisoformat(result["p80"]),
        bars=bars,
        drivers=tuple(_named(result["drivers"], plan, approval_words)),
        own=result["own"],
        learnt=result["learnt"],
        approval=result["approval"],
    )


def _named(
    drivers: Iterable[Sequence[Any]], plan: Plan, approval_words: str
) -> Iterable[tuple[str, int, int]]:
    for key, critical, sway in drivers:
        name = approval_words if key == APPROVAL else plan.facts().called(key)
        yield name, round(100 * critical), round(100 * sway)


def foreseen(subject: Subject, digest: str) -> Foreseen | None:
    """The kept answer, where it is one to this question."""
    return Foreseen.objects.filter(subject=subject, digest=digest).first()
