"""The two tables of this room in the workbook of a campaign."""

from yunchou.kernel.sheets.registry import register

from .permissions import Perm
from .stores import ASSIGNMENTS, TASKS
from .tables import DIVISION, SCHEDULE

register(
    DIVISION, load=ASSIGNMENTS.load, save=ASSIGNMENTS.save, order=50, store=ASSIGNMENTS, edit_perm=Perm.EDIT
)
register(SCHEDULE, load=TASKS.load, save=TASKS.save, order=60, store=TASKS, edit_perm=Perm.EDIT)
