"""The newest values kept on indicators are what their readings come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from yunchou.kernel.core.verification import Problem, check

from .models import Reading, Series
from .rollup import Taken, standing

BATCH = 500


@check("balances")
def newest_values_add_up() -> Iterator[Problem]:
    """Today's and the cumulative value of every indicator follow from its append-only readings."""
    known = Series.objects.order_by("pk").only("pk", "kind", "today", "cumulative")
    pks = list(known.values_list("pk", flat=True))
    for start in range(0, len(pks), BATCH):
        block = known.in_bulk(pks[start : start + BATCH])
        taken: dict[int, list[Taken]] = defaultdict(list)
        rows = Reading.objects.filter(series__in=block).values_list(
            "series_id", "day", "at", "pk", "kind", "value"
        )
        for series_id, day, at, reading, kind, value in rows.iterator(chunk_size=5000):
            taken[series_id].append(Taken(day, at, reading, kind, value))
        for pk, readings in taken.items():
            yield from _differences(block[pk], readings)


def _differences(series: Series, readings: list[Taken]) -> Iterator[Problem]:
    newest = standing(readings, is_rate=series.kind == "rate")
    for name, value in (("today", newest.today), ("cumulative", newest.cumulative)):
        kept = series.figure(name)
        if value is not None and (kept is None or kept.value != value):
            details = {"series": series.pk, "kept": str(kept.value) if kept else None, "readings": str(value)}
            yield Problem("differs", f"{name} of series {series.pk}", details)
