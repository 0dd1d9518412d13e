from __future__ import annotations

from datetime import datetime

from yunchou.kernel.core import clock
from yunchou.kernel.jobs.registry import CatchUp, schedule

from .actions import check_moments, draft_weeklies, owe_for_departments, owe_report_duties, owe_weekly_reports
from .running import running_on


# Every missed midnight is made up for, so that no day of execution goes without its duties.
@schedule("operations.owe_reports", cron="5 0 * * *", catch_up=CatchUp.EVERY)
def owe_reports(fire_at: datetime) -> None:
    """Lay down the day's progress and data reports of everything that is being executed."""
    day = clock.local(fire_at).date()
    for running in running_on(day):
        owe_report_duties(subject=running.subject, day=day, progress=running.progress, data=running.data)


@schedule("operations.test_triggers", cron="* * * * *", catch_up=CatchUp.LAST)
def test_risks(fire_at: datetime) -> None:
    """Set off the risks whose task is not ready, or whose day has come, at the moment of their test (R-RSK-03)."""
    check_moments(fire_at)


@schedule("operations.owe_weekly", cron="10 0 * * 1", catch_up=CatchUp.LAST)
def owe_weekly(fire_at: datetime) -> None:
    """Lay down the weekly reports of everything that is being executed (R-RPT-03)."""
    owe_weekly_reports(clock.local(fire_at).date())


@schedule("operations.owe_departments", cron="15 0 * * *", catch_up=CatchUp.LAST)
def owe_departments(fire_at: datetime) -> None:
    """Lay down the reports that departments owe next (RPT-08)."""
    owe_for_departments(clock.local(fire_at).date())


@schedule("operations.draft_weekly", cron="0 16 * * 5", catch_up=CatchUp.LAST)
def draft_weekly(fire_at: datetime) -> None:
    """Draft the weekly reports that nobody has begun, when their owners are reminded (R-RPT-03)."""
    draft_weeklies(clock.local(fire_at).date())
