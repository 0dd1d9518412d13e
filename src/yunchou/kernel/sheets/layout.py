"""From a sheet to the rows of its table and back: headings, pairs, totals, and what belongs to neither."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, count
from typing import Any, Generic

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say

from .cells import Cell, address, clean, is_blank, letters, shown
from .findings import Finding, Level, error, remark, warn
from .raw import Line, RawSheet
from .table import Frame, Heading, R, Table
from .values import Context

SEARCHED_LINES = 20
"""The headings are looked for in the first lines of a sheet."""
PAIR_HEADINGS = ("项目", "内容")


@dataclass(frozen=True)
class Part(Generic[R]):
    """The rows of one table in a dossier, its stated totals, and the frame of the sheet it came from."""

    table: Table[R]
    rows: tuple[R, ...] = ()
    footer: R | None = None
    frame: Frame | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """A row that says nothing is no row: on a sheet it would be an empty line."""
        object.__setattr__(self, "rows", tuple(row for row in self.rows if not self.table.is_blank(row)))


def read_part(table: Table[R], sheet: RawSheet, ctx: Context) -> tuple[Part[R], tuple[Finding, ...]]:
    """The table on `sheet`, and everything that was noticed. No cell is lost: what is not used is kept in the frame."""
    reader: _Reader[R] = (_Pairs if table.layout == "pairs" else _Rows)(table, sheet, ctx)
    return reader.read(), tuple(reader.findings)


def write_part(part: Part[R], ctx: Context) -> RawSheet:
    """The sheet of a table: as it was given where nothing changed, canonical elsewhere."""
    cells = dict(_pair_cells(part, ctx) if part.table.layout == "pairs" else _row_cells(part, ctx))
    if part.frame:
        for n, line in part.frame.loose.items():
            for column, cell in line.items():
                cells.setdefault((n, column), cell)
    lines: dict[int, dict[int, Cell]] = {}
    for (n, column), cell in sorted(cells.items(), key=lambda item: item[0]):
        if cell is not None:
            lines.setdefault(n, {})[column] = cell
    return RawSheet(part.frame.sheet if part.frame else part.table.sheet, lines)


class _Reader(Generic[R]):
    """What reading rows and reading pairs have in common."""

    def __init__(self, table: Table[R], sheet: RawSheet, ctx: Context) -> None:
        self.table, self.sheet, self.ctx = table, sheet, ctx
        self.findings: list[Finding] = []
        self.loose: dict[int, dict[int, Cell]] = {}

    def read(self) -> Part[R]:
        """The table with its frame; fills `findings`."""
        raise NotImplementedError

    def note(self, finding: Finding, line: int = 0, position: int = 0, key: str = "") -> None:
        """Keeps a finding with its place on the sheet."""
        cell = address(line, position) if line and position else ""
        self.findings.append(
            finding.at(table=self.table.key, sheet=self.sheet.name, line=line, column=key, cell=cell)
        )

    def keep(self, line: int, cells: Line, message: Say) -> None:
        """Keeps cells that belong to nothing, and says so."""
        filled = [position for position, cell in cells.items() if not is_blank(cell)]
        self.loose.setdefault(line, {}).update(cells)
        if filled:
            given = " ".join(shown(cells[position]) for position in filled)[:200]
            self.note(warn("not_used", message, given=given), line, filled[0])

    def check_headings(self, headings: list[Heading], line: int) -> None:
        """Notes columns that are missing or stand in another order."""
        present = [h.key for h in headings if not h.is_extra]
        for key, column in self.table.by_key.items():
            if key not in present:
                level = Level.ERROR if column.required else Level.WARN
                message = say(_("The heading “{heading}” is missing."), heading=column.header)
                self.note(Finding(level=level, code="missing_column", message=message), line, key=key)
        order = [key for key in self.table.by_key if key in present]
        if order != present:
            usual = "、".join(self.table.by_key[key].header for key in order)
            message = say(_("The headings stand in another order than usual ({order})."), order=usual)
            self.note(remark("reordered", message), line)

    def take_heading(self, cell: Cell, position: int, taken: list[Heading], unnamed: str) -> Heading:
        """The heading of a position; one that is unknown, or there twice, heads an extra."""
        column = self.table.named(cell)
        if column is not None and not any(h.key == column.key and not h.is_extra for h in taken):
            return Heading(position, column.key, cell)
        base = clean(shown(cell)) or unnamed
        extras = {h.key for h in taken if h.is_extra}
        names = chain([base], (f"{base} ({n})" for n in count(2)))
        return Heading(position, next(name for name in names if name not in extras), cell, is_extra=True)

    def note_extra(self, heading: Heading, line: int, position: int) -> None:
        """Says that a heading is not the table's, or is there twice."""
        if self.table.named(heading.cell):
            message = say(
                _("“{heading}” is there twice; the first is used, this one is kept."), heading=heading.key
            )
            self.note(error("double_column", message, given=shown(heading.cell)), line, position)
        else:
            message = say(_("“{heading}” is not a heading of this table; it is kept."), heading=heading.key)
            self.note(warn("extra_column", message, given=shown(heading.cell)), line, position)


