"""Time points of risks: the event they are reckoned from, when a trigger is tested, until when a measure is done."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from yunchou.capabilities.metrics.live import periods_of
from yunchou.capabilities.work.counting import setting_of
from yunchou.capabilities.work.duties import DUE_HOUR
from yunchou.capabilities.work.models import GanttTask
from yunchou.capabilities.work.states import State as TaskState
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject

from .models import Risk, Watch, Wish
from .tables import Limit, limit_of


def event_of(subject: Subject) -> date | None:
    """The day of the event: of the schedule, else the first day of the subject."""
    return setting_of(subject).event_on or periods_of([subject.pk]).get(subject.pk, (None, None))[0]


def tested_at(risk: Risk) -> datetime | None:
    """When a trigger by a task or a day is tested; None for others, and while no day is known (RSK-02).

    Of a task it is the day that was approved, else planned; without a time of day 18:00, when tasks are due.
    """
    day = risk.on
    if risk.watch == Watch.TASK and risk.task is not None and day is None:
        day = risk.task.baseline_end_on or risk.task.end_on
    if day is None or risk.watch not in (Watch.TASK, Watch.DAY):
        return None
    at = risk.at or time(DUE_HOUR if risk.watch == Watch.TASK else 0)
    return clock.moment(day, at.hour, at.minute) - timedelta(minutes=risk.ahead_minutes)


def falls_short(task: GanttTask, wish: str) -> bool:
    """Whether a task is not where the trigger wants it to be."""
    state = TaskState(task.state or TaskState.NOT_STARTED)
    return not state.is_started if wish == Wish.BEGUN else state != TaskState.DONE


def due_by(limit: Limit, opened_at: datetime, event_on: date | None) -> datetime | None:
    """The earlier of both ends of a limit for a response that was opened at a moment (R-RSK-04)."""
    ends: list[datetime] = []
    if limit.minutes:
        ends.append(opened_at + timedelta(minutes=limit.minutes))
    if limit.ahead_days is not None and event_on:
        ends.append(clock.moment(event_on - timedelta(days=limit.ahead_days), DUE_HOUR))
    return min(ends) if ends else None


def response_due(risk: Risk, opened_at: datetime, event_on: date | None) -> datetime | None:
    """Until when the response to a risk is due by the limit set for it (RSK-05)."""
    return due_by(Limit(risk.limit_minutes, risk.ahead_days), opened_at, event_on)


def measure_due(text: str, opened_at: datetime, event_on: date | None) -> datetime | None:
    """Until when a measure is due by the limit that it names itself."""
    return due_by(limit_of(text), opened_at, event_on)
