"""Fields for people in the tables of all rooms search where this room answers."""

from yunchou.kernel.sheets.pickers import people_from

people_from("organisation:people_options")
