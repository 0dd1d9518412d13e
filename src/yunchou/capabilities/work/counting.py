"""Which days count for a schedule: every day (R-SCH-01), or the working days of the calendar in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from yunchou.kernel.calendar.days import WorkingCalendar
from yunchou.kernel.calendar.selectors import working_calendar
from yunchou.kernel.core.reading import read_once
from yunchou.kernel.subjects.models import Subject

from .models import ScheduleSetting
from .schedule import CALENDAR_DAYS, Axis, EventDays, WorkingDays
from .states import DayCount

_held: tuple[WorkingCalendar, WorkingDays] | None = None


def working_days() -> WorkingDays:
    """The working days of the calendar in force, counted once for each edition of it."""
    global _held
    calendar = working_calendar()
    if _held is None or _held[0] is not calendar:
        _held = calendar, WorkingDays(calendar.is_working_day)
    return _held[1]


def axis_for(days: str) -> Axis:
    """The days that a choice speaks of."""
    return working_days() if days == DayCount.WORKING else CALENDAR_DAYS


@read_once
def setting_of(subject: Subject) -> ScheduleSetting:
    """How a schedule counts; one that nobody has set counts every day."""
    found = ScheduleSetting.objects.filter(subject_id=subject.pk).first()
    return found or ScheduleSetting(subject=subject)


def axis_of(subject: Subject) -> Axis:
    """The days that count for a schedule; one query."""
    return axis_for(setting_of(subject).days)


def axes_of(subject_ids: Sequence[int]) -> Mapping[int, Axis]:
    """The days that count for many schedules, those left out that count every day; one query."""
    found = ScheduleSetting.objects.filter(subject__in=subject_ids, days=DayCount.WORKING)
    return {pk: working_days() for pk in found.values_list("pk", flat=True)}


def event_days(event_on: date) -> EventDays:
    """Days told from an event."""
    return EventDays(working_days(), event_on)
