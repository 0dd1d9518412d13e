"""In the background: what leads and orders come to, as readings of the dashboard."""

from __future__ import annotations

from datetime import datetime

from yunchou.kernel.jobs.registry import CatchUp, schedule

from .actions.figures import tell_stale


@schedule("sales.tell_figures", cron="*/5 * * * *", catch_up=CatchUp.LAST)
def tell(fire_at: datetime) -> None:
    """Tell the figures of activities whose leads or orders changed."""
    tell_stale()
