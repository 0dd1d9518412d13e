"""Reads of supervision."""

from .teams import may_note, notes_of, notes_on, people_of, plan_of, teams_for, unanswered

__all__ = [
    "may_note", "notes_of", "notes_on", "people_of", "plan_of", "teams_for", "unanswered",
]  # fmt: skip
