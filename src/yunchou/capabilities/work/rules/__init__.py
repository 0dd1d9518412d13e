"""The rules on team and schedule, by theme."""

from .facts import Repeated, UnknownName, WorkFacts, exact_links, facts_of, schedule_of
from .order import durations_are_computed, predecessors_come_first
from .progress import nothing_deviates_much, nothing_is_overdue, nothing_starts_early
from .team import (
    AcceptanceFacts,
    acceptance_due,
    finished_work_is_looked_at,
    modules_are_covered,
    somebody_answers,
)

RULES = (
    durations_are_computed,
    predecessors_come_first,
    nothing_starts_early,
    nothing_is_overdue,
    nothing_deviates_much,
    somebody_answers,
    modules_are_covered,
)
"""What is tested on the tables of a subject."""

__all__ = [
    "RULES",
    "AcceptanceFacts",
    "Repeated",
    "UnknownName",
    "WorkFacts",
    "acceptance_due",
    "durations_are_computed",
    "exact_links",
    "facts_of",
    "finished_work_is_looked_at",
    "modules_are_covered",
    "nothing_deviates_much",
    "nothing_is_overdue",
    "nothing_starts_early",
    "predecessors_come_first",
    "schedule_of",
    "somebody_answers",
]
