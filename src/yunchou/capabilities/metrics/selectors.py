"""The dashboard of a subject, goal pace of many, and what the charts draw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.models import Escalation
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.registry import Rule
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.sheets.values import Figure, decimal_text
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.signals import Level, Signal, worst

from . import live
from .duties import ANSWER
from .figures import shown
from .goals import Measured, Standing, Wanted, goal_of, goals_of, is_same_target, measured
from .models import Alert, Comparison, Reading, Series, ShownState, Source
from .pace import Pace, attainment
from .rules import (
    DashboardFacts,
    SeriesFacts,
    conversion_is_high_enough,
    todays_rate_is_near_target,
    volume_keeps_pace,
)
from .stores import STORE

ALARMS: tuple[Rule[DashboardFacts], ...] = (
    volume_keeps_pace,
    conversion_is_high_enough,
    todays_rate_is_near_target,
)
"""The rules that raise alerts; of several that fail on one indicator the first speaks."""

SPEAKS = {
    Comparison.PACE: volume_keeps_pace,
    Comparison.FINAL: volume_keeps_pace,
    Comparison.LEVEL: conversion_is_high_enough,
    Comparison.DAY: todays_rate_is_near_target,
}

NO_TARGETS = Signal(Level.UNKNOWN, say(_("No indicators")))
NO_READINGS = Signal(Level.UNKNOWN, say(_("No readings")))


# ---------------------------------------------------------------- facts


def series_of(subject: Subject) -> QuerySet[Series]:
    """The indicators of a subject in their order."""
    return Series.objects.filter(subject=subject).select_related("owner").order_by("position", "pk")


def facts_of(subject: Subject, now: datetime | None) -> DashboardFacts:
    """What the rules judge: each indicator over its own window, else the subject's. Two queries."""
    series = list(series_of(subject))
    return _facts(series, live.periods_of([subject.pk]).get(subject.pk, (None, None)), now)


def _facts(series: Sequence[Series], period: live.Period, now: datetime | None) -> DashboardFacts:
    return DashboardFacts(tuple(_fact(one, n, period) for n, one in enumerate(series)), now)


def _fact(series: Series, position: int, period: live.Period) -> SeriesFacts:
    start_on, end_on = period
    return SeriesFacts(
        STORE.row(series),
        position,
        start_on=series.start_on or start_on,
        end_on=series.end_on or end_on,
        lower_is_better=series.lower_is_better,
        comparison=Comparison(series.comparison) if series.comparison else None,
        threshold=series.threshold,
    )


def alarms_of(subject: Subject, now: datetime) -> tuple[list[Series], dict[int, Verdict]]:
    """The indicators of a subject, and for those where a rule fails now its verdict, by primary key."""
    series = list(series_of(subject))
    facts = _facts(series, live.periods_of([subject.pk]).get(subject.pk, (None, None)), now)
    failing = _failing(facts, params_on(ALARMS, clock.local(now).date()))
    return series, {series[position].pk: verdict for position, verdict in failing.items()}


def _failing(facts: DashboardFacts, params: dict[str, Any]) -> dict[int, Verdict]:
    """The first failed verdict for each row that has one."""
    found: dict[int, Verdict] = {}
    for rule in ALARMS:
        for verdict in rule.failures(facts, params[rule.id]):
            if verdict.at and verdict.at[0].row is not None:
                found.setdefault(verdict.at[0].row, verdict)
    return found


# ---------------------------------------------------------------- the dashboard


