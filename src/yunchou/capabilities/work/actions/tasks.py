"""Changing the plan itself: tasks, their dates, their order, the baseline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import bulk
from yunchou.kernel.core.errors import Invalid, RuleRefused
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.sheets.store import BATCH
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale

from .. import journal
from ..counting import axis_for, event_days, setting_of
from ..matching import MOST_LAG, Reference, reference_of
from ..models import Assignment, Dependency, GanttTask, ScheduleSetting
from ..permissions import Perm
from ..rules import WorkFacts, predecessors_come_first
from ..schedule import Effect, Kind, Shift, days_between
from ..selectors import Plan, plan_of
from ..shifting import DATED, later, shifted
from ..stamps import task_stamp
from ..states import Phase, State, phase_of
from ..stores import TASKS, sync_links
from ..tables import SCHEDULE
from .owed import drop_deliveries, drop_task, follow_tasks


@dataclass(frozen=True)
class Fields:
    """What a person fills in of a task."""

    name: str
    owner: User | None = None
    start_on: date | None = None
    end_on: date | None = None
    note: str = ""
    phase: str = ""
    is_milestone: bool = False
    predecessors: Sequence[int | Wait] = field(default=())
    module: str = ""
    standard: str = ""
    low_days: int | None = None
    likely_days: int | None = None
    high_days: int | None = None


class Wait(NamedTuple):
    """A predecessor that is chosen, and how it holds; a bare id is one that has to end first."""

    predecessor: int
    kind: Kind = Kind.FINISH_START
    lag: int = 0


@dataclass(frozen=True)
class Moved:
    """A move that was made: the task, the successors that followed it, what it does to the whole, and the plan since."""

    task: GanttTask
    followers: tuple[GanttTask, ...]
    effect: Effect
    plan: Plan


@transaction.atomic
def add_task(*, subject: Subject, actor: User, fields: Fields) -> GanttTask:
    """Add a task at the end of the schedule; records `work.task_added`.

    Refuses dates the wrong way round, unknown predecessors, and a start before a predecessor's end (R-SCH-02).
    """
    subject = open_table(subject=subject, table=SCHEDULE.key, actor=actor, right=Perm.EDIT)
    last = GanttTask.objects.filter(subject=subject).count()
    task = GanttTask(subject=subject, position=last + 1)
    _fill(task, fields)
    task.save()
    _set_predecessors(task, fields.predecessors)
    refuse_conflicts(plan_of(subject), {task.pk})
    record(journal.TASK_ADDED, actor=actor, subject=subject, data={"task": str(task)})
    follow_tasks(tasks=[task], actor=actor)
    return task


@transaction.atomic
def edit_task(*, task: GanttTask, actor: User, fields: Fields, seen: str = "") -> GanttTask:
    """Change what a task says; records `work.task_changed`. Refuses like `add_task`, and loops.

    `seen` is how the task stood when it was shown; `Stale` where somebody has changed it since.
    """
    subject = open_table(subject=task.subject, table=SCHEDULE.key, actor=actor, right=Perm.EDIT)
    task = _again(task)
    refuse_stale(seen, task_stamp(task))
    before, old_name = plan_of(subject), task.name
    _fill(task, fields)
    task.save()
    if task.name != old_name:
        _rename(task, old_name)
    _set_predecessors(task, fields.predecessors)
    refuse_conflicts(plan_of(subject), {task.pk}, before)
    record(journal.TASK_CHANGED, actor=actor, subject=subject, data={"task": str(task)})
    follow_tasks(tasks=[task], actor=actor)
    return task


@transaction.atomic
def delete_task(*, task: GanttTask, actor: User) -> None:
    """Delete a task and its links; records `work.task_deleted`. Its successors no longer wait for it."""
    subject = open_table(subject=task.subject, table=SCHEDULE.key, actor=actor, right=Perm.EDIT)
    task = _again(task)
    for link in Dependency.objects.filter(predecessor=task).select_related("task"):
        link.task.predecessor_names = [name for name in link.task.predecessor_names if name != link.given]
        link.task.save(update_fields=["predecessor_names"])
    drop_task(task=task, actor=actor)
    drop_deliveries(work=task, actor=actor)
    told = str(task)
    TASKS.delete_row(subject, task.pk, actor=actor)
    record(journal.TASK_DELETED, actor=actor, subject=subject, data={"task": told})


@transaction.atomic
def place_task(*, task: GanttTask, actor: User, place: int) -> GanttTask:
    """Put a task at a place counted from 1, which gives it another code; records `work.task_reordered`."""
    subject = open_table(subject=task.subject, table=SCHEDULE.key, actor=actor, right=Perm.EDIT)
    told = str(_again(task))
    TASKS.move(subject, task.pk, place, actor=actor)
    record(journal.TASK_REORDERED, actor=actor, subject=subject, data={"task": told, "place": place})
    return _again(task)


@transaction.atomic
def move_task(*, task: GanttTask, actor: User, start_on: date, end_on: date, follow: bool = False) -> Moved:
    """Give a task other dates; records `work.task_moved`.

    Refuses a start before a predecessor's end (R-SCH-02). Successors that would begin too early stop the move, with
    their new earliest dates in the reasons; with `follow` those that have not begun are moved to these dates as well.
    """
    subject = open_table(subject=task.subject, table=SCHEDULE.key, actor=actor, right=Perm.EDIT)
    task = _again(task)
    _check_order(start_on, end_on)
    before, dates_before = plan_of(subject), _dates(task)
    effect = effect_of_move(before, task.pk, start_on, end_on)
    set_dates(task, start_on, end_on, before.setting)
    moved = [task]
    if follow:
        moved += _moved_along(before, effect)
    bulk.update(moved, DATED)
    after = with_moved(before, moved)
    refuse_conflicts(after, {each.pk for each in moved}, before, effect)
    record(
        journal.TASK_MOVED,
        actor=actor,
        subject=subject,
        data={
            "task": str(task),
            "before": dates_before,
            "after": _dates(task),
            "count": len(moved) - 1,
            "followers": [str(each) for each in moved[1:]],
        },
    )
    follow_tasks(tasks=moved, actor=actor)
    return Moved(task, tuple(moved[1:]), effect, after)


def with_moved(plan: Plan, moved: Iterable[GanttTask]) -> Plan:
    """The plan with these tasks as they are now, without reading the others again."""
    rows = {task.pk: TASKS.row(task) for task in moved}
    return replace(plan, tasks=tuple(rows.get(row.pk or 0, row) for row in plan.tasks))


def effect_of_move(plan: Plan, pk: int, start_on: date, end_on: date) -> Effect:
    """What other dates of one task would do to the plan: the successors' new earliest dates, and both ends (SCH-06)."""
    job = plan.schedule.by_key[plan.position_of(pk)]
    return plan.schedule.effect_of(job._replace(start_on=start_on, end_on=end_on))


