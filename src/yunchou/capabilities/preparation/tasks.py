"""What preparing does by itself."""

from __future__ import annotations

from datetime import datetime

from yunchou.kernel.jobs.registry import CatchUp, schedule

from .actions import expire_holds


@schedule("preparation.expire_holds", cron="* * * * *", catch_up=CatchUp.LAST)
def holds_run_out(fire_at: datetime) -> None:
    """Release holds on venues whose end has come."""
    expire_holds()