@dataclass(frozen=True)
class Line:
    """An indicator as it stands now. `verdict` is the rule that fails, `rule` the one that watches."""

    series: Series
    facts: SeriesFacts
    pace: Pace
    level: Level
    rule: Rule[DashboardFacts] | None
    verdict: Verdict | None = None
    alert: Alert | None = None
    low: Decimal | None = None
    band: Decimal = Decimal("0.8")
    goal: Wanted | None = None

    @property
    def differs_from_goal(self) -> bool:
        """Whether it alone is to reach another number than its goal; several channels share a goal between them."""
        return self.goal is not None and not is_same_target(self.target, self.goal.target)

    @property
    def today(self) -> Figure | None:
        return self.series.figure("today")

    @property
    def cumulative(self) -> Figure | None:
        return self.series.figure("cumulative")

    @property
    def target(self) -> Figure | None:
        return self.series.figure("target")

    @property
    def attainment(self) -> Decimal | None:
        """In percent, computed (R-DSH-01)."""
        value = self.facts.target
        return attainment(self.facts.cumulative, value, lower_is_better=self.series.lower_is_better)

    @property
    def is_rate(self) -> bool:
        return self.facts.row.is_rate

    @property
    def expected(self) -> Figure | None:
        """What is due by now: part of a target that grows, or the level that a rate must keep."""
        unit = self.target.unit if self.target else ""
        if self.low is not None:
            return Figure(self.low, unit or "%", ">=")
        if self.is_rate or self.pace.expected is None:
            return None
        return Figure(self.pace.expected.quantize(Decimal(1)), unit)

    @property
    def shown_today(self) -> str:
        return shown(self.today)

    @property
    def shown_cumulative(self) -> str:
        return shown(self.cumulative)

    @property
    def shown_target(self) -> str:
        return shown(self.target)

    @property
    def shown_expected(self) -> str:
        return shown(self.expected, sign=True)

    @property
    def fraction(self) -> Decimal | None:
        """How much of the target is there, for the bar."""
        value, target = self.facts.cumulative, self.facts.target
        return value / target if value is not None and target else None

    @property
    def due_fraction(self) -> Decimal | None:
        """How much of the target is due, for the tick of the bar."""
        target = self.facts.target
        if not target:
            return None
        if self.low is not None:
            return self.low / target
        return None if self.is_rate or self.pace.expected is None else self.pace.expected / target

    @property
    def bar_band(self) -> Decimal | None:
        return None if self.is_rate else self.band

    @property
    def words(self) -> Say | str:
        """The share of what is due, in words where it is no share."""
        if self.low is not None:
            value = self.facts.cumulative
            if value is None:
                return "—"
            return say(_("above the line")) if value >= self.low else say(_("below the line"))
        return "—" if self.is_rate or self.pace.share is None else f"{_short(self.pace.share)}%"

    @property
    def differs(self) -> bool:
        """Whether the source shows another state than the rules compute now (DSH-05)."""
        shown = self.series.shown_state
        return bool(shown) and (shown == ShownState.ALERT) != (self.verdict is not None)

    @property
    def shown_state(self) -> str:
        return self.series.get_shown_state_display() if self.series.shown_state else ""


@dataclass(frozen=True)
class Dashboard:
    """Everything the page of a subject's figures shows."""

    lines: tuple[Line, ...]
    alerts: tuple[Alert, ...] = ()
    latest_at: datetime | None = None
    latest_source: str = ""
    gap: Decimal = field(default=Decimal(20))
    goals: tuple[Measured, ...] = ()

    @property
    def to_take(self) -> int:
        """Goals that are not measured, or against another target, and can be taken over as they are."""
        return sum(
            one.standing == Standing.MISSING or (one.standing == Standing.DIFFERS and len(one.series) == 1)
            for one in self.goals
        )

    @property
    def goals_differing(self) -> int:
        return sum(one.standing != Standing.SAME for one in self.goals)

    @property
    def without_goal(self) -> int:
        """Indicators that measure no goal; only told where there are goals."""
        return sum(line.goal is None for line in self.lines) if self.goals else 0

    @property
    def alarms(self) -> int:
        return sum(line.verdict is not None for line in self.lines)

    @property
    def differing(self) -> int:
        return sum(line.differs for line in self.lines)

    @property
    def line_percent(self) -> Decimal:
        return 100 - self.gap

    @property
    def by_channel(self) -> list[tuple[str, list[Line]]]:
        """The lines channel by channel, in the order of the table."""
        found: dict[str, list[Line]] = defaultdict(list)
        for line in self.lines:
            found[line.series.channel].append(line)
        return list(found.items())


