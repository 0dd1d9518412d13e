"""Reads: the risk signal, the calendar of reports, issues, and what a report may be filled in with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.metrics.models import Reading, Series
from yunchou.capabilities.work.models import Delivery, GanttTask
from yunchou.capabilities.work.states import State as TaskState
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.signals import Level, Signal

from .duties import DATA, PROGRESS
from .models import (
    DailyReport,
    DataReport,
    Issue,
    Measure,
    Remedy,
    ResourceRequest,
    Risk,
    RiskResponse,
    Watch,
)

UNASSESSED = Signal(Level.UNKNOWN, say(_("Not assessed")))


# ---------------------------------------------------------------- risks


def risks_of(subject: Subject) -> list[Risk]:
    """The risks of a subject in order, each with its open response as `response`; five queries."""
    found = Risk.objects.filter(subject=subject).select_related("owner", "task", "copied_from")
    risks = list(found.prefetch_related("resources__supplier"))
    opened = {each.risk_id: each for each in _open_responses(risk.pk for risk in risks)}
    for risk in risks:
        risk.response = opened.get(risk.pk)  # type: ignore[attr-defined]
    return risks


def _open_responses(risks: Iterable[int]) -> Iterable[RiskResponse]:
    found = RiskResponse.objects.filter(risk__in=list(risks), closed_at__isnull=True)
    measures = Measure.objects.select_related("owner", "task", "done_by")
    return found.select_related("agreed_by", "opened_by").prefetch_related(Prefetch("measures", measures))


def newest_values(subject: Subject, risks: Sequence[Risk]) -> dict[int, Series]:
    """The indicator that each trigger by a value watches, with its newest value, by the key of the risk; one query."""
    watching = [risk for risk in risks if risk.watch == Watch.READING]
    if not watching:
        return {}
    known: dict[str, Series] = {}
    for one in Series.objects.filter(subject=subject).order_by("-position", "-pk"):
        known |= {one.indicator: one, str(one): one}
    return {risk.pk: known[risk.indicator] for risk in watching if risk.indicator in known}


def response_log(subject: Subject) -> list[RiskResponse]:
    """Everything that was done about risks of a subject, the newest first."""
    found = RiskResponse.objects.filter(risk__subject=subject)
    measures = Measure.objects.select_related("task")
    found = found.prefetch_related(Prefetch("measures", measures))
    return list(found.select_related("risk", "agreed_by", "opened_by", "closed_by"))


@dataclass(frozen=True)
class _Known:
    """What the signal needs of one risk."""

    scenario: str
    score: int
    is_open: bool = False
    due_at: datetime | None = None
    problem: str = ""

    def level(self, now: datetime) -> Level:
        if not self.is_open:
            return Level.FINE
        return Level.ACT if self.due_at and self.due_at < now else Level.WATCH


def signals(subject_ids: Sequence[int], now: datetime) -> dict[int, Signal]:
    """The risk signal of each subject, in two queries however many there are.

    Fine while no response is open, watch while one is, act when one is over its limit, unknown where nothing is
    assessed. The value is set off ÷ all, and each risk is a segment, those that are set off first.
    """
    return {pk: _signal(known, now) for pk, known in _known(subject_ids).items()}


def _known(subject_ids: Sequence[int]) -> dict[int, list[_Known]]:
    found: dict[int, list[_Known]] = {pk: [] for pk in subject_ids}
    risks = (
        Risk.objects.filter(subject__in=list(subject_ids), likelihood__isnull=False, impact__isnull=False)
        .order_by("position", "pk")
        .annotate(product=F("likelihood") * F("impact"))
        .values_list("subject_id", "pk", "scenario", "product")
    )
    responses = RiskResponse.objects.filter(risk__subject__in=list(subject_ids), closed_at__isnull=True)
    opened = {
        risk: (due_at, problem)
        for risk, due_at, problem in responses.values_list("risk_id", "due_at", "problem")
    }
    for subject, pk, scenario, score in risks:
        due_at, problem = opened.get(pk, (None, ""))
        found[subject].append(_Known(scenario, score, pk in opened, due_at, problem))
    return found


def _signal(known: list[_Known], now: datetime) -> Signal:
    if not known:
        return UNASSESSED
    opened = [each for each in known if each.is_open]
    segments = tuple(sorted((each.level(now) for each in known), key=lambda level: -level.weight))
    value = say(_("{open} / {all}"), open=len(opened), all=len(known))
    base = say(_("set off ÷ all"))
    if not opened:
        top = max(known, key=lambda each: each.score)
        return Signal(
            Level.FINE,
            value,
            reason=say(_("None set off; highest: {risk}"), risk=top.scenario),
            base=base,
            fraction=0.0,
            segments=segments,
        )
    worst = max(opened, key=lambda each: (each.level(now).weight, each.score))
    level = worst.level(now)
    reason = (
        say(_("{problem}; response over its limit"), problem=worst.problem)
        if level is Level.ACT
        else say(_("{problem}; response open"), problem=worst.problem)
    )
    return Signal(
        level,
        value,
        part=say("{risk}", risk=worst.scenario),
        reason=reason,
        base=base,
        fraction=len(opened) / len(known),
        segments=segments,
    )


# ---------------------------------------------------------------- reports


@dataclass(frozen=True)
class Day:
    """The reports of one day: handed in, still owed, and missing after their limit."""

    day: date
    reports: list[DailyReport] = field(default_factory=list)
    data: DataReport | None = None
    waiting: list[Duty] = field(default_factory=list)
    missing: list[Duty] = field(default_factory=list)
    data_waiting: list[Duty] = field(default_factory=list)
    data_missing: list[Duty] = field(default_factory=list)

    @property
    def owed(self) -> list[tuple[Duty, bool]]:
        """Who has not handed in yet, and whether the limit has passed."""
        missing = [*self.missing, *self.data_missing]
        return [(duty, True) for duty in missing] + [
            (duty, False) for duty in (*self.waiting, *self.data_waiting)
        ]

    @property
    def late(self) -> int:
        """How many progress reports came late."""
        return sum(report.is_late for report in self.reports)

    @property
    def level(self) -> Level:
        """How the day stands: something missing, something late, all in, or nothing owed."""
        if self.missing or self.data_missing:
            return Level.ACT
        if self.late or (self.data and self.data.is_late):
            return Level.WATCH
        return Level.FINE if self.reports or self.data else Level.UNKNOWN


def report_days(subject: Subject, since: date, until: date, now: datetime | None = None) -> list[Day]:
    """The days with reports, handed in or owed, the newest first; three queries. Corrected reports are left out."""
    now = now or clock.now()
    days: dict[date, Day] = {}

    def of(day: date) -> Day:
        return days.setdefault(day, Day(day))

    for report in standing_reports(subject).filter(day__range=(since, until)):
        assert report.day is not None
        of(report.day).reports.append(report)
    for each in standing_data_reports(subject).filter(day__range=(since, until)):
        days[each.day] = _with_data(of(each.day), each)
    owed = (
        Duty.objects.open().filter(subject=subject, kind__in=[PROGRESS.key, DATA.key]).select_related("owner")
    )
    for duty in owed.order_by("due_at", "pk"):
        is_data = duty.kind == DATA.key
        day = clock.local(duty.due_at).date() - timedelta(days=int(is_data))
        if not since <= day <= until:
            continue
        lists = (
            (of(day).data_missing, of(day).data_waiting) if is_data else (of(day).missing, of(day).waiting)
        )
        lists[0 if duty.due_at < now else 1].append(duty)
    return sorted(days.values(), key=lambda each: each.day, reverse=True)


def _with_data(day: Day, report: DataReport) -> Day:
    return Day(day.day, day.reports, report, day.waiting, day.missing, day.data_waiting, day.data_missing)


def standing_reports(subject: Subject) -> Any:
    """Progress reports as they stand: of a corrected one the last correction."""
    return (
        DailyReport.objects.filter(subject=subject, corrected_by__isnull=True, day__isnull=False)
        .select_related("owner", "submitted_by", "corrects", "corrects__submitted_by")
        .prefetch_related("issues", "requests__unit")
        .order_by("-day", "position", "pk")
    )


def standing_data_reports(subject: Subject) -> Any:
    """Data reports as they stand."""
    found = DataReport.objects.filter(subject=subject, corrected_by__isnull=True)
    return found.select_related("submitted_by", "corrects", "corrects__submitted_by")


@dataclass(frozen=True)
class Suggested:
    """What a report may begin with: tasks that were finished or worked on, what else was done, what comes, what is wrong."""

    done: tuple[str, ...] = ()
    going: tuple[str, ...] = ()
    tomorrow: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def suggested(subject: Subject, owner: User, day: date) -> Suggested:
    """What this person did on `day` as far as the product knows: tasks, figures, measures, issues; six queries.

    What was handed in and waits for acceptance is done, as far as its owner can say.
    """
    tasks = list(GanttTask.objects.filter(subject=subject, owner=owner).order_by("position", "pk"))
    handed_in = list(_handed_in(subject, owner, day))
    finished = {one.task_id for one in handed_in if one.task_id}
    going = [task for task in tasks if task.state == TaskState.IN_PROGRESS and task.pk not in finished]
    coming = [
        task
        for task in tasks
        if task.state == TaskState.NOT_STARTED and task.start_on and task.start_on <= day + timedelta(days=1)
    ]
    return Suggested(
        done=tuple(str(task) for task in tasks if task.done_on == day or task.pk in finished),
        going=tuple(f"{task} {task.progress}%" if task.progress else str(task) for task in going),
        tomorrow=tuple(str(task) for task in (*going, *coming)),
        told=(*(str(one.work) for one in handed_in if one.assignment_id), *_deeds(subject, owner, day)),
        problems=tuple(_own_problems(subject, owner, day)),
    )


def _handed_in(subject: Subject, owner: User, day: date) -> Iterable[Delivery]:
    """What was handed in as finished on the day and not sent back."""
    since, until = clock.moment(day), clock.moment(day + timedelta(days=1))
    of_subject = Q(task__subject=subject) | Q(assignment__subject=subject)
    found = Delivery.objects.filter(
        of_subject, handed_in_by=owner, handed_in_at__gte=since, handed_in_at__lt=until
    )
    return found.exclude(verdict=Delivery.Verdict.RETURNED).select_related("task", "assignment")


def _deeds(subject: Subject, owner: User, day: date) -> Iterable[str]:
    """Figures that were recorded, measures that were carried out, and issues that were decided."""
    since, until = clock.moment(day), clock.moment(day + timedelta(days=1))
    within = (since, until - timedelta(microseconds=1))
    readings = Reading.objects.filter(
        batch__subject=subject, batch__taken_by=owner, batch__received_at__range=within
    ).select_related("series")
    for reading in {each.series_id: each for each in readings.order_by("at", "pk")}.values():
        yield f"{reading.series} {reading.shown_value}"
    measures = Measure.objects.filter(response__risk__subject=subject, done_by=owner, done_at__range=within)
    yield from measures.filter(task__isnull=True).values_list("text", flat=True)
    decided = Issue.objects.filter(subject=subject, decided_by=owner, decided_at__range=within)
    for issue in decided.order_by("decided_at"):
        yield str(
            say(_("Decided on “{problem}”: {decision}"), problem=issue.problem, decision=issue.decision)
        )


def _own_problems(subject: Subject, owner: User, day: date) -> Iterable[str]:
    """Issues that this person reported on the day and that are open."""
    found = Issue.objects.filter(subject=subject, reporter=owner, report__isnull=True).open()
    return found.filter(
        reported_at__gte=clock.moment(day), reported_at__lt=clock.moment(day + timedelta(days=1))
    ).values_list("problem", flat=True)


def departments_near(subject: Subject) -> Any:
    """The departments of the region (or group) of a subject, of which resources may be asked."""
    root = (
        Unit.objects.filter(pk__in=subject.unit.ancestor_ids, kind=Unit.Kind.REGION).first() or subject.unit
    )
    return Unit.objects.filter(path__startswith=root.path, kind=Unit.Kind.DEPARTMENT).order_by("path")


def requests_of(subject: Subject) -> list[ResourceRequest]:
    """What was asked of departments, open ones first; one query."""
    found = ResourceRequest.objects.filter(subject=subject).select_related(
        "unit", "owner", "asked_by", "report"
    )
    return sorted(found, key=lambda one: (not one.is_open, -one.pk))


def channels_of(subject: Subject) -> list[str]:
    """The channels that this subject's figures come from, in order."""
    rows = Series.objects.filter(subject=subject).order_by("position", "pk").values_list("channel", flat=True)
    return list(dict.fromkeys(channel for channel in rows if channel))


