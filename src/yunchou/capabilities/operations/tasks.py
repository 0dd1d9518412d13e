from __future__ import annotations

from datetime import datetime

from yunchou.kernel.core import clock
from yunchou.kernel.jobs.registry import CatchUp, schedule

from .actions import owe_report_duties
from .running import running_on


# Every missed midnight is made up for, so that no day of execution goes without its duties.
@schedule("operations.owe_reports", cron="5 0 * * *", catch_up=CatchUp.EVERY)
def owe_reports(fire_at: datetime) -> None:
    """Lay down the day's progress and data reports of everything that is being executed."""
    day = clock.local(fire_at).date()
    for running in running_on(day):
        owe_report_duties(subject=running.subject, day=day, progress=running.progress, data=running.data)
