"""What the three charts of the dashboard draw, in the terms of `ui/charts.js`. Two queries for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yunchou.kernel.core import clock
from yunchou.kernel.sheets.values import decimal_text

from .models import Reading
from .rollup import Taken, by_day, totals_by_day
from .rules import due_by
from .selectors import Line

MOST_SERIES = 4
MOST_DAYS = 14
MOST_LABELS = 370


@dataclass(frozen=True)
class Chart:
    """A chart with its words: `data` goes to `ui/charts.js`, `note` is what the number counts, `figure` stands beside."""

    key: str
    title: str
    note: str
    figure: str
    data: dict[str, Any]


def charts_of(lines: Sequence[Line], now: datetime) -> list[Chart]:
    """Total against what is due, days by channel, and conversion, as far as there is something to draw."""
    group, rate = _counted(lines), _converted(lines)
    today = clock.local(now).date()
    taken = _taken([*group, *([rate] if rate else [])], today)
    found = [
        _cumulative(group, taken, today),
        _daily(group, taken, today),
        _conversion(rate, taken, today) if rate else None,
    ]
    return [chart for chart in found if chart]


def _counted(lines: Sequence[Line]) -> list[Line]:
    """The indicators that may be added up: captured leads, else those that count the same as the first volume."""
    leads = [line for line in lines if line.facts.row.is_leads]
    if leads:
        return leads
    volumes = [line for line in lines if not line.is_rate and not line.series.lower_is_better]
    return [line for line in volumes if line.series.indicator == volumes[0].series.indicator]


def _converted(lines: Sequence[Line]) -> Line | None:
    rates = [line for line in lines if line.is_rate]
    return next((line for line in rates if line.facts.row.is_conversion), rates[0] if rates else None)


def _taken(lines: Iterable[Line], today: date) -> dict[int, list[Taken]]:
    """Readings up to today by series; one query."""
    found = Reading.objects.filter(
        series__in=[line.series.pk for line in lines],
        day__lte=today,
        day__gt=today - timedelta(days=MOST_LABELS),
    )
    grouped: dict[int, list[Taken]] = defaultdict(list)
    for pk, day, at, number, kind, value in found.values_list("series", "day", "at", "pk", "kind", "value"):
        grouped[pk].append(Taken(day, at, number, kind, value))
    return grouped


def _cumulative(group: Sequence[Line], taken: dict[int, list[Taken]], today: date) -> Chart | None:
    """All channels together against what is due by then; each over its own days, so the line of the due may bend."""
    windows = [line.facts for line in group if line.facts.start_on and line.facts.end_on]
    read = [day for line in group for day in (one.day for one in taken[line.series.pk])]
    if not windows or not read:
        return None
    first = min([*(one.start_on for one in windows if one.start_on), min(read)])
    last = max([*(one.end_on for one in windows if one.end_on), max(read)])
    days = _days(first, last)
    totals = [totals_by_day(taken[line.series.pk]) for line in group]
    target = sum((line.facts.target or Decimal(0) for line in group), Decimal(0))
    values = [_together(totals, day) if min(read) <= day <= today else None for day in days]
    now_total = next((value for value in reversed(values) if value is not None), None)
    data: dict[str, Any] = {
        "kind": "pace",
        "labels": [f"{day:%m-%d}" for day in days],
        "series": [{"name": _("Cumulative"), "values": _plain(values)}],
        "expected": {
            "name": pgettext("indicator", "Due"),
            "values": _plain(_expected(group, day) for day in days),
        },
    }
    if today in days and now_total is not None:
        data["today"] = {"index": days.index(today), "label": f"{now_total:,.0f}"}
    title = _("Total against what is due")
    return Chart("pace", title, _names(group), f"{now_total or 0:,.0f} / {target:,.0f}", data)


def _expected(group: Sequence[Line], day: date) -> Decimal:
    """What is due at the end of a day, row by row over its own window."""
    due = Decimal(0)
    for line in group:
        facts = line.facts
        if facts.start_on and facts.end_on and facts.target:
            due += facts.target * due_by(facts.start_on, facts.end_on, day)
    return due


def _together(totals: Iterable[dict[date, Decimal]], day: date) -> Decimal:
    """The sum of what each had at the end of a day; one that was not read goes on with what it had."""
    return sum((_carried(each, day) for each in totals), Decimal(0))


def _carried(totals: dict[date, Decimal], day: date) -> Decimal:
    return totals[max(known)] if (known := [each for each in totals if each <= day]) else Decimal(0)


def _daily(group: Sequence[Line], taken: dict[int, list[Taken]], today: date) -> Chart | None:
    """What each day brought, channel on channel."""
    values = {line.series.channel: by_day(taken[line.series.pk]) for line in group[:MOST_SERIES]}
    known = [day for each in values.values() for day in each]
    if not known:
        return None
    days = _days(max(min(known), today - timedelta(days=MOST_DAYS - 1)), today)
    series = [
        {"name": channel, "values": _plain(each.get(day) for day in days)} for channel, each in values.items()
    ]
    brought = sum((each.get(today, Decimal(0)) for each in values.values()), Decimal(0))
    data = {"kind": "bars", "stacked": True, "labels": [f"{day:%m-%d}" for day in days], "series": series}
    figure = _("today %(count)s") % {"count": f"{brought:,.0f}"}
    return Chart("daily", _("Day by day, by channel"), _names(group), figure, data)


def _conversion(line: Line, taken: dict[int, list[Taken]], today: date) -> Chart | None:
    """A rate day by day, with its target and the line below which it alerts."""
    values = by_day(taken[line.series.pk], is_rate=True)
    days = [day for day in values if day <= today][-MOST_DAYS:]
    if not days:
        return None
    unit = line.target.unit if line.target and line.target.unit else "%"
    data: dict[str, Any] = {
        "kind": "line",
        "unit": unit,
        "labels": [f"{day:%m-%d}" for day in days],
        "series": [{"name": str(line.series), "values": _plain(values[day] for day in days)}],
        "today": {"index": len(days) - 1, "label": f"{decimal_text(values[days[-1]])}{unit}"},
    }
    marks = [value for value in (line.facts.target, line.low) if value is not None]
    if line.facts.target is not None:
        words = _("target %(value)s") % {"value": f"{decimal_text(line.facts.target)}{unit}"}
        data["target"] = {"value": float(line.facts.target), "label": words}
    if line.low is not None:
        words = _("alert %(value)s") % {"value": f"{decimal_text(line.low)}{unit}"}
        data["threshold"] = {"value": float(line.low), "label": words}
    shown = [*marks, *(values[day] for day in days)]
    room = max((max(shown) - min(shown)) / 2, Decimal(1))
    data["min"], data["max"] = (
        float(max(min(shown) - room, Decimal(0)) // 1),
        float((max(shown) + room) // 1 + 1),
    )
    total = line.cumulative
    figure = _("all in all %(value)s") % {"value": str(total)} if total else ""
    return Chart("rate", line.series.indicator, line.series.channel, figure, data)


@dataclass(frozen=True)
class Day:
    """One day of an indicator: what it brought, and all there was at its end."""

    day: date
    value: Decimal | None
    total: Decimal | None
    expected: Decimal | None


@dataclass(frozen=True)
class History:
    """An indicator day by day, newest first, and its chart."""

    days: list[Day]
    chart: Chart | None


def history_of(line: Line, now: datetime) -> History:
    """What one indicator brought, day by day; one query."""
    today = clock.local(now).date()
    taken = _taken([line], today)
    own = taken[line.series.pk]
    values = by_day(own, is_rate=line.is_rate)
    totals = totals_by_day(own, is_rate=line.is_rate)
    days = [
        Day(day, values.get(day), totals.get(day), None if line.is_rate else _expected([line], day) or None)
        for day in sorted({*values, *totals}, reverse=True)
    ]
    chart = _conversion(line, taken, today) if line.is_rate else _cumulative([line], taken, today)
    return History(days, chart)


def _names(group: Sequence[Line]) -> str:
    """The channels that are added up."""
    names = list(dict.fromkeys(line.series.channel for line in group))
    more = f" +{len(names) - MOST_SERIES}" if len(names) > MOST_SERIES else ""
    return "、".join(names[:MOST_SERIES]) + more


def _days(first: date, last: date) -> list[date]:
    count = min((last - first).days + 1, MOST_LABELS)
    return [first + timedelta(days=n) for n in range(count)]


def _plain(values: Iterable[Decimal | None]) -> list[float | None]:
    """Numbers as the browser reads them."""
    return [None if value is None else round(float(value), 2) for value in values]
