"""One sheet's XML, read cell by cell. Every row that is there is read, whatever range the sheet declares."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say

from ..cells import MAX_TEXT, Cell, Percent, address, shown
from ..findings import Finding, error, remark, warn
from ..raw import RawSheet
from .archive import WorkbookRefused, damaged
from .parts import Book, SheetEntry, unescape
from .xml import Attributes, parse, steps

MAX_COLUMNS = 256
MAX_ROWS = 50_000
LAST_LINE, LAST_COLUMN = 1_048_576, 16_384
_REFERENCE = re.compile(r"\$?([A-Z]{1,10})\$?([1-9][0-9]{0,9})")
_TRUE = {"1", "true"}
_MIDNIGHT = datetime(1899, 12, 31)  # noqa: DTZ001 - cells know no time zone


def too_many_columns() -> WorkbookRefused:
    """More columns than any of our tables could have."""
    message = say(_("A sheet has more than {limit} columns; nothing was read."), limit=MAX_COLUMNS)
    return WorkbookRefused("too_many_columns", message)


def too_many_rows() -> WorkbookRefused:
    """More rows than an import takes."""
    message = say(_("The workbook has more than {limit} rows; nothing was read."), limit=MAX_ROWS)
    return WorkbookRefused("too_many_rows", message)


def position_of(reference: str) -> tuple[int, int]:
    """Line and column of `D10`, from 1; (0, 0) when it is no address."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return 0, 0
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