class _Rows(_Reader[R]):
    """A heading line, then a row a line, perhaps a line of totals."""

    def read(self) -> Part[R]:
        line = self.heading_line()
        if line is None:
            if self.sheet.lines:
                self.note(error("no_headings", say(_("No heading of this table was found on the sheet."))))
            for n, cells in self.sheet:
                self.loose.setdefault(n, {}).update(cells)
            return Part(self.table, frame=self.frame(max(self.sheet.lines, default=0) + 1, []))
        headings = self.headings(line)
        footer_line = self.footer_line(line, headings)
        rows, footer = self.rows(line, headings, footer_line)
        last = footer_line or max((row.line for row in rows), default=line)
        below = {n - last: cells for n, cells in self.loose.items() if n > last}
        self.loose = {n: cells for n, cells in self.loose.items() if n <= last}
        return Part(self.table, rows, footer, replace(self.frame(line, headings, last), below=below))

    def frame(self, line: int, headings: list[Heading], last: int = 0) -> Frame:
        """How the sheet is laid out."""
        blanks = tuple(n for n in range(line + 1, last) if self.is_empty(self.sheet.lines.get(n, {})))
        return Frame(self.sheet.name, line, tuple(headings), blanks, self.loose)

    @staticmethod
    def is_empty(cells: Line) -> bool:
        """Does the line hold nothing but blanks?"""
        return all(is_blank(cell) for cell in cells.values())

    def heading_line(self) -> int | None:
        """The line that holds the most headings of the table."""
        first = [(n, cells) for n, cells in self.sheet if n <= SEARCHED_LINES]
        scores = {
            n: len({c.key for cell in cells.values() if (c := self.table.named(cell))}) for n, cells in first
        }
        best = max(scores, key=lambda n: scores[n], default=None)
        return best if best is not None and scores[best] else None

    def headings(self, line: int) -> list[Heading]:
        """All columns of the sheet with their headings, also those that have cells but no heading."""
        cells = self.sheet.lines[line]
        below = {position for n, each in self.sheet if n > line for position in each}
        headings: list[Heading] = []
        for position in sorted(cells.keys() | below):
            headings.append(self.take_heading(cells.get(position), position, headings, letters(position)))
            if headings[-1].is_extra:
                self.note_extra(headings[-1], line, position)
        self.check_headings(headings, line)
        return headings

    def footer_line(self, line: int, headings: list[Heading]) -> int | None:
        """The last line that begins with a word for totals."""
        footer = self.table.footer
        if footer is None:
            return None
        starts = {n: next(iter(cells.values()), None) for n, cells in self.sheet if n > line}
        return max((n for n, cell in starts.items() if footer.starts(cell)), default=None)

    def rows(
        self, line: int, headings: list[Heading], footer_line: int | None
    ) -> tuple[tuple[R, ...], R | None]:
        """The rows below the headings and the line of totals."""
        for n, cells in self.sheet:
            if n < line:
                self.keep(n, cells, say(_("Above the headings; kept, but not used.")))
            elif footer_line and n > footer_line:
                self.keep(n, cells, say(_("Below the totals; kept, but not used.")))
        rows, footer, previous = [], None, line
        for n, cells in self.sheet:
            if n <= line or (footer_line and n > footer_line):
                continue
            if self.is_empty(cells):
                self.loose.setdefault(n, {}).update(cells)
                continue
            if n > previous + 1:
                self.note(
                    remark("blank_line", say(_("There are empty lines above this one; they are kept."))), n
                )
            previous = n
            row = self.row(n, cells, headings, is_footer=n == footer_line)
            if n == footer_line:
                footer = row
            else:
                rows.append(row)
        return tuple(rows), footer

    def row(self, n: int, cells: Line, headings: list[Heading], *, is_footer: bool) -> R:
        """One row with its findings at their cells."""
        known = {h.key: cells.get(h.position) for h in headings if not h.is_extra}
        extra = {h.key: cells[h.position] for h in headings if h.is_extra and h.position in cells}
        only = self.table.footer.columns if is_footer and self.table.footer else None
        row, findings = self.table.make(known, self.ctx, line=n, extra=extra, only=only)
        places = {h.key: h.position for h in headings if not h.is_extra}
        for finding in findings:
            # A whole column that is missing was said once, at the headings.
            if finding.column in places:
                self.note(finding, n, places[finding.column], finding.column)
        return row


