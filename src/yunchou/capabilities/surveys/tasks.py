"""What questionnaires do by themselves."""

from __future__ import annotations

from datetime import datetime

from yunchou.kernel.jobs.registry import CatchUp, schedule

from .actions import follow_surveys


@schedule("surveys.follow", cron="*/5 * * * *", catch_up=CatchUp.LAST, is_atomic=False)
def surveys_follow_the_clock(fire_at: datetime) -> None:
    """Open, remind and close what has come to its time (R-EVA-03)."""
    follow_surveys()
