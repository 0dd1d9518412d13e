"""When a series meets again."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from yunchou.kernel.calendar.selectors import add_working_days, is_working_day

from .models import Rhythm

DAYS = {Rhythm.WEEKLY: 7, Rhythm.FORTNIGHTLY: 14}
MONTHS = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3}


def next_day(rhythm: str, first_on: date, after: date) -> date:
    """The first day of the series after `after`; on a day off the next working day, which never comes before `after`.

    Months keep the day of the month of `first_on`, or their last day where they are shorter.
    """
    if first_on > after:
        planned = first_on
    elif days := DAYS.get(Rhythm(rhythm)):
        planned = first_on + timedelta(days=days * ((after - first_on).days // days + 1))
    else:
        step = MONTHS[Rhythm(rhythm)]
        count = ((after.year - first_on.year) * 12 + after.month - first_on.month) // step
        planned = _months_on(first_on, count * step)
        while planned <= after:
            count += 1
            planned = _months_on(first_on, count * step)
    return planned if is_working_day(planned) else add_working_days(planned, 1)


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
