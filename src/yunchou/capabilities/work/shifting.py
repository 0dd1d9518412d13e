"""Where tasks go when the day of the event moves: those that hang on it keep their working days, others go along by days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from yunchou.kernel.subjects.models import Subject

from .counting import event_days, setting_of
from .models import GanttTask, ScheduleSetting
from .states import State

Dates = tuple[date | None, date | None]
DATED = ("start_on", "end_on", "days", "start_offset", "end_offset", "given")
"""What changes with a task's dates."""


@dataclass(frozen=True)
class Going:
    """An open task that goes along with the event, and where it was and will be."""

    task: GanttTask
    before: Dates
    after: Dates

    @property
    def distance(self) -> str:
        """`T-15`, where it hangs on the event in working days."""
        offset = self.task.start_offset
        return "" if offset is None else "T" if not offset else f"T{offset:+d}"

    @property
    def days(self) -> int | None:
        """By how many days its end moves."""
        before, after = self.before[1] or self.before[0], self.after[1] or self.after[0]
        return (after - before).days if before and after else None


def later(day: date | None, days: int) -> date | None:
    """So many days later; nothing stays nothing."""
    return day + timedelta(days=days) if day else None


def shifted(tasks: Iterable[GanttTask], setting: ScheduleSetting, days: int) -> Mapping[int, Dates]:
    """The dates of tasks when the event is so many days later, by their ids."""
    told = event_days(setting.event_on + timedelta(days=days)) if setting.event_on else None

    def moved(day: date | None, offset: int | None) -> date | None:
        return told.day(offset) if told and offset is not None and day else later(day, days)

    return {
        task.pk: (moved(task.start_on, task.start_offset), moved(task.end_on, task.end_offset))
        for task in tasks
    }


def shifted_dates(subject: Subject, days: int) -> Mapping[int, Dates]:
    """The dates that `shift_all` would give the tasks of a subject."""
    return shifted(GanttTask.objects.filter(subject=subject), setting_of(subject), days)


def going(subject: Subject, setting: ScheduleSetting, event_on: date) -> tuple[Going, ...]:
    """The open tasks that move when the event does, in the order of the schedule. What is done stays where it was."""
    if setting.event_on is None or setting.event_on == event_on:
        return ()
    is_open = GanttTask.objects.filter(subject=subject).exclude(state=State.DONE)
    tasks = list(is_open.order_by("position", "pk").only("position", "name", *DATED))
    dates = shifted(tasks, setting, (event_on - setting.event_on).days)
    found = (Going(task, (task.start_on, task.end_on), dates[task.pk]) for task in tasks)
    return tuple(one for one in found if one.before != one.after)
