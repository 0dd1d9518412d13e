"""The wall of a campaign without guests: its main goal against what is due, the goals, alerts, and what happened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yunchou.capabilities.metrics.charts import Chart, charts_of
from yunchou.capabilities.metrics.models import Alert
from yunchou.capabilities.metrics.selectors import Dashboard, Line, dashboard
from yunchou.kernel.core import clock
from yunchou.kernel.journal.selectors import timeline
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.signals import Level
from yunchou.lifecycle.campaigns.brief import campaign_of
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.campaigns.overview import next_duties
from yunchou.lifecycle.campaigns.selectors import phases_of
from yunchou.lifecycle.campaigns.signals import health_of

from ..parts import MOST_TILES, AlarmCard, Cue, Curve, Happened, Hero, Tile, Wall, curve

MOST_LINES: Final = 8
LINE: Final = Decimal(80)
"""Percent of what is due above which the hero is fine."""


def campaign_wall(subject: Subject) -> Wall:
    """All of it; the number of statements does not depend on the number of readings' series."""
    now = clock.now()
    campaign = campaign_of(subject.pk)
    told = dashboard(subject, now)
    charts = charts_of(told.lines, now)
    pace = next((chart for chart in charts if chart.key == "pace"), None)
    return Wall(
        title=subject.title,
        line=_line(campaign),
        signals=_signals(subject, now),
        hero=_hero(told, charts, pace),
        curve=_curve(pace),
        alarm=_alarm(told),
        cues=_cues(subject),
        feed=_feed(subject),
        tiles=[_tile(line) for line in told.lines[:MOST_TILES]],
    )


def _line(campaign: Campaign) -> str:
    """`爆发期 · 第 19 天，共 27 天`."""
    start, end, today = campaign.start_on, campaign.end_on, clock.today()
    if start is None or end is None:
        return campaign.get_status_display()
    if not start <= today <= end:
        return f"{campaign.get_status_display()} · {start:%m-%d} — {end:%m-%d}"
    phase = next((one for one in phases_of(campaign) if one.start_on <= today <= one.end_on), None)
    day = _("day {day} of {days}").format(day=(today - start).days + 1, days=(end - start).days + 1)
    return f"{phase.name} · {day}" if phase else day


def _signals(subject: Subject, now: datetime) -> list[tuple[str, Any]]:
    health = health_of([subject.pk], now)[subject.pk]
    words = (
        pgettext("short", "Goal pace"),
        pgettext("short", "Budget"),
        pgettext("short", "Schedule"),
        pgettext("short", "Risk"),
    )
    return list(zip(words, health.all, strict=True))


def _hero(told: Dashboard, charts: Sequence[Chart], pace: Chart | None) -> Hero:
    """The total of what counts together; without readings the first number there is."""
    if pace is None:
        line = told.lines[0] if told.lines else None
        if line is None:
            return Hero(label=_("No indicators yet"), count=0)
        count = int(line.facts.cumulative or 0)
        return Hero(
            label=str(line.series),
            count=count,
            lines=[(pgettext("wall", "Target"), line.shown_target)],
            level=line.level,
        )
    values = [value for value in pace.data["series"][0]["values"] if value is not None]
    count = int(values[-1]) if values else 0
    target = pace.figure.rpartition("/")[2].strip()
    index = pace.data["today"]["index"] if "today" in pace.data else None
    due = pace.data["expected"]["values"][index] if index is not None else None
    lines = [(pgettext("wall", "Target"), target)]
    level, words = Level.UNKNOWN, ""
    if due:
        lines.append((pgettext("wall", "Due today"), f"{due:,.0f}"))
        share = Decimal(count) / Decimal(str(due)) * 100
        level = Level.FINE if share >= LINE else Level.WATCH
        words = _("{share}% of what is due").format(share=f"{share:.1f}")
    small = [(chart.key, chart.title, chart.figure) for chart in charts if chart.key != "pace"]
    return Hero(label=_label(told, pace), count=count, lines=lines, level=level, words=words, small=small)


def _label(told: Dashboard, pace: Chart) -> str:
    """What the number counts: leads together, else one indicator with its channels."""
    if any(line.facts.row.is_leads for line in told.lines):
        return _("Leads, in total: {channels}").format(channels=pace.note)
    indicator = next((line.series.indicator for line in told.lines if not line.is_rate), "")
    return f"{indicator} · {pace.note}"


def _curve(pace: Chart | None) -> Curve | None:
    if pace is None:
        return None
    data = pace.data
    return curve(
        data["series"][0]["values"],
        data["labels"],
        expected=data["expected"]["values"],
        words=pgettext("indicator", "Due"),
    )


def _alarm(told: Dashboard) -> AlarmCard | None:
    """The alert that waits longest, and how many others there are."""
    if not told.alerts:
        return None
    first: Alert = told.alerts[0]
    share = f"{first.share}%" if first.share is not None else f"{first.value.normalize():f}"
    title = _("{name}: {share} of what is due").format(name=first.series, share=share)
    who = first.series.owner.name if first.series.owner else ""
    parts = [f"{who} {first.get_state_display()}".strip()]
    late = clock.now() - first.due_at
    if first.answered_at is None and late.total_seconds() > 60:
        parts.append(_("{minutes} min over time").format(minutes=int(late.total_seconds() // 60)))
    if len(told.alerts) > 1:
        parts.append(_("and {count} more").format(count=len(told.alerts) - 1))
    return AlarmCard(title, " · ".join(parts), first.opened_at)


def _cues(subject: Subject) -> list[Cue]:
    """What is owed next; where nothing is to come, what is overdue."""
    duties, now = next_duties(subject), clock.now()
    coming = next((one for one in duties if one.due_at > now), None)
    duty = coming or next(iter(duties), None)
    if duty is None:
        return []
    due = clock.local(duty.due_at)
    shown = f"{due:%H:%M}" if due.date() == clock.today() else f"{due:%m-%d %H:%M}"
    label = _("Next duty, {time}") if coming else _("Overdue since {time}")
    until = duty.due_at if coming and (duty.due_at - now).days < 2 else None
    return [Cue(label.format(time=shown), str(duty), duty.owner.name, until=until, is_late=coming is None)]


def _feed(subject: Subject) -> list[Happened]:
    entries = timeline(subject).exclude(kind__startswith="duties.")
    return [
        Happened(one.at, f"{one.actor.name if one.actor else _('System')} {one.sentence}")
        for one in entries[:MOST_LINES]
    ]


def _tile(line: Line) -> Tile:
    """One indicator; the unit stands small, and once where both numbers have the same."""
    number, unit = _split(line.shown_cumulative, line)
    target = "".join(_split(line.shown_target, line)) if line.target else ""
    words = str(line.words)
    if words != "—" and line.low is None:
        words = _("{share} of what is due").format(share=words)
    return Tile(
        key=f"series-{line.series.pk}",
        label=str(line.series),
        value=number,
        whole=f"{unit} / {target}".strip() if target else unit,
        fraction=None if line.fraction is None else float(line.fraction),
        due=None if line.due_fraction is None else float(line.due_fraction),
        level=line.level,
        words=words,
    )


NUMBER: Final = re.compile(r"([-\u2212]?[\d,.]+%?)\s*(.*)")


def _split(shown: str, line: Line) -> tuple[str, str]:
    """`350 万 次` as `350` and ` 万`: what is counted stands in the label already."""
    unit = line.cumulative.unit if line.cumulative else ""
    if unit and unit != "%":
        shown = shown.removesuffix(unit).strip()
    found = NUMBER.fullmatch(shown)
    return (found[1], f" {found[2]}" if found[2] else "") if found else (shown, "")
