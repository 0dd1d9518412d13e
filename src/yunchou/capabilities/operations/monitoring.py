"""What every report watches (RPT-04): milestones on time, resources within budget, feedback positive."""

from __future__ import annotations

from datetime import datetime

from yunchou.capabilities.budgets.selectors import signals as money_signals
from yunchou.capabilities.work.selectors import signals as schedule_signals
from yunchou.kernel.subjects.models import Subject

from .opinions import signals as feedback_signals
from .points import Point


def monitored(subject: Subject, now: datetime) -> list[Point]:
    """The three points of a subject as they stand."""
    found = {
        "milestones": schedule_signals([subject.pk], now)[subject.pk],
        "budget": money_signals([subject.pk], now)[subject.pk],
        "feedback": feedback_signals([subject.pk], now)[subject.pk],
    }
    return [Point(key, signal.level, signal.value, signal.part) for key, signal in found.items()]
