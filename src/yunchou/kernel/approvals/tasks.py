"""What approvals do by themselves at night."""

from __future__ import annotations

from datetime import datetime

from yunchou.kernel.jobs.registry import Queue, schedule

from .actions import reseat


@schedule("approvals.reseat", cron="5 0 * * *", queue=Queue.BULK, is_atomic=False)
def follow_the_seats(fire_at: datetime) -> None:
    """Appointments and delegations begin and end by their dates: open tasks follow just after midnight."""
    reseat()
