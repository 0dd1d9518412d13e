"""What preparing does by itself."""

from __future__ import annotations

from datetime import datetime

from yunchou.kernel.jobs.registry import CatchUp, schedule

from .actions import expire_holds
from .actions.reports import plan_ended


@schedule("preparation.expire_holds", cron="* * * * *", catch_up=CatchUp.LAST)
def holds_run_out(fire_at: datetime) -> None:
    """Release holds on venues whose end has come."""
    expire_holds()


@schedule("preparation.plan_reports", cron="20 6 * * *", catch_up=CatchUp.LAST)
def events_are_reported(fire_at: datetime) -> None:
    """Plan the reports of activities that were made known and ended a few days ago: whoever leads them owes them."""
    plan_ended()