class _Pairs(_Reader[R]):
    """One row: a heading and its value on each line."""

    def read(self) -> Part[R]:
        start = self.title_line() or 0
        headings: list[Heading] = []
        values: dict[int, Cell] = {}
        for n, line in self.sheet:
            is_pair = n != start and any(position in line for position in (1, 2))
            rest = {position: cell for position, cell in line.items() if position > 2 or not is_pair}
            if rest and n == start:
                self.loose[n] = rest
            elif rest:
                self.keep(n, rest, say(_("Beside the values; kept, but not used.")))
            if is_pair:
                headings.append(self.take_heading(line.get(1), n, headings, unnamed=f"B{n}"))
                values[n] = line.get(2)
        return Part(self.table, self.pair_row(headings, values, start), frame=self.frame(headings, start))

    def frame(self, headings: list[Heading], start: int) -> Frame:
        """How the sheet is laid out."""
        return Frame(self.sheet.name, start, tuple(headings), (), self.loose)

    def pair_row(self, headings: list[Heading], values: dict[int, Cell], start: int) -> tuple[R, ...]:
        """The one row, with its findings beside their headings."""
        for heading in headings:
            if heading.is_extra:
                self.note_extra(heading, heading.position, 1)
        self.check_headings(headings, start)
        places = {h.key: h.position for h in headings if not h.is_extra}
        cells = {key: values[position] for key, position in places.items()}
        extra = {h.key: cell for h in headings if h.is_extra and (cell := values[h.position]) is not None}
        row, findings = self.table.make(cells, self.ctx, line=start or 1, extra=extra)
        for finding in findings:
            if finding.column in places:
                self.note(finding, places[finding.column], 2, finding.column)
        return (row,)

    def title_line(self) -> int | None:
        """The line that says 项目 and 内容; None where the pairs begin at once."""
        return next(
            (n for n, line in self.sheet if n <= SEARCHED_LINES and line.get(1) == PAIR_HEADINGS[0]), None
        )


Placed = Iterator[tuple[tuple[int, int], Cell]]


def _row_cells(part: Part[R], ctx: Context) -> Placed:
    """The cells of a table with headings, by line and column."""
    table, frame = part.table, part.frame or Frame(part.table.sheet)
    bodies = (*part.rows, part.footer) if part.footer else part.rows
    if part.frame and not frame.headings and not bodies:
        return  # no heading was found on the sheet and no row came since: it goes back as it came
    headings = _headings(table, frame.headings, bodies, start=1)
    for heading in headings:
        yield (frame.line, heading.position), heading.cell
    free = (n for n in count(frame.line + 1) if n not in frame.blanks)
    last = frame.line
    for last, body in zip(free, bodies, strict=False):
        for heading in headings:
            yield (last, heading.position), _cell(table, body, heading, ctx, is_footer=body is part.footer)
    for offset, line in frame.below.items():
        for position, cell in line.items():
            yield (last + offset, position), cell


def _cell(table: Table[R], row: R, heading: Heading, ctx: Context, *, is_footer: bool) -> Cell:
    """One cell of a row or of the line of totals, which holds its other cells as given."""
    if heading.is_extra:
        return row.extra.get(heading.key)
    if is_footer and table.footer and heading.key not in table.footer.columns:
        first = heading.key == table.columns[0].key
        return row.given.get(heading.key, None if row.given or not first else table.footer.words[0])
    return table.cell(row, heading.key, ctx)


def _headings(
    table: Table[R], given: tuple[Heading, ...], bodies: tuple[R, ...], start: int
) -> list[Heading]:
    """The headings as given, then those of columns and extras that hold something and had none.

    Where nothing was given these are all columns, from position `start`.
    """
    headings = list(given)
    present = {h.key for h in headings if not h.is_extra}
    extras = {h.key for h in headings if h.is_extra}
    free = count(max((h.position for h in headings), default=start - 1) + 1)
    for key, column in table.by_key.items():
        if key not in present and (not given or any(_is_filled(table, body, key) for body in bodies)):
            headings.append(Heading(next(free), key, column.header))
    names = dict.fromkeys(name for body in bodies for name in body.extra if name not in extras)
    return [*headings, *(Heading(next(free), name, name, is_extra=True) for name in names)]


def _is_filled(table: Table[R], row: R, key: str) -> bool:
    value: Any = getattr(row, key)
    return value != table.by_key[key].empty or key in row.given


def _pair_cells(part: Part[R], ctx: Context) -> Placed:
    """The cells of a table of pairs, by line and column."""
    frame = part.frame or Frame(part.table.sheet)
    if part.frame is None:
        yield from (((1, position), text) for position, text in enumerate(PAIR_HEADINGS, 1))
    if part.frame and not frame.headings and not part.rows:
        return
    for heading in _headings(part.table, frame.headings, part.rows, start=frame.line + 1):
        yield (heading.position, 1), heading.cell
        for row in part.rows:
            yield (heading.position, 2), _cell(part.table, row, heading, ctx, is_footer=False)
