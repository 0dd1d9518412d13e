"""What this room keeps: the two tables and their links, how a schedule counts its days, baselines, templates, the team."""

from .deliveries import Delivery
from .plans import Baseline, Foreseen, ScheduleSetting
from .tables import Assignment, Dependency, GanttTask, Owned
from .team import Outsider, Seat, StandardPart, TeamStandard, Tier
from .templates import ScheduleTemplate, TemplateTask

__all__ = [
    "Assignment",
    "Baseline",
    "Delivery",
    "Dependency",
    "Foreseen",
    "GanttTask",
    "Outsider",
    "Owned",
    "ScheduleSetting",
    "ScheduleTemplate",
    "Seat",
    "StandardPart",
    "TeamStandard",
    "TemplateTask",
    "Tier",
]
