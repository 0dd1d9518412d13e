"""The planned dates of a campaign, moved by whole days: what would move, and the tables as they would be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from yunchou.capabilities.work.shifting import Dates, shifted_dates
from yunchou.capabilities.work.tables import AssignmentRow, TaskRow
from yunchou.kernel.calendar.selectors import add_working_days
from yunchou.kernel.core.text import Text
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.values import Context, DueRule
from yunchou.kernel.subjects.models import Subject

from .models import Campaign
from .selectors import context_of, dossier_of
from .tables import CREATIVE, GOALS, OVERVIEW, PHASE, GoalRow, ModuleRow, OverviewRow

DATES = {
    OVERVIEW.key: ("start_on", "warm_up_on", "end_on"),
    GOALS.key: ("due",),
    CREATIVE.key: ("due_on",),
}


@dataclass(frozen=True)
class Moved:
    """One date that moves: where it stands, what it was, what it becomes."""

    table: Text
    row: str
    column: Text
    before: str
    after: str


def moves_of(campaign: Campaign, start_on: date) -> list[Moved]:
    """Every date that goes along when the campaign starts on `start_on`, in the order of the tables."""
    if campaign.start_on is None or start_on == campaign.start_on:
        return []
    shift = timedelta(days=(start_on - campaign.start_on).days)
    shifted = shifted_tables(campaign.subject, shift.days)
    ctx, found = context_of(campaign), []
    for part in dossier_of(campaign).parts:
        table = part.table
        for before, after in zip(part.rows, shifted.get(table.key, ()), strict=False):
            found += [
                Moved(
                    table.title,
                    table.label(before, ctx),
                    column.label,
                    str(column.write(old)),
                    str(column.write(new)),
                )
                for column in table.columns
                if (old := getattr(before, column.key)) != (new := getattr(after, column.key))
            ]
        if table is GOALS:
            found += _followed(campaign, part.rows, shift, ctx)
        if table.row in (TaskRow, AssignmentRow):
            dates = shifted_dates(campaign.subject, shift.days) if table.row is TaskRow else {}
            found += _shifted_days(table, part.rows, shift, ctx, dates)
    return found


def _followed(campaign: Campaign, rows: Sequence[GoalRow], shift: timedelta, ctx: Context) -> list[Moved]:
    """Deadlines that are counted from the end: working days, so that each may move by another number of days."""
    if (end := campaign.end_on) is None:
        return []
    return [
        Moved(
            GOALS.title,
            GOALS.label(row, ctx),
            GOALS.by_key["due"].label,
            add_working_days(end, row.due.after_end_working_days).isoformat(),
            add_working_days(end + shift, row.due.after_end_working_days).isoformat(),
        )
        for row in rows
        if isinstance(row.due, DueRule)
    ]


def _shifted_days(
    table: Any, rows: Sequence[Any], shift: timedelta, ctx: Context, dates: Mapping[int, Dates]
) -> list[Moved]:
    """The starts and ends of tasks, which the room that owns them moves itself: `dates` says where to."""
    found = []
    for row in rows:
        to = dates.get(row.pk) or tuple(day and day + shift for day in (row.start_on, row.end_on))
        for key, new in zip(("start_on", "end_on"), to, strict=True):
            column, day = table.by_key[key], getattr(row, key)
            if day and day != new:
                words = str(column.write(day)), str(column.write(new))
                found.append(Moved(table.title, table.label(row, ctx), column.label, *words))
    return found


def shifted_tables(subject: Subject, days: int) -> dict[str, list[Any]]:
    """The rows of the campaign's own tables with every date moved by `days`; a text as it was given goes with its date."""
    campaign = Campaign.objects.select_related("subject__unit").get(pk=subject.pk)
    ctx, shift = context_of(campaign), timedelta(days=days)
    tables: dict[str, list[Any]] = {}
    for kept in workbook().kept:
        if keys := DATES.get(kept.table.key):
            rows: Sequence[OverviewRow | GoalRow | ModuleRow] = kept.load(subject)
            tables[kept.table.key] = [_shifted(row, keys, shift, ctx) for row in rows]
    return tables


def _shifted(row: Any, keys: Sequence[str], shift: timedelta, ctx: Context) -> Any:
    changes: dict[str, Any] = {key: day + shift for key in keys if isinstance(day := getattr(row, key), date)}
    if isinstance(row, ModuleRow) and (text := shifted_phases(row.content, shift, ctx)) != row.content:
        changes["content"] = text
    return replace(row, given={key: cell for key, cell in row.given.items() if key not in changes}, **changes)


def shifted_phases(text: str, shift: timedelta, ctx: Context) -> str:
    """A content plan with the dates of its phases moved, written as they were: `预热期(7.20-7.25)` → `(8.3-8.8)`."""
    return "".join(_shifted_line(line, shift, ctx) for line in text.splitlines(keepends=True))


def _shifted_line(line: str, shift: timedelta, ctx: Context) -> str:
    if not (match := PHASE.match(line)):
        return line
    for month, day in (("m2", "d2"), ("m1", "d1")):  # from the right, so that the places on the left stay
        if found := ctx.date_of(int(match[month]), int(match[day])):
            new = found + shift
            between = line[match.end(month) : match.start(day)]
            line = f"{line[: match.start(month)]}{new.month}{between}{new.day}{line[match.end(day) :]}"
    return line
