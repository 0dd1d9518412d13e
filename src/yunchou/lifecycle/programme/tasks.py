from __future__ import annotations

from datetime import datetime

from yunchou.kernel.jobs.registry import CatchUp, schedule

from .actions.setup import judge_equipment


@schedule("programme.judge_equipment", cron="* * * * *", catch_up=CatchUp.LAST)
def judge(fire_at: datetime) -> None:
    """Look at the equipment of every session an hour before it begins (EXE-02)."""
    judge_equipment(fire_at)
