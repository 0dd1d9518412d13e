"""What this room itself tells the head of a centre: people, and duties of a department's people open, late, and in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import Appointment, Unit

from .standing import Figure, Measure, declare

WINDOW: Final = timedelta(days=90)
GOOD, FAIR = 90, 75
"""Percent of duties in time that is fine, and that is still only to be watched."""


def _units_of_people(units: Sequence[Unit]) -> dict[int, set[int]]:
    """The units in which a person works (deputies aside), by person; a department counts what is below it, too."""
    found: dict[int, set[int]] = {}
    held = Appointment.objects.valid().filter(is_deputy=False).values_list("user", "unit__path")
    for user, path in held:
        for unit in units:
            if path.startswith(unit.path):
                found.setdefault(user, set()).add(unit.pk)
    return found


def _people(units: Sequence[Unit]) -> Mapping[int, Figure]:
    count = dict.fromkeys((unit.pk for unit in units), 0)
    for places in _units_of_people(units).values():
        for pk in places:
            count[pk] += 1
    return {pk: Figure(str(n), "fine" if n else "unknown") for pk, n in count.items()}


def _open(units: Sequence[Unit]) -> Mapping[int, Figure]:
    """Open duties of the department's people, and how many of them are late."""
    late = Count("pk", filter=Q(due_at__lt=clock.now()))
    owed = Duty.objects.open().values_list("owner").annotate(n=Count("pk"), late=late)
    total = {unit.pk: [0, 0] for unit in units}
    places = _units_of_people(units)
    for owner, open_ones, overdue in owed:
        for pk in places.get(owner, ()):
            total[pk][0] += open_ones
            total[pk][1] += overdue
    return {
        pk: Figure(f"{n} / {overdue}", "act" if overdue else "fine") for pk, (n, overdue) in total.items()
    }


def _in_time(units: Sequence[Unit]) -> Mapping[int, Figure]:
    """Share of duties that fell due in the last 90 days and were done by their time."""
    now = clock.now()
    due = Duty.objects.filter(due_at__gte=now - WINDOW, due_at__lte=now, is_history=False)
    counted = due.exclude(state=Duty.State.CANCELLED).values_list("owner")
    kept = Q(state=Duty.State.DONE, done_at__lte=F("due_at"))
    total = {unit.pk: [0, 0] for unit in units}
    places = _units_of_people(units)
    for owner, n, good in counted.annotate(n=Count("pk"), good=Count("pk", filter=kept)):
        for pk in places.get(owner, ()):
            total[pk][0] += n
            total[pk][1] += good
    return {pk: _share(n, good) for pk, (n, good) in total.items() if n}


def _share(total: int, good: int) -> Figure:
    percent = round(good * 100 / total)
    level = "fine" if percent >= GOOD else "watch" if percent >= FAIR else "act"
    return Figure(f"{percent}% ({good}/{total})", level)


declare(Measure("people", _("People"), _people, order=0))
declare(Measure("open", _("Open / late duties"), _open, order=60))
declare(
    Measure(
        "in_time", _("Done in time"), _in_time, note=_("Duties that fell due in the last 90 days"), order=70
    )
)
