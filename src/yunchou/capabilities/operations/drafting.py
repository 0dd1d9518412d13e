"""The draft of a weekly report: what the dailies of the week, the schedule, the budget and the opinions say (RPT-03)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.selectors import signals as money_signals
from yunchou.capabilities.work.models import GanttTask
from yunchou.capabilities.work.states import STATE_WORDS
from yunchou.capabilities.work.states import State as TaskState
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.subjects.models import Subject

from .models import DailyReport, Issue, Tone
from .opinions import tones_between

SHOWN_VOICES = 3


def draft_of(subject: Subject, week_on: date) -> dict[str, str]:
    """The six parts of the report of a week, as far as anything is known; a handful of queries."""
    until = week_on + timedelta(days=6)
    dailies = list(
        DailyReport.objects.filter(subject=subject, corrected_by__isnull=True, day__range=(week_on, until))
        .select_related("owner")
        .order_by("day", "pk")
    )
    return {
        "summary": _lines(
            f"{report.day:%m-%d} {_name(report)}: {line}" for report in dailies for line in report.done
        ),
        "milestones": _milestones(subject, week_on, until),
        "budget": _budget(subject),
        "feedback": _feedback(subject, week_on, until),
        "problems": _problems(subject, dailies),
        "outlook": _lines(
            f"{_name(report)}: {line}" for report in _last(dailies) for line in report.tomorrow
        ),
    }


def _name(report: DailyReport) -> str:
    return str(report.shown_owner or "")


def _last(dailies: list[DailyReport]) -> list[DailyReport]:
    """The last report of each person."""
    return list({_name(report): report for report in dailies}.values())


def _lines(lines: Iterable[str | Say]) -> str:
    return "\n".join(dict.fromkeys(str(line).strip() for line in lines if str(line).strip()))


def _milestones(subject: Subject, week_on: date, until: date) -> str:
    """Milestones that ended, should have ended or end within the week after it, each with its state."""
    tasks = GanttTask.objects.filter(
        subject=subject, is_milestone=True, end_on__lte=until + timedelta(days=7)
    )
    today = clock.today()
    told = []
    for task in tasks.order_by("end_on", "position"):
        if task.state == TaskState.DONE and (task.done_on or task.end_on or until) < week_on:
            continue
        state = (
            say(_("overdue"))
            if task.is_overdue(today)
            else say(STATE_WORDS[TaskState(task.state or TaskState.NOT_STARTED)])
        )
        told.append(say(_("{task}, {day}: {state}"), task=str(task), day=f"{task.end_on:%m-%d}", state=state))
    return _lines(told) or str(say(_("No milestone in these two weeks.")))


def _budget(subject: Subject) -> str:
    signal = money_signals([subject.pk], clock.now())[subject.pk]
    return _lines([say(_("Used: {value}"), value=signal.value), signal.part, signal.reason])


def _feedback(subject: Subject, week_on: date, until: date) -> str:
    """The shares of the week, and the loudest negative opinions."""
    tones = tones_between(subject, week_on, until)
    if not tones.all:
        return str(say(_("Nobody was heard this week.")))
    shares = say(
        _("{count} opinions: {positive} positive, {neutral} neutral, {negative} negative"),
        count=tones.all,
        positive=tones.percent(Tone.POSITIVE),
        neutral=tones.percent(Tone.NEUTRAL),
        negative=tones.percent(Tone.NEGATIVE),
    )
    return _lines([shares, *(f"{one.channel}: {one.text}" for one in tones.worst[:SHOWN_VOICES])])


def _problems(subject: Subject, dailies: list[DailyReport]) -> str:
    """Issues that are open, and what the last report of each person names."""
    opened = (
        Issue.objects.filter(subject=subject).open().select_related("owner").order_by("reported_at", "pk")
    )
    issues = [
        f"{issue.problem} ({issue.get_state_display()}{'，' + issue.owner.name if issue.owner else ''})"
        for issue in opened
    ]
    known = {issue.problem for issue in opened}
    return _lines(
        [
            *issues,
            *(
                report.problems
                for report in _last(dailies)
                if report.problems and report.problems not in known
            ),
        ]
    )
