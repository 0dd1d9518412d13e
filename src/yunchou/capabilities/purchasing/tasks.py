"""What purchasing does by itself."""

from __future__ import annotations

from datetime import datetime

from yunchou.kernel.jobs.registry import CatchUp, schedule

from .actions import follow_payments


@schedule("purchasing.follow_payments", cron="*/10 * * * *", catch_up=CatchUp.LAST)
def instalments_paid(fire_at: datetime) -> None:
    """Close the duties of instalments that claims have paid in the meantime."""
    follow_payments()
