"""The two tables of this room in the workbook of a campaign."""

from yunchou.kernel.sheets.registry import register

from .stores import ASSIGNMENTS, TASKS
from .tables import DIVISION, SCHEDULE

register(DIVISION, load=ASSIGNMENTS.load, save=ASSIGNMENTS.save, order=50)
register(SCHEDULE, load=TASKS.load, save=TASKS.save, order=60)
