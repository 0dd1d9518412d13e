"""In the background: what the door counts, as readings of the dashboard."""

from __future__ import annotations

from datetime import datetime

from yunchou.kernel.jobs.registry import CatchUp, schedule

from .actions.figures import tell_running


@schedule("events.tell_figures", cron="*/5 * * * *", catch_up=CatchUp.LAST)
def tell(fire_at: datetime) -> None:
    """Tell who came to the events that are on."""
    tell_running()
