"""What planning does by itself at night."""

from __future__ import annotations

from datetime import datetime

from yunchou.kernel.core import clock
from yunchou.kernel.jobs.registry import Queue, schedule

from .actions import owe_evaluations, owe_looks, owe_plans


@schedule("planning.deadlines", cron="10 0 * * *", queue=Queue.BULK)
def follow_the_year(fire_at: datetime) -> None:
    """Plans of the round are owed from the first reminder on, looks at them while they last, evaluations once it is over."""
    today = clock.local(fire_at).date()
    owe_plans(today=today)
    owe_evaluations(today=today)
    owe_looks()
