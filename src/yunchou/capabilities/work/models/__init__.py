"""What this room keeps: the two tables and their links, how a schedule counts its days, baselines, templates, the team."""

from .plans import Baseline, Foreseen, ScheduleSetting
from .tables import Assignment, Dependency, GanttTask, Owned
from .templates import ScheduleTemplate, TemplateTask

__all__ = [
    "Assignment",
    "Baseline",
    "Dependency",
    "Foreseen",
    "GanttTask",
    "Owned",
    "ScheduleSetting",
    "ScheduleTemplate",
    "TemplateTask",
]
