"""In the background: the four indicators of high-end events follow their sources (EVA-03)."""

from __future__ import annotations

from datetime import datetime

from yunchou.kernel.jobs.registry import CatchUp, schedule

from .actions.fourfold import follow_evaluations


@schedule("reviews.follow_sources", cron="*/20 * * * *", catch_up=CatchUp.LAST)
def follow(fire_at: datetime) -> None:
    """Take what check-in, questionnaires and statistics say by now."""
    follow_evaluations()
