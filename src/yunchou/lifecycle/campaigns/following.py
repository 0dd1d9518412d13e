"""What follows in the rooms below from the course of a campaign: who owes what from when, and what is dropped.

A campaign that was running when it was imported is history until somebody gives it other dates: its tasks and its past
goal deadlines are owed by nobody.
"""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import Any

from yunchou.capabilities.work.actions import cancel_task_duties, owe_task_duties
from yunchou.kernel.calendar.selectors import add_working_days
from yunchou.kernel.core import clock
from yunchou.kernel.duties import actions as duties
from yunchou.kernel.identity.models import User

from .duties import DUE_HOUR, GOAL
from .models import Campaign, Goal


def owe_tasks(campaign: Campaign, actor: User) -> None:
    """The owners of open tasks owe them by their ends (R-SCH-04)."""
    if campaign.history_until is None:
        owe_task_duties(subject=campaign.subject, actor=actor)


def owe_reports(campaign: Campaign, actor: User) -> None:
    """The progress and data reports of today are owed (R-RPT-01, R-RPT-02); later days are laid down day by day."""
    _operations("owe_report_duties", subject=campaign.subject, day=clock.today())


def drop_work(campaign: Campaign, actor: User) -> None:
    """Nobody owes tasks or reports of a campaign that does not run."""
    cancel_task_duties(subject=campaign.subject, actor=actor)
    _operations("cancel_report_duties", subject=campaign.subject, actor=actor)


def goal_due_on(goal: Goal, end_on: date | None) -> date | None:
    """The deadline of a goal: its date, or the n-th working day after the end of the campaign (R-GOA-02)."""
    if goal.due_working_days is not None:
        return add_working_days(end_on, goal.due_working_days) if end_on else None
    return goal.due_on


def owe_goals(campaign: Campaign, actor: User) -> None:
    """Owners report the final figures of their goals; the overall lead where a goal has no known owner."""
    for goal in Goal.objects.filter(subject=campaign.subject).select_related("owner"):
        due = goal_due_on(goal, campaign.end_on)
        if due is None or (campaign.history_until and due <= campaign.history_until):
            continue
        duties.owe(
            kind=GOAL.key,
            subject=campaign.subject,
            owner=goal.owner or campaign.owner,
            due_at=clock.moment(due, DUE_HOUR),
            key=f"{GOAL.key}:{goal.pk}",
            params={"goal": goal.dimension},
            actor=actor,
        )


def settle_goals(campaign: Campaign, actor: User) -> None:
    """The evaluation holds the final figures, so that nobody owes them any longer."""
    duties.fulfil(actor=actor, kind=GOAL.key, subject=campaign.subject)


def _operations(name: str, **arguments: Any) -> None:
    try:
        module = import_module("yunchou.capabilities.operations.actions")
    except ImportError:
        return
    if hasattr(module, name):
        getattr(module, name)(**arguments)
