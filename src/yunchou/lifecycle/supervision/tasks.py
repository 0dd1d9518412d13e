"""What supervision does by itself at night."""

from __future__ import annotations

from datetime import datetime

from yunchou.kernel.core import clock
from yunchou.kernel.jobs.registry import Queue, schedule

from .actions import open_due_audits


@schedule("supervision.audits", cron="30 0 * * *", queue=Queue.BULK)
def open_audits(fire_at: datetime) -> None:
    """Open the audits whose turn it is, each with its sample (R-BUD-14)."""
    open_due_audits(today=clock.local(fire_at).date())