@transaction.atomic
def keep_baseline(*, subject: Subject, actor: User | None) -> int:
    """Keep the dates as they are as the baseline (on approval); records `work.baseline_kept`. Returns how many tasks."""
    count = GanttTask.objects.filter(subject=subject).update(
        baseline_start_on=F("start_on"), baseline_end_on=F("end_on")
    )
    if count:
        record(journal.BASELINE_KEPT, actor=actor, subject=subject, data={"count": count})
    return count


@transaction.atomic
def shift_all(*, subject: Subject, days: int, actor: User) -> int:
    """Move every date of schedule and division of work by `days`; records `work.shifted`. Baselines stay.

    The day of the event moves along; tasks that hang on it keep their distance in working days (T-15 stays T-15). The
    caller holds the right to give the subject other dates. Returns how many tasks moved.
    """
    tasks = list(
        GanttTask.objects.select_for_update(of=("self",))
        .filter(subject=subject)
        .select_related("owner", "subject")
    )
    assignments = list(Assignment.objects.select_for_update().filter(subject=subject))
    setting = setting_of(subject)
    dates = shifted(tasks, setting, days)
    axis = axis_for(setting.days)
    for task in tasks:
        task.start_on, task.end_on = dates[task.pk]
        if task.start_offset is not None and task.start_on and task.end_on:
            task.days = max(0, days_between(axis, task.start_on, task.end_on))
    for row in assignments:
        row.start_on, row.end_on = later(row.start_on, days), later(row.end_on, days)
    bulk.update(tasks, ["start_on", "end_on", "days"])
    Assignment.objects.bulk_update(assignments, ["start_on", "end_on"], batch_size=BATCH)
    if setting.event_on and days:
        ScheduleSetting.objects.filter(pk=setting.pk).update(event_on=later(setting.event_on, days))
    if days and (tasks or assignments):
        told = {"count": len(tasks), "assignments": len(assignments), "days": days}
        record(journal.SHIFTED, actor=actor, subject=subject, data=told)
        follow_tasks(tasks=tasks, actor=actor)
    return len(tasks)


