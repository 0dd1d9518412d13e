"""The day of the event that a schedule hangs on: setting it, and moving it with the tasks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import bulk
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.sheets.store import BATCH
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..counting import event_days
from ..models import Assignment, GanttTask, ScheduleSetting
from ..permissions import Perm
from ..selectors import plan_of
from ..shifting import DATED, Going, going, later
from ..states import State
from ..tables import SCHEDULE
from .owed import follow_tasks
from .tasks import refuse_conflicts, set_dates


@dataclass(frozen=True)
class EventMoved:
    """What moving the event did."""

    moved: tuple[GanttTask, ...]
    kept: int


@transaction.atomic
def set_event(*, subject: Subject, event_on: date, actor: User) -> ScheduleSetting:
    """Hang a schedule on the day of the event for the first time; records `work.event_set`.

    Nothing moves. Every task that is not done and stands on working days keeps from now on its distance in them.
    """
    subject = open_table(subject=subject, table=SCHEDULE.key, actor=actor, right=Perm.EDIT)
    setting, _made = ScheduleSetting.objects.get_or_create(subject=subject)
    setting.event_on = event_on
    setting.save(update_fields=["event_on"])
    told, hung = event_days(event_on), []
    for task in GanttTask.objects.filter(subject=subject).exclude(state=State.DONE):
        task.start_offset = told.offset(task.start_on) if task.start_on else None
        task.end_offset = told.offset(task.end_on) if task.end_on else None
        hung.append(task)
    bulk.update(hung, ["start_offset", "end_offset"])
    record(journal.EVENT_SET, actor=actor, subject=subject, data={"after": event_on, "count": len(hung)})
    return setting


@transaction.atomic
def move_event(*, subject: Subject, event_on: date, actor: User, keep: Collection[int] = ()) -> EventMoved:
    """Move the event and the open tasks with it; records `work.event_moved`.

    Tasks that hang on the event keep their working days (T-15 stays T-15), others go along by days; what is done, and the
    tasks whose ids are in `keep`, stay where they are. Open assignments go along by days. Refuses what would begin before
    its predecessor and did not before (R-SCH-02). Without an event so far it is only set.
    """
    subject = open_table(subject=subject, table=SCHEDULE.key, actor=actor, right=Perm.EDIT)
    setting, _made = ScheduleSetting.objects.get_or_create(subject=subject)
    if setting.event_on is None:
        set_event(subject=subject, event_on=event_on, actor=actor)
        return EventMoved((), 0)
    before, plan = setting.event_on, plan_of(subject)
    if before == event_on:
        return EventMoved((), 0)
    all_going = going(subject, setting, event_on)
    moved = move_tasks(subject, setting, event_on, all_going, set(keep))
    _move_assignments(subject, (event_on - before).days)
    refuse_conflicts(plan_of(subject), {task.pk for task in moved}, plan)
    data = {"before": before, "after": event_on, "count": len(moved), "kept": len(all_going) - len(moved)}
    record(journal.EVENT_MOVED, actor=actor, subject=subject, data=data)
    fresh = GanttTask.objects.filter(pk__in=[task.pk for task in moved]).select_related("owner", "subject")
    follow_tasks(tasks=fresh, actor=actor)
    return EventMoved(tuple(moved), len(all_going) - len(moved))


def move_tasks(
    subject: Subject, setting: ScheduleSetting, event_on: date, found: Sequence[Going], stays: Collection[int]
) -> list[GanttTask]:
    """Write the new day of the event and the dates of the tasks that go along; those that stay get another distance."""
    setting.event_on = event_on
    setting.save(update_fields=["event_on"])
    told = event_days(event_on)
    moved = [_moved(one.task, one.after, setting) for one in found if one.task.pk not in stays]
    gone = {task.pk for task in moved}
    hung = GanttTask.objects.filter(subject=subject, start_offset__isnull=False).exclude(state=State.DONE)
    kept = [task for task in hung if task.pk not in gone]
    for task in kept:
        task.start_offset = told.offset(task.start_on) if task.start_on else None
        task.end_offset = told.offset(task.end_on) if task.end_on else None
    bulk.update([*moved, *kept], DATED)
    return moved


def _moved(task: GanttTask, dates: tuple[date | None, date | None], setting: ScheduleSetting) -> GanttTask:
    set_dates(task, *dates, setting)
    return task


def _move_assignments(subject: Subject, days: int) -> None:
    rows = list(Assignment.objects.filter(subject=subject).exclude(state=State.DONE))
    for row in rows:
        if row.start_on or row.end_on:
            row.start_on, row.end_on = later(row.start_on, days), later(row.end_on, days)
            row.given = {key: cell for key, cell in row.given.items() if key not in ("start_on", "end_on")}
    Assignment.objects.bulk_update(rows, ["start_on", "end_on", "given"], batch_size=BATCH)
