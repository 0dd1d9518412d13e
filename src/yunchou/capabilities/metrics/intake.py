"""Readings from an uploaded or pasted table: .xlsx by its first sheet, anything else as text (DSH-07)."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.sheets.columns import DateText, Measure, Text
from yunchou.kernel.sheets.findings import Finding, Level
from yunchou.kernel.sheets.layout import read_part
from yunchou.kernel.sheets.raw import RawSheet
from yunchou.kernel.sheets.table import Row, Table
from yunchou.kernel.sheets.texts import sheet_of, text_sheet
from yunchou.kernel.sheets.values import Context, Figure

from .actions.readings import MAX_POINTS, Point
from .models import ReadingKind, Series


@dataclass(frozen=True, kw_only=True)
class TakenRow(Row):
    """What one indicator had on one day: that day's value, all up to then, or both."""

    channel: str = ""
    indicator: str = ""
    day: date | None = None
    today: Figure | None = None
    cumulative: Figure | None = None
    note: str = ""


READINGS = Table(
    key="readings",
    sheet="读数",
    title=_("Readings"),
    row=TakenRow,
    identity=("channel", "indicator", "day"),
    columns=(
        Text("channel", "渠道", _("Channel"), required=True, max_length=40),
        Text("indicator", "核心指标", _("Indicator"), required=True, max_length=60, aliases=("指标",)),
        DateText("day", "日期", _("Day")),
        Measure("today", "今日数据", _("Day's value"), aliases=("当日", "今日")),
        Measure("cumulative", "累计数据", _("Cumulative"), aliases=("累计",)),
        Text("note", "备注", _("Note"), max_length=200),
    ),
)


@dataclass(frozen=True)
class Intake:
    """What a table holds: its points, the line of each, and what could not be read. `key` names its content."""

    points: tuple[Point, ...]
    lines: tuple[int, ...]
    problems: tuple[tuple[int, Say], ...]
    key: str


def read_upload(data: bytes, *, day: date | None = None) -> Intake:
    """Read a file; rows without a day are of `day` (today). Raises `Invalid` or `WorkbookRefused` for other files."""
    return _intake(sheet_of(data, READINGS.sheet), hashlib.sha256(data).hexdigest(), day)


def read_pasted(text: str, *, day: date | None = None) -> Intake:
    """Read cells that were copied out of a table, with their headings."""
    return _intake(text_sheet(text, READINGS.sheet), hashlib.sha256(text.encode()).hexdigest(), day)


def template_for(series: Sequence[Series], day: date) -> str:
    """A table to fill in (CSV that Excel opens): one line for each indicator."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.header for column in READINGS.columns])
    for one in series:
        writer.writerow([_inert(one.channel), _inert(one.indicator), day.isoformat(), "", "", ""])
    return "\ufeff" + out.getvalue()


def _inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _intake(sheet: RawSheet, digest: str, day: date | None) -> Intake:
    today = clock.today()
    ctx = Context(year=today.year, end=today)
    part, findings = read_part(READINGS, replace(sheet, name=READINGS.sheet), ctx)
    points: list[Point] = []
    lines: list[int] = []
    for row in part.rows:
        for point in _points(row, day or today):
            points.append(point)
            lines.append(row.line)
    if len(points) > MAX_POINTS:
        raise Invalid(
            say(gettext_noop("At most {limit} readings at once."), limit=MAX_POINTS), code="too_many"
        )
    return Intake(tuple(points), tuple(lines), tuple(_problems([*sheet.findings, *findings])), digest)


def _points(row: TakenRow, day: date) -> list[Point]:
    told = ((ReadingKind.DAILY, row.today), (ReadingKind.CUMULATIVE, row.cumulative))
    return [
        Point(row.channel, row.indicator, row.day or day, figure.value, kind, figure.unit, note=row.note)
        for kind, figure in told
        if figure is not None and figure.value is not None
    ]


def _problems(findings: Sequence[Finding]) -> list[tuple[int, Say]]:
    """What could not be used, by line."""
    return [(finding.line, finding.message) for finding in findings if finding.level == Level.ERROR]
