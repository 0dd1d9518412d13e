"""The two tables of this room in the workbook of a campaign."""

from yunchou.kernel.sheets.registry import register

from .beside import PLANNED
from .permissions import Perm
from .stores import ASSIGNMENTS
from .tables import DIVISION, SCHEDULE

register(
    DIVISION, load=ASSIGNMENTS.load, save=ASSIGNMENTS.save, order=50, store=ASSIGNMENTS, edit_perm=Perm.EDIT
)
register(SCHEDULE, load=PLANNED.load, save=PLANNED.save, order=60, store=PLANNED, edit_perm=Perm.EDIT)
