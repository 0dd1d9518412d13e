"""Writing workbooks: a dossier, an empty template with drop-downs, a copy with the faulty cells marked.

Text never becomes a formula (trust P14), numbers stay numbers, and the same content gives the same bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .cells import MAX_TEXT, RISKY, Cell, Percent, letters
from .columns.base import NOWHERE
from .dossier import OWN_SHEETS, Dossier, write_sheets
from .findings import Finding, Level
from .layout import Part
from .raw import RawSheet, RawWorkbook
from .table import Table
from .values import Context
from .xlsx import read_workbook
from .xlsx.sheet import position_of

FINDINGS_SHEET, WORDS_SHEET = OWN_SHEETS
TEMPLATE_LINES = 300
"""So many lines of a template have drop-downs."""
_MADE_AT = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed stamp, so that the same content gives the same bytes
_FILLS = {Level.ERROR: "#F8D0CC", Level.WARN: "#FBE8B8"}
_INLINE_LIST = 255


def write_workbook(dossier: Dossier, ctx: Context = NOWHERE, people: Sequence[str] = ()) -> bytes:
    """The dossier as .xlsx: a sheet a table, laid out as it came, with drop-downs for words and `people`."""
    paper = _Paper()
    for sheet in write_sheets(dossier, ctx).sheets:
        part = next((part for part in dossier.parts if _is_of(part, sheet)), None)
        paper.add(sheet, part)
        if part:
            paper.help_typing(sheet, part, people)
    return paper.finish()


def empty_template(tables: Iterable[Table[Any]], people: Sequence[str] = ()) -> bytes:
    """An empty workbook of these tables: headings with notes, drop-downs for words and `people`."""
    return write_workbook(Dossier(tuple(Part(table) for table in tables)), people=people)


def marked_copy(original: str | Path | bytes, findings: Iterable[Finding]) -> bytes:
    """The workbook as it came, errors and warnings marked with their reason, all findings listed on a last sheet."""
    raw, found = read_workbook(original), tuple(findings)
    paper = _Paper()
    for sheet in raw.sheets:
        if sheet.name not in OWN_SHEETS:
            paper.add(sheet, marks=_marks(sheet, found))
    paper.list_findings(found)
    return paper.finish()


def write_raw(raw: RawWorkbook) -> bytes:
    """Bare sheets as .xlsx."""
    paper = _Paper()
    for sheet in raw.sheets:
        paper.add(sheet)
    return paper.finish()


def _is_of(part: Part[Any], sheet: RawSheet) -> bool:
    return sheet.name == (part.frame.sheet if part.frame else part.table.sheet)


Marks = Mapping[tuple[int, int], tuple[Level, str]]


def _marks(sheet: RawSheet, findings: Iterable[Finding]) -> Marks:
    """Level and reasons of the cells to mark, by line and column."""
    found: dict[tuple[int, int], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.sheet == sheet.name and finding.cell and finding.level in _FILLS:
            found[position_of(finding.cell)].append(finding)
    return {
        place: (min((f.level for f in each), key=list(_FILLS).index), "\n".join(str(f.message) for f in each))
        for place, each in found.items()
    }


class _Paper:
    """A workbook being written."""

    def __init__(self) -> None:
        self.file = BytesIO()
        self.book = xlsxwriter.Workbook(self.file, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
        self.book.set_properties({"created": _MADE_AT})
        self.sheets: dict[str, Any] = {}
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.lists: dict[tuple[str, ...], str] = {}
        self.words: Any = None

    def finish(self) -> bytes:
        """The bytes of the workbook."""
        if self.words is not None:
            self.words.hide()
        self.book.close()
        return self.file.getvalue()

    def style(self, **properties: Any) -> Any:
        """The format with these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(properties)
        return self.formats[key]

    def add(self, sheet: RawSheet, part: Part[Any] | None = None, marks: Marks | None = None) -> None:
        """Writes the cells of one sheet."""
        page = self.sheets[sheet.name] = self.book.add_worksheet(sheet.name)
        heading = (part.frame.line if part.frame else 1) if part else min(sheet.lines, default=1)
        for n, line in sheet:
            for column, cell in line.items():
                level = marks.get((n, column), (None, ""))[0] if marks else None
                look = {"bold": True} if n == heading else {"valign": "top", "text_wrap": True}
                self.put(page, n, column, cell, look | ({"bg_color": _FILLS[level]} if level else {}))
        for (n, column), (level, reason) in (marks or {}).items():
            page.write_comment(n - 1, column - 1, reason[:2000], {"x_scale": 2, "y_scale": 1.2})
            if column not in sheet.lines.get(n, {}):
                page.write_blank(n - 1, column - 1, None, self.style(bg_color=_FILLS[level]))
        if part and part.table.layout == "rows":
            page.freeze_panes(heading, 0)

    def put(self, page: Any, line: int, column: int, cell: Cell, look: dict[str, Any]) -> None:
        """Writes one cell in its own kind."""
        at = (line - 1, column - 1)
        match cell:
            case str():
                if len(cell) > MAX_TEXT:
                    raise ValueError(f"a cell holds at most {MAX_TEXT} characters")
                page.write_string(
                    *at,
                    cell,
                    self.style(**look, **({"quote_prefix": True} if cell.startswith(RISKY) else {})),
                )
            case bool():
                page.write_boolean(*at, cell, self.style(**look))
            case Percent():
                page.write_number(*at, float(cell), self.style(**look, num_format="0.00%"))
            case int() | float():
                page.write_number(*at, cell, self.style(**look))
            case datetime():
                page.write_datetime(*at, cell, self.style(**look, num_format="yyyy-mm-dd hh:mm:ss"))
            case date():
                page.write_datetime(*at, cell, self.style(**look, num_format="yyyy-mm-dd"))
            case time():
                page.write_datetime(*at, cell, self.style(**look, num_format="hh:mm:ss"))

    def help_typing(self, sheet: RawSheet, part: Part[Any], people: Sequence[str]) -> None:
        """Widths, notes on headings and drop-downs where words are expected."""
        page, table = self.sheets[sheet.name], part.table
        start = part.frame.line if part.frame else 1
        if table.layout == "pairs":
            page.set_column(0, 0, 18)
            page.set_column(1, 1, 70)
        cells = sheet.lines.items() if table.layout == "pairs" else [(start, sheet.lines.get(start, {}))]
        for n, line in cells:
            for position, cell in line.items():
                column = table.named(cell)
                if column is None or (table.layout == "pairs" and position != 1):
                    continue
                if table.layout == "rows":
                    page.set_column(position - 1, position - 1, column.width)
                self.note(page, n, position, str(column.hint))
                choices = people if column.widget == "person" else column.options()
                area = (
                    (n, position + 1, n) if table.layout == "pairs" else (n + 1, position, n + TEMPLATE_LINES)
                )
                self.offer(page, area, tuple(choices))

    def note(self, page: Any, line: int, position: int, hint: str) -> None:
        """A note that shows when the heading is selected."""
        if hint:
            message = {"validate": "any", "input_message": hint[:_INLINE_LIST]}
            page.data_validation(line - 1, position - 1, line - 1, position - 1, message)

    def offer(self, page: Any, area: tuple[int, int, int], choices: tuple[str, ...]) -> None:
        """A drop-down; anything else may still be typed, since importing says what is wrong with it."""
        if not choices:
            return
        first, position, last = area
        fits = len(",".join(choices)) <= _INLINE_LIST and not any("," in choice for choice in choices)
        source = list(choices) if fits else self.word_list(choices)
        options = {"validate": "list", "source": source, "error_type": "information"}
        page.data_validation(first - 1, position - 1, last - 1, position - 1, options)

    def word_list(self, choices: tuple[str, ...]) -> str:
        """The address of a list that is too long to stand in the cell's own drop-down."""
        if self.words is None:
            self.words = self.book.add_worksheet(WORDS_SHEET)
        if choices not in self.lists:
            column = len(self.lists)
            for n, choice in enumerate(choices):
                self.words.write_string(n, column, choice)
            letter = letters(column + 1)
            self.lists[choices] = f"='{WORDS_SHEET}'!${letter}$1:${letter}${len(choices)}"
        return self.lists[choices]

    def list_findings(self, findings: Iterable[Finding]) -> None:
        """The sheet that lists everything that was found."""
        page = self.book.add_worksheet(FINDINGS_SHEET)
        levels = {
            Level.ERROR: _("Error"),
            Level.WARN: _("Warning"),
            Level.REMARK: pgettext("level", "Remark"),
        }
        titles = (_("Sheet"), _("Cell"), _("Level"), _("Finding"), _("Given"), _("Suggestion"))
        for position, (title, width) in enumerate(zip(titles, (16, 8, 8, 60, 30, 30), strict=True), 1):
            page.set_column(position - 1, position - 1, width)
            self.put(page, 1, position, title, {"bold": True})
        for n, finding in enumerate(sorted(findings, key=lambda f: list(Level).index(f.level)), 2):
            offered = finding.suggestion or "、".join(finding.candidates)
            texts = (
                finding.sheet,
                finding.cell,
                levels[finding.level],
                str(finding.message),
                finding.given,
                offered,
            )
            for position, text in enumerate(texts, 1):
                if text:
                    self.put(page, n, position, text[:MAX_TEXT], {"valign": "top", "text_wrap": True})
        page.freeze_panes(1, 0)
