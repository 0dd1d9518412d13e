"""Leads and orders become readings of the activity by themselves; what people entered is never overwritten silently."""

from __future__ import annotations

from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.metrics.actions import Point, record_readings
from yunchou.capabilities.metrics.actions.watched import open_watched
from yunchou.capabilities.metrics.goals import goals_of, plain_name
from yunchou.capabilities.metrics.models import Kind, ReadingKind, Series, Source
from yunchou.capabilities.metrics.permissions import Perm as MetricsPerm
from yunchou.capabilities.metrics.tables import WHOLE
from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.refusing import wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import Told
from ..selectors.figures import Measured, figure_named, has_any, measured_of, told_by
from ..telling import tellers

AT_ONCE = 200
"""So many activities are told in one turn."""


def mark_stale(subject_id: int) -> None:
    """Leads or orders of an activity changed: its figures are told anew within minutes. Part of the caller's transaction."""
    Told.objects.update_or_create(subject_id=subject_id, defaults={"is_stale": True})


def tell_stale() -> int:
    """Tell the figures of every activity whose leads or orders changed since; says of how many."""
    stale = list(Told.objects.filter(is_stale=True).values_list("subject", flat=True)[:AT_ONCE])
    for subject in Subject.objects.filter(pk__in=stale).order_by("pk"):
        tell_figures(subject=subject)
    return len(stale)


@transaction.atomic
def tell_figures(*, subject: Subject) -> int:
    """Record what leads and orders come to as readings of the indicators that are computed; says how many were new.

    An indicator that people or other systems feed is left alone until somebody has it computed (`take_over`); figures that
    are locked, because the evaluation is complete, stay as they are.
    """
    locked = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=subject.pk)
    Told.objects.update_or_create(subject=locked, defaults={"is_stale": False, "told_at": clock.now()})
    _open_missing(locked)
    news = [one for one in measured_of(locked) if one.is_news and not one.by_hand]
    return _record(locked, news)


@transaction.atomic
def take_over(*, subject: Subject, series: Series, actor: User) -> None:
    """Have an indicator computed that was fed by hand or by a system until now. What was entered stays in its readings.

    Refuses without `metrics.record`, an indicator that leads and orders do not tell, and locked figures; records
    `sales.taken_over`.
    """
    locked = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=subject.pk)
    require(actor, MetricsPerm.RECORD, locked)
    found = next((one for one in measured_of(locked) if one.series.pk == series.pk), None)
    if found is None or found.value is None:
        raise wrong(_("Leads and orders do not tell this indicator."))
    if not _record(locked, [found]):
        raise wrong(_("The figures of this activity are locked."))
    record(journal.TAKEN_OVER, actor=actor, subject=locked, data={"series": str(found.series)})


def _open_missing(subject: Subject) -> None:
    """Open those indicators that a goal names and the dashboard lacks, for the whole, with the goal's target."""
    telling = {one.key for one in tellers if one.has_any(subject)}
    if not has_any(subject) and not telling:
        return
    has = {
        figure_named(name)
        for name in Series.objects.filter(subject=subject).values_list("indicator", flat=True)
    }
    for goal in goals_of(subject):
        what = figure_named(goal.indicator)
        if not what or what in has:
            continue
        if told_by(goal.indicator) == "" and what.partition(".")[0] not in telling:
            continue
        has.add(what)
        one = open_watched(subject=subject, channel=WHOLE, indicator=plain_name(goal.indicator), owner=None)
        one.owner_id, one.target = goal.owner_id, goal.row_target.to_json()
        one.kind = Kind.RATE if goal.row_target.unit == "%" else Kind.VOLUME
        one.save(update_fields=["owner", "target", "kind"])


def _record(subject: Subject, news: list[Measured]) -> int:
    if not news:
        return 0
    points = [
        Point(
            channel=one.series.channel, indicator=one.series.indicator, day=clock.today(), value=one.value,
            kind=ReadingKind.CUMULATIVE, note=str(one.note)[:200],
        )
        for one in news if one.value is not None
    ]  # fmt: skip
    key = f"sales:{uuid4()}"
    try:
        record_readings(subject=subject, points=points, actor=None, source=Source.COMPUTED, key=key)
    except WrongState:
        return 0
    return len(points)