# ---------------------------------------------------------------- inside


def _again(task: GanttTask) -> GanttTask:
    """The task as it is now that its subject is locked."""
    return GanttTask.objects.select_related("owner", "subject").get(pk=task.pk)


def _check_order(start_on: date | None, end_on: date | None) -> None:
    if start_on and end_on and end_on < start_on:
        words = say(_("The end lies before the start."))
        raise Invalid(words, fields={"end_on": words})


def _fill(task: GanttTask, fields: Fields) -> None:
    if not fields.name.strip():
        raise Invalid(say(_("Give the task a name.")), fields={"name": say(_("Give the task a name."))})
    end_on = fields.start_on if fields.is_milestone and fields.end_on is None else fields.end_on
    _check_order(fields.start_on, end_on)
    task.name = fields.name.strip()
    if fields.owner is not None or task.owner_id is not None:
        task.owner, task.owner_name = fields.owner, fields.owner.name if fields.owner else ""
    task.note = fields.note.strip()
    task.phase = Phase(fields.phase) if fields.phase else phase_of(task.name)
    task.is_milestone = fields.is_milestone
    task.module, task.standard = fields.module.strip(), fields.standard.strip()
    task.low_days, task.likely_days, task.high_days = _three_points(fields)
    if (task.start_on, task.end_on) != (fields.start_on, end_on):
        set_dates(task, fields.start_on, end_on, setting_of(task.subject))


def _three_points(fields: Fields) -> tuple[int | None, int | None, int | None]:
    """Durations at best, as a rule and at worst: all or none, in this order."""
    points = (fields.low_days, fields.likely_days, fields.high_days)
    given = [days for days in points if days is not None]
    if given and (len(given) < len(points) or given != sorted(given)):
        words = say(_("Give all three durations, the shortest first, or none."))
        raise Invalid(words, fields={"low_days": words})
    return points


def set_dates(task: GanttTask, start_on: date | None, end_on: date | None, setting: ScheduleSetting) -> None:
    """New dates, and the duration that follows from them (R-SCH-01); what a file said of either is no longer so.

    A task that hangs on the day of the event hangs there by its new distance, or no longer where that is a day off.
    """
    task.start_on, task.end_on = start_on, end_on
    task.days = days_between(axis_for(setting.days), start_on, end_on) if start_on and end_on else None
    if task.start_offset is not None and setting.event_on:
        days = event_days(setting.event_on)
        task.start_offset = days.offset(start_on) if start_on else None
        task.end_offset = days.offset(end_on) if end_on else None
    task.given = {key: cell for key, cell in task.given.items() if key not in ("start_on", "end_on", "days")}


def _dates(task: GanttTask) -> str:
    return " — ".join(day.isoformat() if day else "?" for day in (task.start_on, task.end_on))


def _rename(task: GanttTask, old_name: str) -> None:
    """Successors that named the task exactly name it by its new name, and hold as they did."""
    for link in Dependency.objects.filter(predecessor=task).select_related("task"):
        if old_name not in (link.given, reference_of(link.given).name):
            continue
        given = str(Reference(task.name, Kind(link.kind), link.lag))
        names = [given if name == link.given else name for name in link.task.predecessor_names]
        GanttTask.objects.filter(pk=link.task_id).update(predecessor_names=names)
        Dependency.objects.filter(pk=link.pk).update(given=given)


