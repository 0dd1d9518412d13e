"""Every write of this room: the plan (`tasks`, `links`, `division`), how far it has come (`progress`), what follows (`owed`)."""

from .division import add_assignment, delete_assignment, edit_assignment, set_assignment_state
from .events import move_event, set_event
from .links import link_tasks, map_predecessors, unlink_tasks
from .owed import cancel_task_duties, owe_task_duties
from .plans import count_days, delete_baseline, keep_named_baseline
from .progress import set_progress, set_task_state
from .readiness import foresee
from .tasks import add_task, delete_task, edit_task, keep_baseline, move_task, place_task, shift_all
from .templates import (
    delete_template,
    delete_template_task,
    edit_template,
    make_template,
    plan_from_template,
    set_template_task,
)

__all__ = [
    "add_assignment",
    "add_task",
    "cancel_task_duties",
    "count_days",
    "delete_assignment",
    "delete_baseline",
    "delete_task",
    "delete_template",
    "delete_template_task",
    "edit_assignment",
    "edit_task",
    "edit_template",
    "foresee",
    "keep_baseline",
    "keep_named_baseline",
    "link_tasks",
    "make_template",
    "map_predecessors",
    "move_event",
    "move_task",
    "owe_task_duties",
    "place_task",
    "plan_from_template",
    "set_assignment_state",
    "set_event",
    "set_progress",
    "set_task_state",
    "set_template_task",
    "shift_all",
    "unlink_tasks",
]
