"""How old somebody is. No data of children below 14 are kept without their parents (PIPL 31), so none are kept at all."""

from __future__ import annotations

from datetime import date
from typing import Final

from yunchou.kernel.core import clock

YOUNGEST: Final = 14


def age_of(born_on: date, day: date | None = None) -> int:
    """The years completed on a day, today unless one is given."""
    day = day or clock.today()
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def is_child(born_on: date) -> bool:
    return age_of(born_on) < YOUNGEST
