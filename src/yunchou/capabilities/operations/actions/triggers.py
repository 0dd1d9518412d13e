"""What sets risks off by itself: how it is said, when it is tested (RSK-02, R-RSK-03)."""

from __future__ import annotations

import operator
import secrets
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.metrics.actions.readings import READINGS, Point, Recorded, record_readings
from yunchou.capabilities.metrics.actions.watched import open_watched
from yunchou.capabilities.metrics.models import Series, Source
from yunchou.capabilities.work.models import GanttTask
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, Refused
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.sheets.values import decimal_text
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import Comparator, LibraryRisk, Risk, RiskResponse, Watch, Wish
from ..permissions import Perm
from ..tables import OBSERVED, RISKS
from ..timing import falls_short, tested_at
from .risks import trigger_risk
from .shared import LIVE

COMPARE = {
    Comparator.AT_LEAST: operator.ge,
    Comparator.AT_MOST: operator.le,
    Comparator.ABOVE: operator.gt,
    Comparator.BELOW: operator.lt,
}
FIELDS = (
    "watch", "indicator", "comparator", "value", "task", "task_name", "wish", "on", "at", "ahead_minutes",
    "limit_minutes", "ahead_days",
)  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """What sets a risk off, and how long the response may take; the fields of `models.Triggered` and the day and task."""

    watch: str = ""
    indicator: str = ""
    comparator: str = ""
    value: Decimal | None = None
    task: GanttTask | None = None
    wish: str = ""
    on: date | None = None
    at: time | None = None
    ahead_minutes: int = 0
    limit_minutes: int | None = None
    ahead_days: int | None = None


@transaction.atomic
def set_trigger(
    *,
    risk: Risk,
    actor: User,
    indicator: str = "",
    comparator: str = "",
    value: Decimal | None = None,
    on: date | None = None,
    limit_minutes: int | None = None,
    watch: str | None = None,
    task: GanttTask | None = None,
    wish: str = "",
    at: time | None = None,
    ahead_minutes: int | None = None,
    ahead_days: int | None = None,
) -> Risk:
    """Say what sets a risk off by itself, and how long the response may take (RSK-02, RSK-05).

    A recorded value is held against `value`; a task must be `wish` at the day `on` (its planned end, where none is given) and
    `at`, so many minutes ahead; a day and time come by themselves; else only people set it off. Without `watch` an indicator
    stands for a value. An indicator that nobody records yet is opened among the figures. Records `operations.trigger_set`.
    """
    subject = open_table(subject=risk.subject, table=RISKS.key, actor=actor, right=Perm.EDIT)
    risk = Risk.objects.select_related("owner").get(pk=risk.pk)
    watch = (Watch.READING if indicator.strip() else Watch.MANUAL) if watch is None else watch
    terms = _checked(
        Terms(
            watch, indicator.strip(), comparator, value, task, wish, on, at, ahead_minutes or 0, limit_minutes,
            ahead_days,
        ),
        subject,
    )  # fmt: skip
    _take(risk, terms)
    risk.save(update_fields=[*FIELDS, "tested_at"])
    if terms.watch == Watch.READING and lock_on(subject, READINGS) is None:
        _open_figure(subject, terms.indicator, risk.owner)
    told = {"risk": risk.scenario, "trigger": trigger_words(risk)}
    record(journal.TRIGGER_SET, actor=actor, subject=subject, data=told)
    return risk


def terms_of(entry: LibraryRisk, subject: Subject) -> Terms:
    """The trigger of a risk of the library for a subject: a task is found by the words of the entry, else it stays manual."""
    task = None
    if entry.watch == Watch.TASK:
        found = GanttTask.objects.filter(subject=subject, name__contains=entry.task_words)
        task = found.order_by("position", "pk").first() if entry.task_words else None
        if task is None:
            return Terms(limit_minutes=entry.limit_minutes, ahead_days=entry.ahead_days)
    return Terms(
        entry.watch, entry.indicator, entry.comparator, entry.value, task, entry.wish, None, entry.at,
        entry.ahead_minutes, entry.limit_minutes, entry.ahead_days,
    )  # fmt: skip


def _checked(terms: Terms, subject: Subject) -> Terms:
    """Only what belongs to the way of triggering; refuses what is missing, beside its field."""
    missing: dict[str, Say] = {}
    limits = {"limit_minutes": terms.limit_minutes, "ahead_days": terms.ahead_days}
    points: dict[str, object] = {"on": terms.on, "at": terms.at, "ahead_minutes": terms.ahead_minutes}
    kept: dict[str, object] = {}
    if terms.watch == Watch.READING:
        if not terms.indicator:
            missing["indicator"] = say(_("Name the indicator that is recorded."))
        if terms.value is None or terms.comparator not in Comparator.values:
            missing["value"] = say(_("An indicator needs a comparison and a value."))
        kept = {
            "indicator": terms.indicator, "comparator": terms.comparator, "value": terms.value, "on": terms.on,
        }  # fmt: skip
    elif terms.watch == Watch.TASK:
        if terms.task is None or terms.task.subject_id != subject.pk:
            missing["task"] = say(_("Choose a task of this schedule."))
        elif terms.on is None and terms.task.end_on is None:
            missing["on"] = say(_("This task has no planned end: give a day."))
        kept = {"task": terms.task, "wish": terms.wish if terms.wish in Wish.values else Wish.DONE, **points}
    elif terms.watch == Watch.DAY:
        if terms.on is None:
            missing["on"] = say(_("Give the day."))
        kept = points
    elif terms.watch != Watch.MANUAL:
        missing["watch"] = say(_("There is no such trigger."))
    if missing:
        raise Invalid(next(iter(missing.values())), fields=missing)
    return Terms(watch=terms.watch, **limits, **kept)  # type: ignore[arg-type]


