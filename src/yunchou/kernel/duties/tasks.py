from __future__ import annotations

from datetime import datetime

from yunchou.kernel.jobs.registry import schedule

from .climbing import escalate_due


@schedule("duties.escalate", cron="* * * * *", is_atomic=False)
def escalate(fire_at: datetime) -> None:
    """Remind owners and tell supervisors of what has become due, once a minute."""
    escalate_due()
