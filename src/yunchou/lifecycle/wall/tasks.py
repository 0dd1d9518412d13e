from __future__ import annotations

from datetime import datetime

from yunchou.kernel.jobs.registry import CatchUp, schedule

from .actions.draws import forget_winners


@schedule("wall.forget_winners", cron="40 3 * * *", catch_up=CatchUp.LAST)
def forget(fire_at: datetime) -> None:
    """Take the names away behind draws that are older than they are kept."""
    forget_winners(fire_at)