def _take(risk: Risk, terms: Terms) -> None:
    for name in FIELDS:
        if name != "task_name":
            setattr(risk, name, getattr(terms, name))
    risk.task_name = terms.task.name if terms.task else ""
    risk.tested_at = None


def apply_terms(risk: Risk, terms: Terms) -> None:
    """Give a new risk the trigger of the library; an indicator is opened among the figures."""
    _take(risk, terms)
    risk.save(update_fields=[*FIELDS, "tested_at"])
    if terms.watch == Watch.READING and lock_on(risk.subject, READINGS) is None:
        _open_figure(risk.subject, terms.indicator, risk.owner)


def trigger_words(risk: Risk) -> Say | str:
    """The trigger in one line, in the reader's language."""
    if risk.watch == Watch.READING and risk.value is not None:
        return f"{risk.indicator} {risk.comparator} {decimal_text(risk.value)}"
    if risk.watch == Watch.TASK:
        return say(_("“{task}” not ready in time"), task=risk.task_name)
    if risk.watch == Watch.DAY and risk.on:
        return f"{risk.on} {risk.at:%H:%M}" if risk.at else str(risk.on)
    return say(_("set off by hand"))


def _open_figure(subject: Subject, indicator: str, owner: User | None) -> None:
    """Make sure that values of the indicator can be recorded: it stands on the dashboard, without an alert of its own."""
    names = [(str(one), one.indicator) for one in Series.objects.filter(subject=subject)]
    if not any(indicator in pair for pair in names):
        open_watched(subject=subject, channel=OBSERVED, indicator=indicator, owner=owner)


@transaction.atomic
def record_value(*, risk: Risk, value: Decimal, day: date, actor: User, note: str = "") -> Recorded:
    """Record what a trigger watches, as a reading like any other; the trigger is tested with it (RSK-02).

    The responsible person and whoever records figures may. Refuses a risk whose trigger is no value.
    """
    series = watched_by(risk)
    if series is None:
        raise Invalid(say(_("“{risk}” watches no indicator."), risk=risk.scenario))
    point = Point(series.channel, series.indicator, day, value, note=note)
    key = f"risk:{risk.pk}:{secrets.token_hex(8)}"
    return record_readings(subject=risk.subject, points=[point], actor=actor, source=Source.PAGE, key=key)


def watched_by(risk: Risk) -> Series | None:
    """The indicator that a trigger watches, among the figures of its subject."""
    if risk.watch != Watch.READING:
        return None
    for one in Series.objects.filter(subject=risk.subject_id).order_by("position", "pk"):
        if risk.indicator in (one.indicator, str(one)):
            return one
    return None


@transaction.atomic
def check_triggers(*, subject: Subject, indicator: str, value: Decimal, day: date) -> list[RiskResponse]:
    """Set off every risk whose trigger a recorded value meets; called with each recorded value (R-RSK-03).

    A trigger is meant when it names this indicator, and no day or this one.
    """
    waiting = Risk.objects.filter(subject=subject, watch=Watch.READING, indicator=indicator.strip())
    met = [
        risk
        for risk in waiting.select_related("subject", "owner")
        if risk.state == Risk.State.IDLE
        and risk.on in (None, day)
        and risk.value is not None
        and COMPARE[Comparator(risk.comparator)](value, risk.value)
    ]
    return [
        trigger_risk(risk=risk, note=f"{indicator} {decimal_text(value)} ({day})", actor=None) for risk in met
    ]


def check_moments(now: datetime) -> int:
    """Test the triggers by tasks and days whose moment has come, each once; returns how many risks were set off.

    Two workers may do it: the subject is locked and the risk looked at again. What is finished or not begun yet is let be.
    """
    waiting = Risk.objects.filter(state=Risk.State.IDLE, watch__in=[Watch.TASK, Watch.DAY])
    waiting = waiting.filter(Q(watch=Watch.DAY) | Q(task__isnull=False))
    count = 0
    for risk in waiting.select_related("subject", "task").order_by("pk"):
        moment = tested_at(risk)
        if moment is None or moment > now or (risk.tested_at and risk.tested_at >= moment):
            continue
        if lock_on(risk.subject, LIVE) is None:
            count += _test(risk, moment, now)
    return count


@transaction.atomic
def _test(risk: Risk, moment: datetime, now: datetime) -> bool:
    Subject.objects.select_for_update(of=("self",)).get(pk=risk.subject_id)
    found = Risk.objects.select_related("subject", "task", "owner").get(pk=risk.pk)
    if found.state != Risk.State.IDLE or tested_at(found) != moment:
        return False
    if found.watch == Watch.TASK and (found.task is None or not falls_short(found.task, found.wish)):
        Risk.objects.filter(pk=found.pk).update(tested_at=now)
        return False
    when = f"{clock.local(moment):%Y-%m-%d %H:%M}"
    words = (
        say(_("“{task}” was not ready at {when}."), task=found.task_name, when=when)
        if found.watch == Watch.TASK
        else say(_("The day has come: {when}."), when=when)
    )
    try:
        trigger_risk(risk=found, note=str(words), actor=None)
    except Refused:
        return False
    return True
