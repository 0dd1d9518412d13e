"""Work at night: papers that run out."""

from __future__ import annotations

from datetime import datetime

from yunchou.kernel.jobs.registry import CatchUp, schedule

from .actions import owe_renewals


@schedule("suppliers.owe_renewals", cron="20 0 * * *", catch_up=CatchUp.LAST)
def owe_expiring_documents(fire_at: datetime) -> None:
    """Lay down the duties to renew papers that run out within 30 days."""
    owe_renewals()
