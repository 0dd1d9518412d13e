"""Newest day and total of an indicator from its readings: pure, no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

DAILY, CUMULATIVE = "daily", "cumulative"


@dataclass(frozen=True)
class Taken:
    """One reading of a day, read at `at`; `pk` tells which of two that were read at once was written later."""

    day: date
    at: datetime
    pk: int
    kind: str
    value: Decimal


@dataclass(frozen=True)
class Standing:
    """What readings come to: the value of the newest day that has one, and all in all up to the newest day."""

    today: Decimal | None = None
    today_on: date | None = None
    cumulative: Decimal | None = None
    cumulative_on: date | None = None


def _in_order(readings: Iterable[Taken]) -> list[Taken]:
    """By day, then as they were read; of what was read at once days before totals, since a total includes its day."""
    return sorted(readings, key=lambda one: (one.day, one.at, one.kind == CUMULATIVE, one.pk))


def standing(readings: Iterable[Taken], *, is_rate: bool = False) -> Standing:
    """The newest values. A rate is taken as it was read; a volume goes on from its last total by the days since."""
    ordered = _in_order(readings)
    today_on, today = _newest_day(ordered, is_rate=is_rate)
    total_on, total = _total(ordered, is_rate=is_rate)
    return Standing(today, today_on, total, total_on)


def by_day(readings: Iterable[Taken], *, is_rate: bool = False) -> dict[date, Decimal]:
    """The value of each day that has one; of a volume also where totals of two following days tell it."""
    ordered = _in_order(readings)
    values = _latest(ordered, DAILY)
    if not is_rate:
        totals = _latest(ordered, CUMULATIVE)
        for day, total in totals.items():
            before = totals.get(day - timedelta(days=1))
            if before is not None:
                values.setdefault(day, total - before)
    return dict(sorted(values.items()))


def totals_by_day(readings: Iterable[Taken], *, is_rate: bool = False) -> dict[date, Decimal]:
    """All there was at the end of each day on which something was read."""
    ordered = _thin(_in_order(readings))
    found: dict[date, Decimal] = {}
    for day in sorted({one.day for one in ordered}):
        _on, total = _total([one for one in ordered if one.day <= day], is_rate=is_rate)
        if total is not None:
            found[day] = total
    return found


def _thin(ordered: Sequence[Taken]) -> list[Taken]:
    """What decides the totals: of each day the last of either kind, and the day's value as the last total was read."""
    kept: dict[tuple[date, str], Taken] = {}
    for one in ordered:
        if one.kind == CUMULATIVE and (then := kept.get((one.day, DAILY))):
            kept[one.day, "then"] = then
        kept[one.day, one.kind] = one
    return _in_order(set(kept.values()))


def _latest(ordered: Sequence[Taken], kind: str) -> dict[date, Decimal]:
    """Of several readings of a day the one read last."""
    return {one.day: one.value for one in ordered if one.kind == kind}


def _newest_day(ordered: Sequence[Taken], *, is_rate: bool) -> tuple[date | None, Decimal | None]:
    values = by_day(ordered, is_rate=is_rate)
    day = max(values, default=None)
    return (None, None) if day is None else (day, values[day])


def _total(ordered: Sequence[Taken], *, is_rate: bool) -> tuple[date | None, Decimal | None]:
    """The last total that was read, plus what days brought since it was read."""
    base = next((one for one in reversed(ordered) if one.kind == CUMULATIVE), None)
    if is_rate:
        return (base.day, base.value) if base else (None, None)
    days = _latest(ordered, DAILY)
    if base is None:
        return (max(days), sum(days.values(), Decimal(0))) if days else (None, None)
    since = {day: value for day, value in days.items() if day > base.day}
    same_day = [one for one in ordered if one.kind == DAILY and one.day == base.day]
    then = next((one.value for one in reversed(same_day) if one.at <= base.at), None)
    later = next((one.value for one in reversed(same_day) if one.at > base.at), None)
    grown = later - then if later is not None and then is not None else Decimal(0)
    return max([base.day, *since]), base.value + grown + sum(since.values(), Decimal(0))
