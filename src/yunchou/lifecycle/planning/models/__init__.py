"""What planning keeps: plans, their goals and items, and the calendar of occasions."""

from __future__ import annotations

from .occasions import HiddenOccasion, Occasion, Promotion, RuleKind
from .plans import (
    IN_FORCE,
    WAITING,
    WRITTEN,
    Change,
    Deadline,
    Evaluation,
    Plan,
    Status,
    StrategicGoal,
)
from .tables import Goal, Item, PartText, ProjectLine, Share

__all__ = [
    "IN_FORCE", "WAITING", "WRITTEN", "Change", "Deadline", "Evaluation", "Goal", "HiddenOccasion", "Item", "Occasion",
    "PartText", "Plan", "ProjectLine", "Promotion", "RuleKind", "Share", "Status", "StrategicGoal",
]  # fmt: skip
