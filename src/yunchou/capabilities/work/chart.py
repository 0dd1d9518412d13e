"""The data of the Gantt chart, as `ui/gantt.js` reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yunchou.kernel.calendar.days import DayKind, days_from
from yunchou.kernel.calendar.selectors import working_calendar

from .models import Baseline
from .selectors import Line, Plan, late_words
from .states import Phase, State

AFTER = timedelta(days=14)
"""The chart goes on a little beyond the last task."""
MARKED = {DayKind.HOLIDAY: "holiday", DayKind.MAKEUP: "makeup"}


def chart_of(
    plan: Plan, lines: Sequence[Line], *, can_edit: bool, beside: Baseline | None = None
) -> dict[str, Any]:
    """Tasks by phase with their forecast, links, days that are not as the week would have them, and today.

    `beside` is a baseline that is drawn as outlines.
    """
    ghosts = beside.spans() if beside else {}
    dated = [line for line in lines if line.task.start_on and line.span]
    told = zip(rows_of(plan, dated, can_edit=can_edit), dated, strict=True)
    rows = [row | _ghost(ghosts, line) for row, line in told]
    groups = [row for phase in Phase if (row := _group(phase, dated))]
    shown = {line.position for line in dated}
    return {
        "tasks": [
            each
            for group in groups
            for each in (group, *(row for row in rows if row["parent"] == group["id"]))
        ],
        "links": [
            {"source": plan.tasks[link.predecessor].pk, "target": plan.tasks[link.task].pk}
            | ({} if link.is_plain else {"kind": link.kind.value, "lag": link.lag})
            for link in plan.links
            if link.predecessor in shown and link.task in shown
        ],
        "days": list(_days(dated)),
        "today": plan.today.isoformat(),
        "labels": {
            "code": _("No."),
            "text": _("Task"),
            "owner": pgettext("chart", "Owner"),
            "dates": pgettext("chart", "Dates"),
            "days": pgettext("chart", "Days"),
            "status": _("State"),
            "off": pgettext("calendar", "Off"),
            "makeup": pgettext("calendar", "Work"),
            "today": pgettext("chart", "Today"),
        },
    }


def rows_of(plan: Plan, lines: Iterable[Line], *, can_edit: bool) -> list[dict[str, Any]]:
    """The rows of some tasks of the chart."""
    # Looked up once: the address of a task differs in the number behind the subject's alone.
    before, after = reverse("work:task_edit", args=[plan.subject.pk, 0]).rsplit("/0/", 1)
    return [_task(plan, line, f"{before}/{line.task.pk}/{after}", can_edit) for line in lines]


def _phase(line: Line) -> str:
    return f"phase-{line.task.known_phase.value}"


def _group(phase: Phase, lines: Sequence[Line]) -> dict[str, Any] | None:
    """The bar above the tasks of a phase, done as far as their days are."""
    own = [line for line in lines if line.task.known_phase == phase and line.span]
    if not own:
        return None
    spans = [line.span for line in own if line.span]
    weights = [max(1, line.days or 0) for line in own]
    done = sum(weight * _share(line) for weight, line in zip(weights, own, strict=True)) / sum(weights)
    start, end = min(span.start_on for span in spans), max(span.end_on for span in spans)
    return {
        "id": f"phase-{phase.value}",
        "text": str(phase.label),
        "start": start.isoformat(),
        "end": end.isoformat(),
        "progress": round(done, 3),
        "type": "group",
        "parent": None,
        "statusLabel": "",
    }


def _share(line: Line) -> float:
    """How much of a task is done; where nobody said, a task in progress counts by its days that have passed."""
    return 1.0 if line.state == State.DONE else line.task.progress / 100


def _task(plan: Plan, line: Line, address: str, can_edit: bool) -> dict[str, Any]:
    task, span = line.task, line.span
    assert span is not None
    assert task.pk is not None
    share = _share(line)
    if line.state == State.IN_PROGRESS and not share:
        share = _elapsed(span.start_on, span.end_on, plan.today)
    return {
        "id": task.pk,
        "text": task.name,
        "code": line.code,
        "owner": (line.owner.name if line.owner else task.owner.name if task.owner else ""),
        "start": span.start_on.isoformat(),
        "end": span.end_on.isoformat(),
        "progress": round(share, 3),
        "type": "milestone" if task.is_milestone else "task",
        "parent": _phase(line),
        "critical": line.is_critical,
        "status": line.state.value,
        "statusLabel": str(late_words(line)),
        "lateDays": line.days_late,
        "days": line.days,
        "baselineStart": _iso(task.baseline_start_on),
        "baselineEnd": _iso(task.baseline_end_on),
        "note": task.note,
        "url": address,
        "locked": not can_edit or line.state == State.DONE,
    }


def _ghost(spans: Mapping[int, tuple[date | None, date | None]], line: Line) -> dict[str, Any]:
    """Where the baseline that is compared had the task."""
    start, end = spans.get(line.task.pk or 0, (None, None))
    return {"ghostStart": _iso(start), "ghostEnd": _iso(end)} if start and end else {}


def _elapsed(start: date, end: date, today: date) -> float:
    days = (end - start).days
    return min(1.0, max(0.0, (today - start).days / days)) if days else 0.0


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _days(lines: Iterable[Line]) -> Iterable[Mapping[str, str]]:
    """Holidays and make-up workdays in the range of the chart; ordinary weekends the chart knows itself."""
    spans = [line.span for line in lines if line.span]
    if not spans:
        return
    calendar = working_calendar()
    first, last = min(span.start_on for span in spans), max(span.end_on for span in spans) + AFTER
    for day in days_from(first - timedelta(days=first.weekday()), last):
        if (kind := calendar.kind_of(day)) in MARKED:
            yield {"date": day.isoformat(), "kind": MARKED[kind], "label": calendar.day_info(day).name}
