"""What it would mean for a schedule to count other days: durations, length and critical path, before anything is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from .counting import axis_for
from .matching import code_of
from .models import ScheduleSetting
from .schedule import Schedule
from .selectors import Plan
from .tables import TaskRow


@dataclass(frozen=True)
class Side:
    """A schedule under one way of counting."""

    length: int
    critical: tuple[str, ...]
    end_on: date | None


@dataclass(frozen=True)
class Recount:
    """One task whose duration or room differs; `before` and `after` are (days, days of room)."""

    code: str
    task: TaskRow
    before: tuple[int | None, int]
    after: tuple[int | None, int]


@dataclass(frozen=True)
class Recounted:
    """Both sides, and the tasks that differ. No date of a plan moves; only a forecast may."""

    before: Side
    after: Side
    rows: tuple[Recount, ...]


def recounted(plan: Plan, days: str) -> Recounted:
    """What counting these days would change."""
    other = replace(plan, setting=ScheduleSetting(subject=plan.subject, days=days))
    rows = tuple(
        Recount(code_of(n), task, was, now)
        for n, (task, was, now) in enumerate(zip(plan.tasks, _rooms(plan), _rooms(other), strict=True))
        if was != now
    )
    return Recounted(_side(plan), _side(other), rows)


def _rooms(plan: Plan) -> Sequence[tuple[int | None, int]]:
    schedule, axis = plan.schedule, axis_for(plan.setting.days)
    return [(task.computed_days(axis), schedule.float_of(n)) for n, task in enumerate(plan.tasks)]


def _side(plan: Plan) -> Side:
    schedule: Schedule = plan.schedule
    ends = [span.end_on for span in plan.forecast.values()]
    return Side(
        schedule.length, tuple(code_of(n) for n in sorted(schedule.critical)), max(ends, default=None)
    )