class SheetReader:
    """Callbacks for the elements of one sheet."""

    def __init__(self, entry: SheetEntry, book: Book, rows_left: int) -> None:
        self.entry, self.book, self.rows_left = entry, book, rows_left
        self.lines: dict[int, dict[int, Cell]] = {}
        self.findings: list[Finding] = []
        self.declared = ""
        self.line = self.column = 0
        self.style = 0
        self.kind = "n"
        self.value: list[str] = []
        self.formula: list[str] = []
        self.has_formula = False
        self.target: list[str] | None = None
        self.in_guide = False
        self.hidden_lines: list[int] = []
        if entry.is_hidden:
            self.note(warn("hidden_sheet", say(_("This sheet is hidden; it is read like the others."))))

    def note(self, finding: Finding, line: int = 0, column: int = 0) -> None:
        """Keeps a finding at its place."""
        cell = address(line, column) if line and column else ""
        self.findings.append(finding.at(sheet=self.entry.name, line=line, cell=cell))

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        match name:
            case "c":
                self.start_cell(attributes)
            case "v" | "t":
                self.target = None if self.in_guide else self.value
            case "f":
                self.has_formula = True
                self.target = self.formula
            case "row":
                self.start_row(attributes)
            case "rPh":
                self.in_guide = True
            case "dimension":
                self.declared = attributes.get("ref", "")
            case "mergeCell":
                self.note_merged(attributes.get("ref", ""))
            case "col":
                self.note_hidden_columns(attributes)
            case "oleObject" | "control":
                raise WorkbookRefused("embedded", say(_("The workbook has other files embedded.")))

    def end(self, name: str) -> None:
        """An element ends."""
        match name:
            case "v" | "t" | "f":
                self.target = None
            case "rPh":
                self.in_guide = False
            case "c":
                self.end_cell()

    def text(self, data: str) -> None:
        """Characters of the value or the formula at hand."""
        if self.target is not None:
            self.target.append(data)

    def start_row(self, attributes: Attributes) -> None:
        """A line: numbered, or the next one. Lines only go down, or some would take others' place."""
        line = int(attributes["r"]) if attributes.get("r", "").isdecimal() else self.line + 1
        if line <= self.line or line > LAST_LINE:
            raise damaged(f"{self.entry.name} {line}")
        self.line, self.column = line, 0
        if attributes.get("hidden") in _TRUE:
            self.hidden_lines.append(line)

    def start_cell(self, attributes: Attributes) -> None:
        """A cell: addressed, or the next one of its line."""
        reference = attributes.get("r")
        line, column = position_of(reference) if reference else (self.line, self.column + 1)
        if column > LAST_COLUMN:
            raise too_many_columns()
        if line != self.line or column <= self.column:
            raise damaged(f"{self.entry.name} {reference}")
        self.column = column
        self.kind = attributes.get("t", "n")
        self.style = int(attributes["s"]) if attributes.get("s", "").isdecimal() else 0
        self.value, self.formula, self.has_formula = [], [], False

    def end_cell(self) -> None:
        """Keeps the cell when it holds anything."""
        cell = self.cell()
        if cell is None:
            return
        if self.column > MAX_COLUMNS:
            raise too_many_columns()
        if self.line not in self.lines:
            if len(self.lines) >= self.rows_left:
                raise too_many_rows()
            self.lines[self.line] = {}
        self.lines[self.line][self.column] = cell

    def cell(self) -> Cell:
        """The value of the cell at hand. A formula is its own text; what it was once computed to is not trusted."""
        raw = "".join(self.value)
        if self.has_formula:
            formula = f"={''.join(self.formula)}"
            message = say(_("A formula; it is not computed but kept as text. Put its value there."))
            self.note(
                error("formula", message, given=formula[:200], suggestion=raw[:200]), self.line, self.column
            )
            return unescape(formula)
        if self.kind in ("s", "str", "inlineStr", "e"):
            return self.text_cell(raw)
        if raw == "":
            return None
        if self.kind == "b":
            return raw.strip() in _TRUE
        if self.kind == "d":
            return self.iso_cell(raw)
        if self.kind != "n":
            raise damaged(f"{self.entry.name} {address(self.line, self.column)}")
        return self.number_cell(raw)

    def text_cell(self, raw: str) -> Cell:
        """A text of the cell itself, or one of the shared ones."""
        if self.kind == "s":
            if not raw:
                return None
            try:
                return self.book.texts[int(raw)] or None if int(raw) >= 0 else self.unreadable()
            except (ValueError, IndexError):
                return self.unreadable()
        if len(raw) > MAX_TEXT:
            return self.unreadable()
        if self.kind == "e":
            message = say(_("The cell shows an error instead of a value; it is kept as text."))
            self.note(error("error_value", message, given=raw), self.line, self.column)
        return unescape(raw) or None

    def unreadable(self) -> Cell:
        """Refuses a cell that contradicts the rest of the workbook."""
        raise damaged(f"{self.entry.name} {address(self.line, self.column)}")

    def iso_cell(self, raw: str) -> Cell:
        """A date that is written out (strict workbooks)."""
        try:
            moment = datetime.fromisoformat(raw.strip().removesuffix("Z"))
        except ValueError:
            return raw
        return moment.date() if moment.time() == time() else moment.replace(tzinfo=None)

    def number_cell(self, raw: str) -> Cell:
        """A number with at most the 15 digits that spreadsheet programs show; or the date or share it stands for."""
        try:
            exact = float(raw)
        except ValueError:
            return self.unreadable()
        if not math.isfinite(exact):
            return self.unreadable()
        number = float(f"{exact:.15g}")
        shows = self.book.styles[self.style] if self.style < len(self.book.styles) else ""
        if shows == "percent":
            return Percent(number)
        if shows and (moment := self.moment(exact, shows)) is not None:
            return moment
        return int(number) if number.is_integer() and abs(number) < 1e15 else number

    def moment(self, number: float, shows: str) -> Cell:
        """The date or time that a number means in this workbook; None outside the calendar."""
        if self.book.counts_from_1904:
            number += 1462
        if not 0 <= number < 2_958_466 or 60 <= number < 61:
            return None
        seconds = timedelta(seconds=round(number % 1 * 86_400))
        if number < 1:
            return (_MIDNIGHT + seconds).time() if shows == "time" else None
        # Spreadsheets count a 29 February 1900 that never was (day 60).
        moment = _MIDNIGHT + timedelta(days=int(number) - (number >= 61)) + seconds
        return moment.date() if moment.time() == time() else moment

    def note_merged(self, reference: str) -> None:
        """Merged cells hold one value, in their first cell; the others are empty."""
        first, _colon, last = reference.partition(":")
        (line, column), (end_line, end_column) = position_of(first), position_of(last)
        if not line or not end_line or end_column > LAST_COLUMN:
            raise damaged(f"{self.entry.name} {reference}")
        value = shown(self.lines.get(line, {}).get(column))
        message = say(
            _("{range} are merged: the value stands in the first cell only, the others are empty."),
            range=reference,
        )
        self.note(warn("merged", message, given=value[:200]), line, column)

    def note_hidden_columns(self, attributes: Attributes) -> None:
        """Hidden columns are read like the others."""
        if attributes.get("hidden") in _TRUE and attributes.get("min", "").isdecimal():
            column = int(attributes["min"])
            if column <= MAX_COLUMNS:
                message = say(_("Columns from here are hidden; they are read like the others."))
                self.note(warn("hidden_columns", message), 1, column)

    def finish(self) -> RawSheet:
        """The sheet, once everything was fed."""
        for line in self.hidden_lines:
            if line in self.lines:
                message = say(_("This row is hidden; it is read like the others."))
                self.note(warn("hidden_row", message), line)
        self.check_declared()
        return RawSheet(self.entry.name, self.lines, tuple(self.findings))

    def check_declared(self) -> None:
        """Compares the range that the sheet declares with the cells it has. All are read; a wrong range is noted."""
        if not self.declared:
            return
        _first, _colon, last = self.declared.partition(":")
        line, column = position_of(last or self.declared)
        if column > LAST_COLUMN:
            raise too_many_columns()
        used_line = max(self.lines, default=0)
        used_column = max((max(cells) for cells in self.lines.values()), default=0)
        if used_line > line or used_column > column:
            used = f"A1:{address(used_line, used_column)}"
            message = say(
                _(
                    "The sheet declares the range {declared}, but has cells up to {used}. All of them were read."
                ),
                declared=self.declared[:40],
                used=used,
            )
            self.note(warn("wrong_range", message, given=self.declared[:40], suggestion=used))
        elif line > used_line + 1000 or column > used_column + 100:
            message = say(
                _("The sheet declares the range {declared}, far more than it holds."),
                declared=self.declared[:40],
            )
            self.note(remark("wide_range", message, given=self.declared[:40]))


def read_sheet(entry: SheetEntry, chunks: Iterable[bytes], book: Book, rows_left: int) -> RawSheet:
    """The cells of a sheet. Refuses what is too large, and what contradicts itself and could lose rows."""
    reader = SheetReader(entry, book, rows_left)
    parse(entry.path, chunks, start=reader.start, end=reader.end, text=reader.text)
    return reader.finish()


def flow_lines(
    entry: SheetEntry, chunks: Iterable[bytes], book: Book
) -> Iterator[tuple[int, dict[int, Cell]]]:
    """The lines of a sheet one after the other, kept no longer than they are looked at; findings are dropped."""
    reader = SheetReader(entry, book, LAST_LINE)
    for _step in steps(entry.path, chunks, start=reader.start, end=reader.end, text=reader.text):
        done = [line for line in reader.lines if line < reader.line]
        for line in done:
            yield line, reader.lines.pop(line)
        reader.findings.clear()
        reader.hidden_lines.clear()
    yield from reader.lines.items()
