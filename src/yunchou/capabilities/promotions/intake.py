"""Live streams from an uploaded or pasted table, read line by line before anything is taken in (EXE-15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.sheets.columns import Number
from yunchou.kernel.sheets.columns import Text as TextColumn
from yunchou.kernel.sheets.findings import Level
from yunchou.kernel.sheets.layout import read_part
from yunchou.kernel.sheets.raw import RawSheet
from yunchou.kernel.sheets.table import Row, Table
from yunchou.kernel.sheets.texts import as_text
from yunchou.kernel.sheets.values import Context

from .actions import StreamFacts, StreamResult
from .actions.streams import MOST_IMPORTED


@dataclass(frozen=True, kw_only=True)
class StreamRow(Row):
    """A session as platforms and teams list it."""

    title: str = ""
    platform: str = ""
    host: str = ""
    planned_from: str = ""
    planned_until: str = ""
    held_from: str = ""
    held_until: str = ""
    viewers_target: Decimal | None = None
    viewers: Decimal | None = None
    interactions: Decimal | None = None
    coupons: Decimal | None = None
    leads: Decimal | None = None
    note: str = ""


def _number(key: str, header: str, title: Text, *aliases: str) -> Number:
    return Number(key, header, title, whole=True, least=Decimal(0), aliases=aliases)


STREAMS: Final = Table(
    key="promotions_streams",
    sheet="直播场次",
    title=pgettext_lazy("promotions", "Live streams"),
    row=StreamRow,
    identity=("title", "planned_from"),
    columns=(
        TextColumn("title", "场次", pgettext_lazy("stream", "Session"), required=True, max_length=60, aliases=("主题",)),
        TextColumn("platform", "平台", pgettext_lazy("stream", "Platform"), required=True, max_length=40, aliases=("渠道",)),
        TextColumn("host", "主播", pgettext_lazy("stream", "Host"), max_length=40),
        TextColumn("planned_from", "计划开始", _("Planned from"), required=True, max_length=40, aliases=("计划开始时间",)),
        TextColumn("planned_until", "计划结束", _("Planned until"), required=True, max_length=40, aliases=("计划结束时间",)),
        TextColumn("held_from", "实际开始", _("Held from"), max_length=40, aliases=("实际开始时间",)),
        TextColumn("held_until", "实际结束", _("Held until"), max_length=40, aliases=("实际结束时间",)),
        _number("viewers_target", "目标观看人数", _("Viewers aimed at"), "目标人数"),
        _number("viewers", "实际观看人数", pgettext_lazy("stream", "Viewers"), "观看人数"),
        _number("interactions", "互动次数", _("Interactions"), "互动数"),
        _number("coupons", "优惠券", _("Coupons, as the platform says"), "优惠券领取"),
        _number("leads", "线索", _("Leads, as the platform says"), "留资"),
        TextColumn("note", "备注", pgettext_lazy("stream", "Note"), max_length=200),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line as it was read, or why it cannot be used."""

    number: int
    title: str
    facts: StreamFacts | None = None
    result: StreamResult | None = None
    faults: tuple[Text, ...] = ()

    @property
    def is_good(self) -> bool:
        return not self.faults and self.facts is not None


@dataclass(frozen=True)
class Intake:
    """The lines of a table, and the table itself as text, which the page carries until it is confirmed."""

    lines: tuple[Line, ...]
    kept: str

    @property
    def good(self) -> list[Line]:
        return [line for line in self.lines if line.is_good]

    @property
    def bad(self) -> list[Line]:
        return [line for line in self.lines if not line.is_good]

    @property
    def rows(self) -> list[tuple[StreamFacts, StreamResult]]:
        return [(line.facts, line.result or StreamResult()) for line in self.good if line.facts is not None]


def read_streams(sheet: RawSheet) -> Intake:
    """The sessions of a table."""
    today = clock.today()
    part, findings = read_part(STREAMS, sheet, Context(year=today.year, end=today))
    if len(part.rows) > MOST_IMPORTED:
        raise Invalid(say(gettext_noop("At most {limit} lines at once."), limit=MOST_IMPORTED))
    faults: dict[int, list[Text]] = {}
    for finding in [*sheet.findings, *findings]:
        if finding.level == Level.ERROR:
            faults.setdefault(finding.line, []).append(finding.message)
    lines = [_line(row, faults.pop(row.line, [])) for row in part.rows]
    lines += [Line(number, "", faults=tuple(told)) for number, told in faults.items()]
    return Intake(tuple(sorted(lines, key=lambda line: line.number)), as_text(sheet))


def _line(row: StreamRow, told: list[Text]) -> Line:
    start, end = _moment(row.planned_from, told), _moment(row.planned_until, told, row.planned_from)
    held, until = _moment(row.held_from, told), _moment(row.held_until, told, row.held_from)
    if (start and end and end <= start) or (held and until and until <= held):
        told.append(say(gettext_noop("A session ends after it begins.")))
    if held and held > clock.now():
        told.append(say(gettext_noop("This time lies ahead.")))
    if row.viewers is not None and held is None and not told:
        told.append(say(gettext_noop("Viewers are those of a session that was held: say when.")))
    if until and held is None and not told:
        told.append(say(gettext_noop("Please fill this in.")))
    if told or start is None or end is None:
        return Line(row.line, row.title, faults=tuple(told) or (say(gettext_noop("Please fill this in.")),))
    facts = StreamFacts(row.title, row.platform, start, end, _int(row.viewers_target) or 0, row.host)
    result = StreamResult(
        held, until, _int(row.viewers), _int(row.interactions), _int(row.coupons), _int(row.leads), row.note
    )
    return Line(row.line, row.title, facts, result)


def _int(value: Decimal | None) -> int | None:
    return None if value is None else int(value)


def _moment(text: str, told: list[Text], day_of: str = "") -> datetime | None:
    """`2024-08-02 20:00`, `2024年8月2日 20:00`, and `22:00` for the day of another time; nothing for nothing."""
    plain = text.strip()
    if not plain:
        return None
    if len(plain) <= 5 and ":" in plain and day_of.strip():
        plain = f"{day_of.strip().rpartition(' ')[0]} {plain}"
    for sign, mark in (("年", "-"), ("月", "-"), ("日", " "), ("/", "-"), (".", "-"), ("T", " ")):
        plain = plain.replace(sign, mark)
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"):
        try:
            found = datetime.strptime(" ".join(plain.split()), form)  # noqa: DTZ007 -- local time, as people write it
        except ValueError:
            continue
        if 2000 <= found.year < 2100:
            return clock.moment(found.date(), found.hour, found.minute)
    told.append(say(gettext_noop("This is no time: write it as 2024-08-02 15:20.")))
    return None