# ---------------------------------------------------------------- issues


def issues_of(subject: Subject) -> list[Issue]:
    """The issues of a subject: open ones first, large before small, then the newest."""
    found = list(Issue.objects.filter(subject=subject).select_related("owner", "reporter"))
    return sorted(found, key=lambda each: (not each.is_open, not each.is_large, -each.pk))


def issue_counts(subject: Subject) -> dict[str, int]:
    """How many issues are in each state."""
    rows = Issue.objects.filter(subject=subject).order_by().values_list("state").annotate(count=Count("pk"))
    return dict.fromkeys(Issue.State.values, 0) | dict(rows)


def opened(subject: Subject) -> tuple[QuerySet[Issue], QuerySet[Risk]]:
    """Open issues and risks that are set off, for the tab."""
    set_off = [Risk.State.TRIGGERED, Risk.State.RESPONDING]
    return (
        Issue.objects.filter(subject=subject).open(),
        Risk.objects.filter(subject=subject, state__in=set_off),
    )


def remedies_of(issue: Issue) -> list[Remedy]:
    """The adjustments of an issue with person, task and money; one query."""
    return list(issue.remedies.select_related("owner", "task", "money__subject"))


def lessons_of(subject: Subject) -> tuple[list[Issue], list[RiskResponse]]:
    """Problems with their solutions, and responses that were given: what the retrospective looks back on (ISS-04, RSK-07)."""
    issues = Issue.objects.filter(subject=subject).exclude(decision="").select_related("owner")
    issues = issues.prefetch_related("remedies__owner").order_by("reported_at", "pk")
    responses = RiskResponse.objects.filter(risk__subject=subject).select_related("risk", "agreed_by")
    return list(issues), list(responses.order_by("opened_at", "pk"))
