"""Who came becomes readings of the campaign by itself; what people entered is never overwritten (EVA-03, R-EVA-04)."""

from __future__ import annotations

import logging
from datetime import timedelta
from decimal import Decimal
from typing import Final
from uuid import uuid4

from django.db import transaction

from yunchou.capabilities.metrics.actions import Point, record_readings
from yunchou.capabilities.metrics.actions.watched import open_watched
from yunchou.capabilities.metrics.catalogue import BY_KEY
from yunchou.capabilities.metrics.goals import goals_of, plain_name
from yunchou.capabilities.metrics.models import ReadingKind, Series, Source
from yunchou.capabilities.metrics.tables import WHOLE
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused, WrongState
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.subjects.models import Subject

from ..rules import participation_is_told
from ..selectors.attendance import attendance_of, running_since

log = logging.getLogger(__name__)
PEOPLE, RATE = BY_KEY["participants"], BY_KEY["attendance"]
LATE: Final = timedelta(days=3)
"""So long after its last session a door may still send what it scanned without a network."""


def tell_running() -> int:
    """Tell the figures of every event that is on, or ended a few days ago; says how many readings were new."""
    count = 0
    for subject in Subject.objects.filter(pk__in=running_since(clock.now() - LATE)).order_by("pk"):
        try:
            count += tell_attendance(subject=subject)
        except Refused as refused:  # one event must not keep the others from being told
            log.warning("the attendance of subject %s was not told: %s", subject.pk, refused)
    return count


@transaction.atomic
def tell_attendance(*, subject: Subject) -> int:
    """Record how many came, and the share of those invited, where a goal or the dashboard asks for it; how many were new.

    Figures that a person entered stay theirs, and so do those of a complete evaluation.
    """
    locked = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=subject.pk)
    found = attendance_of(locked)
    if not found.people:
        return 0
    values = {PEOPLE.name: Decimal(found.people)}
    if found.rate is not None:
        values[RATE.name] = found.rate
    told = evaluate([participation_is_told], found)[0]
    note = str(told.reason)[:200]
    points = []
    for series in _series(locked, values):
        name, figure = plain_name(series.indicator), series.figure("cumulative")
        is_entered = figure is not None and series.latest_source != Source.COMPUTED
        if is_entered or (figure is not None and figure.value == values[name]):
            continue
        points.append(
            Point(
                channel=series.channel, indicator=series.indicator, day=clock.today(), value=values[name],
                kind=ReadingKind.CUMULATIVE, unit=series.unit or _unit(name), note=note,
            )
        )  # fmt: skip
    try:
        if points:
            record_readings(
                subject=locked, points=points, actor=None, source=Source.COMPUTED, key=f"events:{uuid4()}"
            )
    except WrongState:
        return 0
    return len(points)


def _unit(name: str) -> str:
    return next(one.unit for one in (PEOPLE, RATE) if one.name == name)


def _series(subject: Subject, names: dict[str, Decimal]) -> list[Series]:
    """The indicators of the whole event that are told; opened where a goal names one that the dashboard lacks."""
    there = [one for one in Series.objects.filter(subject=subject) if plain_name(one.indicator) in names]
    has = {plain_name(one.indicator) for one in there}
    for goal in goals_of(subject):
        name = plain_name(goal.indicator)
        if name in names and name not in has:
            has.add(name)
            made = open_watched(subject=subject, channel=WHOLE, indicator=name, owner=None)
            made.owner_id, made.target = goal.owner_id, goal.row_target.to_json()
            made.kind = BY_KEY["attendance" if name == RATE.name else "participants"].kind
            made.save(update_fields=["owner", "target", "kind"])
            there.append(made)
    return [one for one in there if one.channel in ("", WHOLE)]