def dashboard(subject: Subject, now: datetime) -> Dashboard:
    """The indicators of a subject as they stand at `now`, with open alerts and the goals they measure. Five queries."""
    series = list(series_of(subject))
    period = live.periods_of([subject.pk]).get(subject.pk, (None, None))
    alerts = tuple(open_alerts(subject))
    params = params_on(ALARMS, clock.local(now).date())
    read = [(one.latest_at, one.latest_from) for one in series if one.latest_at]
    latest_at, latest_source = max(read, default=(None, ""))
    goals = goals_of(subject)
    lines = _lines(series, period, now, params, {alert.series_id: alert for alert in alerts})
    return Dashboard(
        lines=tuple(replace(line, goal=goal_of(line.series.indicator, goals)) for line in lines),
        goals=tuple(measured(goals, series)),
        alerts=alerts,
        latest_at=latest_at,
        latest_source=latest_source,
        gap=params[volume_keeps_pace.id].gap,
    )


def open_alerts(subject: Subject) -> QuerySet[Alert]:
    """The alerts of a subject that have not ended, longest open first."""
    found = Alert.objects.filter(subject=subject, closed_at=None).order_by("due_at", "pk")
    return found.select_related("series__owner", "answered_by")


def _lines(
    series: Sequence[Series],
    period: live.Period,
    now: datetime,
    params: dict[str, Any],
    alerts: dict[int, Alert],
) -> tuple[Line, ...]:
    facts = _facts(series, period, now)
    failing = _failing(facts, params)
    return tuple(
        _line(one, fact, now, params, failing.get(fact.position), alerts.get(one.pk))
        for one, fact in zip(series, facts.series, strict=True)
    )


def _line(
    series: Series,
    facts: SeriesFacts,
    now: datetime,
    params: dict[str, Any],
    verdict: Verdict | None,
    alert: Alert | None,
) -> Line:
    pace = facts.pace(now)
    compares = facts.compares
    low = None
    if compares == Comparison.LEVEL:
        low = params[conversion_is_high_enough.id].low if facts.threshold is None else facts.threshold
    volume = params[volume_keeps_pace.id]
    gap = facts.threshold if facts.threshold is not None and compares == Comparison.PACE else volume.gap
    level = _level(facts, pace, verdict, low, gap, volume.urgent, now)
    rule = SPEAKS.get(compares) if compares else None
    return Line(series, facts, pace, level, rule, verdict, alert, low, (100 - gap) / 100)


def _level(
    facts: SeriesFacts,
    pace: Pace,
    verdict: Verdict | None,
    low: Decimal | None,
    gap: Decimal,
    urgent: Decimal,
    now: datetime,
) -> Level:
    """By `look.md` section 4: watch below the line of the alert, act below 60 % or where the window ended below it."""
    if facts.row.is_rate or low is not None:
        value = facts.cumulative
        if value is None:
            return Level.UNKNOWN
        if low is not None and value < low * urgent / 100:
            return Level.ACT
        return Level.FINE if verdict is None else Level.WATCH
    if pace.share is None:
        return Level.UNKNOWN
    if pace.share >= 100 - gap:
        return Level.FINE if verdict is None else Level.WATCH
    return Level.ACT if pace.share < urgent or facts.has_ended(now) else Level.WATCH


# ---------------------------------------------------------------- goal pace of many


def signals(subject_ids: Sequence[int], now: datetime) -> dict[int, Signal]:
    """Goal pace of many subjects: the worst indicator of each, named. As many queries for one as for ten thousand."""
    by_subject: dict[int, list[Series]] = defaultdict(list)
    for one in Series.objects.filter(subject__in=subject_ids).order_by("position", "pk"):
        by_subject[one.subject_id].append(one)
    periods = live.periods_of(subject_ids)
    params = params_on(ALARMS, clock.local(now).date())
    return {
        pk: _signal(_lines(by_subject.get(pk, []), periods.get(pk, (None, None)), now, params, {}))
        for pk in subject_ids
    }


def signal_of(lines: Iterable[Line]) -> Signal:
    """The signal of lines that are at hand."""
    return _signal(tuple(lines))


