"""How rows of the dashboard live in the database: each is a series, and what it shows are readings of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.sheets.persons import person
from yunchou.kernel.sheets.store import Access, ModelStore, as_json
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.subjects.models import Subject

from . import live
from .models import Batch, Kind, Reading, ReadingKind, Series, ShownState, Source
from .tables import DASHBOARD, SeriesRow

LIMIT = Decimal(10) ** 14
"""Readings have fourteen digits before the point; what is larger stays in the table only."""

SHOWN = {"today": ReadingKind.DAILY, "cumulative": ReadingKind.CUMULATIVE}


def _set_shown(series: Series, state: ShownState | None) -> None:
    series.shown_state = state or ""


@dataclass(frozen=True)
class SeriesStore(ModelStore[Series, SeriesRow]):
    """Keeps series. A figure that is new or has changed is also a reading, so that the history knows where it came from."""

    def save(self, subject: Subject, rows: Sequence[SeriesRow], *, actor: Any = None) -> None:
        """As in a workbook: the figures are readings of the day that `live.as_of` tells."""
        before = {series.pk: _figures(series) for series in self._of(subject)}
        self._keep(set(before) - {row.pk for row in rows})
        super().save(subject, rows, actor=actor)
        saved = list(self._of(subject).order_by("position", "pk"))
        _take(subject, saved, before, source=Source.WORKBOOK, day=live.as_of(subject), actor=actor)

    def save_row(self, subject: Subject, row: SeriesRow, *, actor: Any = None) -> Series:
        """As on a page: the figures are readings of today."""
        before = {series.pk: _figures(series) for series in self._of(subject) if series.pk == row.pk}
        series = super().save_row(subject, row, actor=actor)
        _take(subject, [series], before, source=Source.PAGE, day=clock.today(), actor=actor)
        return series

    def delete_row(self, subject: Subject, pk: int, *, actor: Any = None) -> SeriesRow:
        """Refuses an indicator of which there are readings besides those of a table."""
        self._keep({pk})
        return super().delete_row(subject, pk, actor=actor)

    def instance(self, subject: Subject, row: SeriesRow, position: int) -> Series:
        """A row as it would be stored, for whoever stores many at once."""
        series = self._fill(self._new(subject), row)
        series.position = position
        return series

    def _keep(self, gone: set[int]) -> None:
        """Readings are evidence: an indicator goes only while nothing but its own table told of it."""
        # What was typed into a cell of the table came with it; what was typed as a reading did not.
        of_cells = Q(batch__source=Source.WORKBOOK) | Q(
            batch__source=Source.PAGE, batch__key__startswith="page:"
        )
        live_ones = Reading.objects.filter(series__in=gone).exclude(of_cells)
        held = Series.objects.filter(pk__in=gone, alerts__isnull=False) | Series.objects.filter(
            pk__in=live_ones.values("series")
        )
        if first := held.first():
            raise WrongState(
                say(_("{series} has readings or alerts and cannot be deleted."), series=str(first)),
                code="has_readings",
            )

    def _fill(self, instance: Series, row: SeriesRow) -> Series:
        super()._fill(instance, row)
        instance.kind = Kind.RATE if row.is_rate else Kind.VOLUME
        return instance


def _figures(series: Series) -> dict[str, Figure | None]:
    return {name: series.figure(name) for name in SHOWN}


def _take(
    subject: Subject,
    saved: Iterable[Series],
    before: dict[Any, dict[str, Figure | None]],
    *,
    source: Source,
    day: date,
    actor: Any,
) -> None:
    """Write readings of the figures that are not what they were."""
    now = clock.now()
    fresh: list[Reading] = []
    touched: list[Series] = []
    batch = Batch(
        subject=subject, key=f"{source}:{uuid.uuid4().hex}", source=source, taken_by=actor, received_at=now
    )
    for series in saved:
        known = before.get(series.pk, {})
        told = [
            Reading(
                series=series,
                batch=batch,
                kind=kind,
                day=day,
                at=now,
                value=figure.value,
                unit=figure.unit[:12],
            )
            for name, kind in SHOWN.items()
            if (figure := series.figure(name))
            and figure.value is not None
            and figure != known.get(name)
            and abs(figure.value) < LIMIT
        ]
        if told:
            fresh += told
            touched.append(_dated(series, told, now, source))
    if fresh:
        batch.count = len(fresh)
        batch.save()
        Reading.objects.bulk_create(fresh)
        Series.objects.bulk_update(touched, ["today_on", "cumulative_on", "latest_at", "latest_source"])


def _dated(series: Series, told: Iterable[Reading], now: Any, source: Source) -> Series:
    for reading in told:
        setattr(series, "today_on" if reading.kind == ReadingKind.DAILY else "cumulative_on", reading.day)
    series.latest_at, series.latest_source = now, source
    return series


STORE = SeriesStore(
    Series,
    DASHBOARD,
    {
        **{key: as_json(DASHBOARD, key) for key in ("today", "cumulative", "target", "attainment")},
        "owner": person("owner"),
        "shown_state": Access(
            lambda series: ShownState(series.shown_state) if series.shown_state else None, _set_shown
        ),
    },
    select_related=("owner",),
)
