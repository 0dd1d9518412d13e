"""What supervision does by itself at night."""

from __future__ import annotations

from datetime import datetime

from yunchou.kernel.core import clock
from yunchou.kernel.jobs.registry import Queue, schedule

from .actions import ask_newcomers, draft_reports, open_due_audits, open_yearly_round, owe_legality_checks


@schedule("supervision.audits", cron="30 0 * * *", queue=Queue.BULK)
def open_audits(fire_at: datetime) -> None:
    """Open the audits whose turn it is, each with its sample (R-BUD-14)."""
    open_due_audits(today=clock.local(fire_at).date())


@schedule("supervision.checks", cron="35 0 * * *", queue=Queue.BULK)
def owe_checks(fire_at: datetime) -> None:
    """Let teams owe the check of activities that nobody checked for legality and honesty yet (002 1.3)."""
    owe_legality_checks(today=clock.local(fire_at).date())


@schedule("supervision.reports", cron="40 0 * * *", queue=Queue.BULK)
def draft_monthly(fire_at: datetime) -> None:
    """Draft the reports of last month, each once (002 3.3(3))."""
    draft_reports(today=clock.local(fire_at).date())


@schedule("supervision.conduct", cron="45 0 * * *", queue=Queue.BULK)
def ask_for_conduct(fire_at: datetime) -> None:
    """Ask for the code of conduct in a new year, and those who joined (002 1.2)."""
    today = clock.local(fire_at).date()
    open_yearly_round(today=today)
    ask_newcomers(today=today)
