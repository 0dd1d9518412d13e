"""Every write of this room: the plan (`tasks`, `links`, `division`), how far it has come (`progress`, `deliveries`), what
follows (`owed`), and the people (`team`, `standards`)."""

from .deliveries import accept_delivery, hand_in, return_delivery
from .division import add_assignment, delete_assignment, edit_assignment, set_assignment_state
from .events import move_event, set_event
from .links import link_tasks, map_predecessors, unlink_tasks
from .owed import cancel_task_duties, owe_task_duties
from .plans import count_days, delete_baseline, keep_named_baseline, show_end_day
from .progress import set_progress, set_task_state
from .readiness import foresee
from .standards import delete_part, delete_standard, edit_standard, make_standard, set_part
from .tasks import add_task, delete_task, edit_task, keep_baseline, move_task, place_task, shift_all
from .team import form_team, name_lead, place_outsider, place_person, remove_outsider, remove_person
from .templates import (
    delete_template,
    delete_template_task,
    edit_template,
    make_template,
    plan_from_template,
    set_template_task,
)

__all__ = [
    "accept_delivery",
    "add_assignment",
    "add_task",
    "cancel_task_duties",
    "count_days",
    "delete_assignment",
    "delete_baseline",
    "delete_part",
    "delete_standard",
    "delete_task",
    "delete_template",
    "delete_template_task",
    "edit_assignment",
    "edit_standard",
    "edit_task",
    "edit_template",
    "foresee",
    "form_team",
    "hand_in",
    "keep_baseline",
    "keep_named_baseline",
    "link_tasks",
    "make_standard",
    "make_template",
    "map_predecessors",
    "move_event",
    "move_task",
    "name_lead",
    "owe_task_duties",
    "place_outsider",
    "place_person",
    "place_task",
    "plan_from_template",
    "remove_outsider",
    "remove_person",
    "return_delivery",
    "set_assignment_state",
    "set_event",
    "set_part",
    "set_progress",
    "set_task_state",
    "set_template_task",
    "shift_all",
    "show_end_day",
    "unlink_tasks",
]
