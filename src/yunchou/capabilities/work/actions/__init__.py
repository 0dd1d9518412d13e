"""Every write of this room: the plan (`tasks`, `links`, `division`), how far it has come (`progress`), what follows (`owed`)."""

from .division import add_assignment, delete_assignment, edit_assignment, set_assignment_state
from .links import link_tasks, map_predecessors, unlink_tasks
from .owed import cancel_task_duties, owe_task_duties
from .progress import set_progress, set_task_state
from .tasks import add_task, delete_task, edit_task, keep_baseline, move_task, place_task, shift_all

__all__ = [
    "add_assignment",
    "add_task",
    "cancel_task_duties",
    "delete_assignment",
    "delete_task",
    "edit_assignment",
    "edit_task",
    "keep_baseline",
    "link_tasks",
    "map_predecessors",
    "move_task",
    "owe_task_duties",
    "place_task",
    "set_assignment_state",
    "set_progress",
    "set_task_state",
    "shift_all",
    "unlink_tasks",
]
