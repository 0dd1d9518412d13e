"""Deadlines of goals: a date, or working days counted from the end of the campaign, which follow it (R-GOA-02)."""

from __future__ import annotations

from datetime import date

from yunchou.kernel.calendar.selectors import add_working_days

from .models import Goal


def goal_due_on(goal: Goal, end_on: date | None) -> date | None:
    """The deadline of a goal: its date, or the n-th working day after the end of the campaign (R-GOA-02)."""
    if goal.due_working_days is not None:
        return add_working_days(end_on, goal.due_working_days) if end_on else None
    return goal.due_on


def follow_end(campaign_id: int, end_on: date | None) -> list[Goal]:
    """Let deadlines that are counted from the end follow it, and keep the day each came to before.

    Gives the goals whose day has moved. What the page says of a moved deadline ends when it moves back.
    """
    moved = []
    for goal in Goal.objects.filter(subject=campaign_id, due_working_days__isnull=False):
        day = goal_due_on(goal, end_on)
        if day == goal.follows_on:
            continue
        if goal.follows_on is not None and day is not None:
            goal.moved_from = None if goal.moved_from == day else goal.moved_from or goal.follows_on
            moved.append(goal)
        goal.follows_on = day
        goal.save(update_fields=["follows_on", "moved_from"])
    return moved
