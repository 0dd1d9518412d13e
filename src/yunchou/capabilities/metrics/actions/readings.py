"""Taking in readings: all of a delivery or none of it, once however often it is delivered (DSH-07)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import Alert, Batch, Reading, ReadingKind, Series, Source
from ..pace import attainment
from ..permissions import Perm
from ..rollup import Standing, Taken, standing
from ..stores import LIMIT
from .alerts import watch

MAX_POINTS = 1000
FOUR_PLACES = Decimal("0.0001")

READINGS = "readings"
"""What `lock_on` is asked for: an approved plan is locked, its figures are not."""


@dataclass(frozen=True)
class Point:
    """One value to be taken in, for the indicator of a channel by name. Without `at` it was read now."""

    channel: str
    indicator: str
    day: date
    value: Decimal
    kind: str = ReadingKind.DAILY
    unit: str = ""
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class PointError:
    """Why one point of a delivery cannot be taken in; `index` counts from 0."""

    index: int
    code: str
    message: Say


class PointsRefused(Invalid):
    """Some points cannot be taken in, so none was; `errors` says which and why."""

    code = "points"

    def __init__(self, errors: Sequence[PointError]) -> None:
        super().__init__(say(_("{count} readings cannot be used; none was recorded."), count=len(errors)))
        self.errors = tuple(errors)


@dataclass(frozen=True)
class Recorded:
    """What came of a delivery: its batch, whether it had come before, and the alerts it raised."""

    batch: Batch
    is_repeat: bool = False
    alerts: tuple[Alert, ...] = ()


@transaction.atomic
def record_readings(
    *,
    subject: Subject,
    points: Sequence[Point],
    actor: User | None,
    source: Source,
    key: str,
    origin: str = "",
    history: bool = False,
) -> Recorded:
    """Take in readings and hold the indicators against their rules; records `metrics.recorded`.

    `key` names the delivery: the same again changes nothing, another content under it is refused. `origin` is the
    system it comes from. With `history` nothing is raised. Whoever owns all indicators concerned needs no right; without
    an actor another room tells what it has measured, and has asked for the right itself.
    Raises `PointsRefused` with every point that cannot be used; then nothing is written.
    """
    subject = Subject.objects.select_for_update().select_related("unit").get(pk=subject.pk)
    series = {
        (one.channel, one.indicator): one
        for one in Series.objects.filter(subject=subject).select_related("owner")
    }
    _check_right(subject, points, series, actor)
    digest = _digest(points, origin)
    if known := Batch.objects.filter(subject=subject, key=key).first():
        if known.digest != digest:
            raise WrongState(say(_("Other readings came under this key before.")), code="key_reused")
        return Recorded(known, is_repeat=True)
    if reason := lock_on(subject, READINGS):
        raise WrongState(reason)
    _check(points, series)
    batch = Batch.objects.create(
        subject=subject,
        key=key,
        digest=digest,
        source=source,
        origin=origin[:60],
        taken_by=actor,
        count=len(points),
    )
    touched = _write(points, series, batch)
    record(journal.RECORDED, actor=actor, subject=subject, data=_told(batch, touched))
    alerts = () if history else tuple(watch(subject=subject, actor=actor))
    return Recorded(batch, alerts=alerts)


def _check_right(
    subject: Subject, points: Iterable[Point], series: dict[tuple[str, str], Series], actor: User | None
) -> None:
    if actor is None:
        return
    named = {(point.channel, point.indicator) for point in points}
    is_own = bool(named) and all(name in series and series[name].owner_id == actor.pk for name in named)
    if not is_own:
        require(actor, Perm.RECORD, subject)


def _digest(points: Iterable[Point], origin: str) -> str:
    told = [origin, *({**asdict(point), "value": str(point.value.normalize())} for point in points)]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _check(points: Sequence[Point], series: dict[tuple[str, str], Series]) -> None:
    """Refuse a delivery of which any point cannot be used."""
    if not points:
        raise Invalid(say(_("There is nothing to record.")), code="empty")
    if len(points) > MAX_POINTS:
        raise Invalid(say(_("At most {limit} readings at once."), limit=MAX_POINTS), code="too_many")
    now, today = clock.now(), clock.today()
    errors = [
        PointError(n, *found)
        for n, point in enumerate(points)
        if (found := _wrong(point, series.get((point.channel, point.indicator)), now, today))
    ]
    if errors:
        raise PointsRefused(errors)


def _wrong(point: Point, series: Series | None, now: datetime, today: date) -> tuple[str, Say] | None:
    """Why a point cannot be used, or None."""
    name = f"{point.channel} {point.indicator}".strip()
    if series is None:
        return "unknown", say(_("There is no indicator “{name}”."), name=name)
    if point.day > today or (point.at is not None and point.at > now):
        return "future", say(_("{name}: a reading cannot come from the future."), name=name)
    if not point.value.is_finite() or abs(point.value) >= LIMIT:
        return "value", say(_("{name}: this is not a usable number."), name=name)
    if point.value < 0:
        return "negative", say(_("{name}: the value is below zero."), name=name)
    if point.kind not in ReadingKind.values:
        return "kind", say(_("{name}: a reading is daily or cumulative."), name=name)
    if point.unit and series.unit and point.unit != series.unit:
        return "unit", say(
            _("{name}: the unit is “{unit}”, not “{given}”."), name=name, unit=series.unit, given=point.unit
        )
    return None


def _write(points: Sequence[Point], series: dict[tuple[str, str], Series], batch: Batch) -> list[Series]:
    """Append the readings and bring the newest values of their indicators up to date."""
    now = clock.now()
    Reading.objects.bulk_create(
        Reading(
            series=(one := series[point.channel, point.indicator]),
            batch=batch,
            kind=point.kind,
            day=point.day,
            at=point.at or now,
            value=point.value.quantize(FOUR_PLACES, ROUND_HALF_UP),
            unit=point.unit or one.unit[:12],
            note=point.note[:200],
        )
        for point in points
    )
    named = dict.fromkeys((point.channel, point.indicator) for point in points)
    touched = [series[name] for name in named]
    for one in touched:
        _show(one, standing(_telling(one), is_rate=one.kind == "rate"))
        one.latest_at, one.latest_source = now, batch.origin or batch.source
    Series.objects.bulk_update(
        touched,
        ["today", "today_on", "cumulative", "cumulative_on", "attainment", "latest_at", "latest_source"],
    )
    return touched


def _telling(series: Series) -> list[Taken]:
    """The readings that decide the newest values: the last total and its day's, and the days since. Two queries."""
    own = Reading.objects.filter(series=series)
    order = ("-day", "-at", "-pk")
    fields = ("day", "at", "pk", "kind", "value")
    totals = list(own.filter(kind=ReadingKind.CUMULATIVE).order_by(*order).values_list(*fields)[:1])
    days = own.filter(kind=ReadingKind.DAILY)
    if totals:
        days = days.filter(day__gte=totals[0][0])
    return [Taken(*values) for values in (*totals, *days.values_list(*fields))]


def _show(series: Series, newest: Standing) -> None:
    """Keep the newest values on the indicator; what a table stated of them is no longer so."""
    for name, value, day in (
        ("today", newest.today, newest.today_on),
        ("cumulative", newest.cumulative, newest.cumulative_on),
    ):
        if value is None or day is None:
            continue
        before = series.figure(name)
        if before is None or before.value != value:
            setattr(series, name, Figure(value.normalize(), series.unit).to_json())
        setattr(series, f"{name}_on", day)
    _restate(series)


def _restate(series: Series) -> None:
    """An attainment that was stated follows the figures from now on (R-DSH-01)."""
    stated, total, target = (series.figure(name) for name in ("attainment", "cumulative", "target"))
    if stated is None or total is None or target is None:
        return
    value = attainment(total.value, target.value, lower_is_better=series.lower_is_better)
    if value is not None:
        series.attainment = replace(stated, value=value, comparator="").to_json()


def _told(batch: Batch, touched: Sequence[Series]) -> dict[str, object]:
    names = "、".join(map(str, touched[:5])) + ("…" if len(touched) > 5 else "")
    return {"count": batch.count, "series": names, "source": batch.source, "batch": batch.pk}
