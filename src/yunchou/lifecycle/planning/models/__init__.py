"""What planning keeps: plans, their goals and items, and the calendar of occasions."""

from __future__ import annotations

from ..choices import Purpose, RiskKind, RiskState
from .occasions import HiddenOccasion, Occasion, Promotion, RuleKind
from .oversight import PlanImport, Review, Supervision
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
    deadline_key,
)
from .tables import (
    Allocation,
    Effect,
    Goal,
    Item,
    PartText,
    ProjectLine,
    Risk,
    Share,
)

__all__ = [
    "IN_FORCE", "WAITING", "WRITTEN", "Allocation", "Change", "Deadline", "Effect", "Evaluation", "Goal",
    "HiddenOccasion", "Item", "Occasion", "PartText", "Plan", "PlanImport", "ProjectLine", "Promotion", "Purpose",
    "Review", "Risk", "RiskKind", "RiskState", "RuleKind", "Share", "Status", "StrategicGoal", "Supervision",
    "deadline_key",
]  # fmt: skip