def _set_predecessors(task: GanttTask, wanted: Sequence[int | Wait]) -> None:
    """Make the links of a task these. Names that are mapped or not yet understood stay as they were written.

    A link that holds in another way is written anew, in place of what was written.
    """
    waits = {
        wait.predecessor: wait for wait in (each if isinstance(each, Wait) else Wait(each) for each in wanted)
    }
    others = GanttTask.objects.filter(subject=task.subject_id, pk__in=waits).exclude(pk=task.pk).in_bulk()
    for pk, wait in waits.items():
        if pk in others and abs(wait.lag) > MOST_LAG:
            words = say(_("At most {days} days lie between two tasks."), days=MOST_LAG)
            raise Invalid(words, fields={"predecessors": words})
    held = {link.predecessor_id: link for link in Dependency.objects.filter(task=task)}
    texts = {link.given: "" for pk, link in held.items() if pk not in others}
    fresh = [(other, waits[pk]) for pk, other in others.items() if pk not in held]
    changed = []
    for pk, link in held.items():
        if pk in others and (link.kind, link.lag) != (waits[pk].kind, waits[pk].lag):
            how = waits[pk]
            name = reference_of(link.given).name if link.given else others[pk].name
            texts[link.given] = str(Reference(name, how.kind, how.lag))
            link.given, link.kind, link.lag = texts[link.given], how.kind, how.lag
            changed.append(link)
    names = [text for name in task.predecessor_names if (text := texts.get(name, name))]
    written = [(other, str(Reference(other.name, *how[1:])), how) for other, how in fresh]
    names += [text for _other, text, _how in written if text not in names]
    task.predecessor_names = names
    task.save(update_fields=["predecessor_names"])
    Dependency.objects.filter(task=task).exclude(predecessor__in=others).delete()
    Dependency.objects.bulk_update(changed, ["given", "kind", "lag"])
    Dependency.objects.bulk_create(
        [
            Dependency(task=task, predecessor=other, given=text, kind=how.kind, lag=how.lag)
            for other, text, how in written
        ]
    )
    sync_links(task.subject)


def _moved_along(plan: Plan, effect: Effect) -> list[GanttTask]:
    """The tasks that have not begun and are pushed, with their new dates."""
    pushed: dict[int, Shift] = {}
    for shift in effect.shifts:
        row = plan.tasks[shift.key]
        if row.pk is not None and row.state in (None, State.NOT_STARTED):
            pushed[row.pk] = shift
    tasks = list(
        GanttTask.objects.filter(pk__in=pushed).select_related("owner", "subject").order_by("position")
    )
    for task in tasks:
        after = pushed[task.pk].after
        set_dates(task, after.start_on, after.end_on, plan.setting)
    return tasks


def refuse_conflicts(
    plan: Plan, moved: set[int], before: Plan | None = None, effect: Effect | None = None
) -> None:
    """Refuse what R-SCH-02 forbids and was not so before: a start before a predecessor's end, or a loop."""
    facts = plan.facts(is_running=False)
    if new_loops := [loop for loop in facts.schedule.loops if any(plan.tasks[n].pk in moved for n in loop)]:
        verdicts = [
            verdict for verdict in _failures(facts) if verdict.values.get("tasks") == len(new_loops[0])
        ]
        words = verdicts[0].reason if verdicts else say(_("A task cannot wait for itself."))
        raise RuleRefused(words, code="loop", fields={"predecessors": words}, verdicts=verdicts)
    worse = _worse(plan, before)
    if not worse:
        return
    verdicts = [v for v in _failures(facts) if (v.values.get("task"), v.values.get("predecessor")) in worse]
    successors = {task for task, predecessor in worse if plan.tasks[predecessor].pk in moved}
    if effect and successors and all(plan.tasks[task].pk not in moved for task, _predecessor in worse):
        words = _successors_wait(plan, effect, successors)
        raise RuleRefused(words, code="successors", fields={"end_on": words}, verdicts=verdicts)
    words = verdicts[0].reason
    raise RuleRefused(words, code="predecessor", fields={"start_on": words}, verdicts=verdicts)


def _failures(facts: WorkFacts) -> list[Verdict]:
    return [v for v in evaluate([predecessors_come_first], facts) if not v.passed and not v.comment]


def _worse(plan: Plan, before: Plan | None) -> set[tuple[int, int]]:
    """Pairs (task, predecessor) that overlap more than they did."""
    was: dict[tuple[int | None, int | None], int] = {}
    if before:
        for link in before.links:
            pair = (before.tasks[link.task].pk, before.tasks[link.predecessor].pk)
            was[pair] = max(was.get(pair, 0), before.schedule.overlap(link.link))
    return {
        (link.task, link.predecessor)
        for link in plan.links
        if plan.schedule.overlap(link.link)
        > was.get((plan.tasks[link.task].pk, plan.tasks[link.predecessor].pk), 0)
    }


def _successors_wait(plan: Plan, effect: Effect, successors: Iterable[int]) -> Any:
    """`T8 could begin on 08-09 at the earliest`, for each task in the way."""
    days = {shift.key: shift.after for shift in effect.shifts}
    listed = "、".join(
        f"{plan.facts().called(n)} {days[n].start_on:%m-%d}" if n in days else plan.facts().called(n)
        for n in sorted(successors)
    )
    return say(
        _(
            "Successors would begin too early. Their new earliest starts: {tasks}. Move them along, or end earlier."
        ),
        tasks=listed,
    )
