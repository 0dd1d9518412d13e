"""What expenses do by themselves."""

from __future__ import annotations

from datetime import datetime

from yunchou.kernel.core import clock
from yunchou.kernel.jobs.registry import CatchUp, Queue, schedule

from . import actions


# Every missed first of a month is made up for, so that no month goes without its report.
@schedule("expenses.owe_reports", cron="20 0 1 * *", catch_up=CatchUp.EVERY, queue=Queue.BULK)
def owe_reports(fire_at: datetime) -> None:
    """Let finance owe the expense report on the month that is over (R-BUD-13)."""
    actions.owe_reports(day=clock.local(fire_at).date())


# Likewise no quarter without what the departments have to say about it.
@schedule("expenses.owe_analyses", cron="25 0 1 1,4,7,10 *", catch_up=CatchUp.EVERY, queue=Queue.BULK)
def owe_analyses(fire_at: datetime) -> None:
    """Let departments owe the analysis of the quarter that is over (BUD-24)."""
    actions.owe_analyses(day=clock.local(fire_at).date())
