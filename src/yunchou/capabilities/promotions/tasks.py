"""In the background: forwarding tasks that were fulfilled by the people who came."""

from __future__ import annotations

from datetime import datetime

from yunchou.kernel.jobs.registry import CatchUp, schedule

from .actions import fulfil_reached


@schedule("promotions.fulfil_reached", cron="*/15 * * * *", catch_up=CatchUp.LAST)
def reached(fire_at: datetime) -> None:
    """Let go who has invited as many as they were to."""
    fulfil_reached()
