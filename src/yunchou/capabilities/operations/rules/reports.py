"""The rules on reports. Times are moments; the limits stand in the regulations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import REMIND, Fix, Verdict, failed, passed


@dataclass(frozen=True)
class ReportFacts:
    """One report that is owed for `day`; `handed_in_at` is None while it is missing."""

    day: date
    now: datetime
    handed_in_at: datetime | None = None


def _limit(text: str) -> time:
    return time.fromisoformat(text)


@rule(
    "R-RPT-01",
    clause="004 四(一)",
    severity=REMIND,
    params={"limit": "17:00", "reminder": "16:30"},
    assumed=["reminder"],
    title=_("Progress report in time"),
    sentence=_(
        "The progress report of a day of execution is in by {limit}, with a reminder at {reminder}; later"
        " it is late, absent it is missing."
    ),
    bounds={
        "limit": Bound(_("Due at")),
        "reminder": Bound(_("Reminder at")),
    },
    ordered=(("reminder", "limit"),),
)
def progress_report_in_time(facts: ReportFacts, p: Params) -> Verdict:
    """The progress report of a day of execution is in by 17:00; later it is late, absent it is missing."""
    return _in_time(facts, progress_due(facts.day, p), p.limit)


@rule(
    "R-RPT-02",
    clause="004 三(一)",
    severity=REMIND,
    params={"limit": "09:00"},
    title=_("Data report in time"),
    sentence=_(
        "The data report of a day is in by {limit} of the next day, since only then are the day's figures"
        " complete."
    ),
    bounds={
        "limit": Bound(_("Due at")),
    },
)
def data_report_in_time(facts: ReportFacts, p: Params) -> Verdict:
    """The data report of a day is in by 9:00 of the next day, since only then are the day's figures complete (X-08)."""
    return _in_time(facts, data_due(facts.day, p), p.limit)


@rule(
    "R-RPT-03",
    clause="004 四(一)",
    severity=REMIND,
    params={"weekday": 5, "limit": "18:00"},
    assumed=["weekday", "limit"],
    title=_("Weekly report in time"),
    sentence=_(
        "The overall lead sends the report of the week to management by day {weekday} of the week, {limit}; it is drafted from"
        " the dailies."
    ),
    bounds={
        "weekday": Bound(_("Day of the week"), at_least=1, at_most=7),
        "limit": Bound(_("Due at")),
    },
)
def weekly_report_in_time(facts: ReportFacts, p: Params) -> Verdict:
    """The report of the week that begins on `facts.day` is sent by Friday 18:00, drafted from the dailies (RPT-03)."""
    return _in_time(facts, weekly_due(facts.day, p), p.limit)


def weekly_due(week_on: date, p: Params) -> datetime:
    """When the report of the week from a Monday is due."""
    limit = _limit(p.limit)
    return clock.moment(week_on + timedelta(days=p.weekday - 1), limit.hour, limit.minute)


def progress_due(day: date, p: Params) -> datetime:
    """When the progress report of `day` is due."""
    limit = _limit(p.limit)
    return clock.moment(day, limit.hour, limit.minute)


def data_due(day: date, p: Params) -> datetime:
    """When the data report about `day` is due: the next morning."""
    limit = _limit(p.limit)
    return clock.moment(day + timedelta(days=1), limit.hour, limit.minute)


def _in_time(facts: ReportFacts, due_at: datetime, limit: str) -> Verdict:
    told: dict[str, Any] = {"due_at": due_at.isoformat()}
    if facts.handed_in_at is not None:
        if facts.handed_in_at <= due_at:
            return passed(say(_("Handed in on time.")), **told)
        late = int((facts.handed_in_at - due_at).total_seconds() // 60)
        return failed(
            say(_("Handed in {minutes} minutes late."), minutes=late), state="late", late=late, **told
        )
    if facts.now <= due_at:
        return passed(say(_("Due at {limit}."), limit=limit), **told)
    return failed(
        say(_("The report of {day} is missing."), day=facts.day.isoformat()),
        fix=Fix(say(_("Hand it in; it will be marked late."))),
        state="missing",
        **told,
    )
