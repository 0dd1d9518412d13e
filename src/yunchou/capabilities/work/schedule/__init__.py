"""The arithmetic of a schedule, pure: days of a calendar, tasks and links, passes over them, forecast and readiness."""

from .axis import CALENDAR_DAYS, Axis, EventDays, WorkingDays, days_between
from .network import Job, Kind, Link, Network, duration
from .plan import Effect, Schedule, Shift, Span
from .readiness import Driver, Estimate, Readiness, readiness_of

__all__ = [
    "CALENDAR_DAYS",
    "Axis",
    "Driver",
    "Effect",
    "Estimate",
    "EventDays",
    "Job",
    "Kind",
    "Link",
    "Network",
    "Readiness",
    "Schedule",
    "Shift",
    "Span",
    "WorkingDays",
    "days_between",
    "duration",
    "readiness_of",
]