def _signal(lines: tuple[Line, ...]) -> Signal:
    if not lines:
        return NO_TARGETS
    judged = sorted((line for line in lines if line.level != Level.UNKNOWN), key=_slowness)
    if not judged:
        return NO_READINGS
    found = worst([_signal_of(line) for line in judged])
    others = sum(line.level == Level.FINE for line in lines) - (found.level == Level.FINE)
    return replace(
        found, reason=say(_("{numbers}; {count} others are fine"), numbers=found.reason, count=others)
    )


def _slowness(line: Line) -> tuple[bool, Decimal]:
    """Those with a share first, slowest first; rates above their line are no pace."""
    return line.is_rate, line.pace.share if line.pace.share is not None else Decimal(0)


def _signal_of(line: Line) -> Signal:
    if line.is_rate:
        value: Say = say(_("{value}%"), value=decimal_text(line.facts.cumulative or Decimal(0)))
        reason = _of(line.facts.cumulative, line.facts.target)
    else:
        value = say(_("{value}%"), value=_short(line.pace.share))
        reason = say(
            _("{numbers}, due today {expected}"),
            numbers=_of(line.facts.cumulative, line.facts.target),
            expected=_whole(line.pace.expected),
        )
    return Signal(
        line.level,
        value,
        part=say(_("slowest: {name}"), name=line.facts.name),
        reason=reason,
        base=say(_("actual ÷ expected")),
        fraction=None if line.fraction is None else float(line.fraction),
        expected=None if line.due_fraction is None else float(line.due_fraction),
    )


def _of(value: Decimal | None, target: Decimal | None) -> Say:
    return say(_("{value} / {target}"), value=_whole(value), target=_whole(target))


def _whole(value: Decimal | None) -> str:
    """`3,500` without trailing zeros."""
    return "—" if value is None else f"{value:,.1f}".removesuffix(".0")


def _short(share: Decimal | None) -> str:
    """`140` for 140.0, `74.7` for 74.7."""
    return "—" if share is None else decimal_text(share)


# ---------------------------------------------------------------- readings


def readings_of(subject: Subject) -> QuerySet[Reading]:
    """The log of readings, newest first."""
    found = Reading.objects.filter(series__subject=subject)
    return found.select_related("series", "batch__taken_by").order_by("-at", "-pk")


def may_answer(alert: Alert, user: User, *, can_record: bool) -> bool:
    """Whoever owns the indicator, or may record figures, answers an alert."""
    return can_record or alert.series.owner_id == user.pk


def dashboard_url(subject: Subject) -> str:
    """The address of a subject's figures."""
    return reverse("metrics:dashboard", args=[subject.pk])


@dataclass(frozen=True)
class SourceOf:
    """How many readings of an indicator came by one way, and when the last did."""

    label: str
    count: int
    last_at: datetime


def sources_of(series: Series) -> list[SourceOf]:
    """Where the readings of an indicator come from; one query."""
    found = Reading.objects.filter(series=series).values("batch__source", "batch__origin")
    counted = found.annotate(count=Count("pk"), last_at=Max("at")).order_by("-last_at")
    return [
        SourceOf(
            row["batch__origin"] or str(Source(row["batch__source"]).label), row["count"], row["last_at"]
        )
        for row in counted
    ]


def alerts_of(series: Series) -> QuerySet[Alert]:
    """Every alert an indicator had, newest first, for reaction times (DSH-12)."""
    return Alert.objects.filter(series=series).select_related("answered_by", "signed_by")


def told_of(alerts: Iterable[Alert]) -> dict[int, list[User]]:
    """Who heard that the answer to an alert is late; one query where there are alerts."""
    keys = {answer_key(alert): alert.pk for alert in alerts}
    found: dict[int, list[User]] = defaultdict(list)
    if keys:
        shown = Escalation.objects.filter(duty__key__in=keys).select_related("duty", "user").order_by("pk")
        for each in shown:
            found[keys[each.duty.key]].append(each.user)
    return found


def answer_key(alert: Alert) -> str:
    """The key of the duty to answer an alert."""
    return f"{ANSWER.key}:{alert.pk}"
