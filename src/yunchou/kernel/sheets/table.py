"""A table is a row type and its columns; it reads its sheet and writes it back as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from django.core.exceptions import ImproperlyConfigured

from yunchou.kernel.core.text import Text

from .cells import Cell, cell_from_json, cell_to_json, is_blank, same
from .columns import Column
from .findings import Finding
from .grammar import fold
from .raw import Line, RawSheet
from .values import Context


@dataclass(frozen=True, kw_only=True)
class Row:
    """What the rows of all tables have besides their columns.

    `given` holds the cells that were written otherwise than we would (`50万` for 500000), by column key; `extra` the
    cells of columns that the table does not know, by heading. Rows are equal when their values and extras are.
    """

    pk: int | None = field(default=None, compare=False)
    line: int = field(default=0, compare=False)
    given: Mapping[str, Cell] = field(default_factory=dict, compare=False)
    extra: Mapping[str, Cell] = field(default_factory=dict, hash=False)


R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Footer:
    """A last line that states totals: the words it begins with and the columns that hold a total."""

    columns: tuple[str, ...]
    words: tuple[str, ...] = ("合计", "总计")

    def starts(self, cell: Cell) -> bool:
        """Does a line that begins with `cell` state totals?"""
        return isinstance(cell, str) and fold(cell).rstrip(":") in self.words


@dataclass(frozen=True)
class Heading:
    """One heading of a sheet: where it stands (column, or line of a pair), what it heads, and its cell as given."""

    position: int
    key: str
    cell: Cell
    is_extra: bool = False


@dataclass(frozen=True)
class Frame:
    """How a sheet was laid out where it came from, so that it can be given back the same.

    `line` is the line of the headings, `blanks` are empty lines between rows. `loose` are cells that belong to
    nothing, by line and column; those in `below` are counted from the last line of the table.
    """

    sheet: str
    line: int = 1
    headings: tuple[Heading, ...] = ()
    blanks: tuple[int, ...] = ()
    loose: Mapping[int, Line] = field(default_factory=dict, hash=False)
    below: Mapping[int, Line] = field(default_factory=dict, hash=False)

    def to_json(self) -> dict[str, Any]:
        """The frame as kept beside the object the workbook became."""
        return {
            "sheet": self.sheet,
            "line": self.line,
            "headings": [[h.position, h.key, cell_to_json(h.cell), h.is_extra] for h in self.headings],
            "blanks": list(self.blanks),
            "loose": RawSheet("", self.loose).to_json()["lines"],
            "below": RawSheet("", self.below).to_json()["lines"],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Frame:
        """The frame that `to_json` wrote."""
        return cls(
            sheet=data["sheet"],
            line=data["line"],
            headings=tuple(
                Heading(p, key, cell_from_json(cell), extra) for p, key, cell, extra in data["headings"]
            ),
            blanks=tuple(data["blanks"]),
            loose=RawSheet.from_json({"name": "", "lines": data["loose"]}).lines,
            below=RawSheet.from_json({"name": "", "lines": data["below"]}).lines,
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Table(Generic[R]):
    """A table of a workbook, declared once: it reads and writes its sheet, is edited on pages, kept in versions.

    `layout` "rows" has a heading line and a row a line; "pairs" has one row, a heading and its value a line.
    `identity` are the columns by which a person knows a row again. `informs` adds what this table says (the
    campaign's period) to the context in which the later ones are read.
    """

    key: str
    sheet: str
    title: Text
    row: type[R]
    columns: tuple[Column[Any], ...]
    layout: Literal["rows", "pairs"] = "rows"
    footer: Footer | None = None
    aliases: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    is_required: bool = False
    informs: Callable[[tuple[R, ...], Context], Context] | None = None

    def __post_init__(self) -> None:
        """Refuses a declaration that cannot work, at import time."""
        known = {each.name for each in fields(self.row)}
        keys = [column.key for column in self.columns]
        names = [fold(name) for column in self.columns for name in (column.header, *column.aliases)]
        mentioned = {*keys, *self.identity, *(self.footer.columns if self.footer else ())}
        if unknown := mentioned - known:
            raise ImproperlyConfigured(f"table {self.key!r}: {self.row.__name__} has no {sorted(unknown)}")
        if len(set(keys)) < len(keys) or len(set(names)) < len(names):
            raise ImproperlyConfigured(f"table {self.key!r}: a key or a heading is declared twice")

    @cached_property
    def by_key(self) -> Mapping[str, Column[Any]]:
        """The columns by key, in order."""
        return {column.key: column for column in self.columns}

    @cached_property
    def by_heading(self) -> Mapping[str, Column[Any]]:
        """The columns by every heading they go by, folded."""
        return {
            fold(name).casefold(): column
            for column in self.columns
            for name in (column.header, *column.aliases)
        }

    def named(self, heading: Cell) -> Column[Any] | None:
        """The column that a heading means."""
        return (
            self.by_heading.get(fold(heading).rstrip(":*").casefold()) if isinstance(heading, str) else None
        )

    def is_sheet(self, name: str) -> bool:
        """Is a sheet of that name this table's?"""
        return fold(name).casefold() in {fold(each).casefold() for each in (self.sheet, *self.aliases)}

    def make(
        self,
        cells: Mapping[str, Cell],
        ctx: Context,
        *,
        line: int = 0,
        extra: Mapping[str, Cell] | None = None,
        only: tuple[str, ...] | None = None,
    ) -> tuple[R, tuple[Finding, ...]]:
        """A row from cells by column key; `only` names the columns that are read (of a line of totals)."""
        values: dict[str, Any] = {}
        given: dict[str, Cell] = {key: cells[key] for key in self.by_key if cells.get(key) is not None}
        findings: list[Finding] = []
        for key, column in self.by_key.items():
            if only is not None and key not in only:
                continue
            parsed = column.parse(cells.get(key), ctx)
            values[key] = parsed.value
            findings += [finding.at(table=self.key, line=line, column=key) for finding in parsed.findings]
            if same(cells.get(key), column.write(parsed.value)):
                given.pop(key, None)
        return self.row(line=line, given=given, extra=dict(extra or {}), **values), tuple(findings)

    def edit(self, row: R, key: str, cell: Cell, ctx: Context) -> tuple[R, tuple[Finding, ...]]:
        """`row` with what somebody typed into one cell, read like a cell of a workbook."""
        column = self.by_key[key]
        parsed = column.parse(cell, ctx)
        given = {other: kept for other, kept in row.given.items() if other != key}
        if not same(cell, column.write(parsed.value)) and not is_blank(cell):
            given[key] = cell
        findings = tuple(finding.at(table=self.key, line=row.line, column=key) for finding in parsed.findings)
        return replace(row, given=given, **{key: parsed.value}), findings

    def cell(self, row: R, key: str, ctx: Context) -> Cell:
        """The law of export: a cell is as it was given while that still means the value, else canonical."""
        column, value = self.by_key[key], getattr(row, key)
        given = row.given.get(key)
        if given is not None and column.parse(given, ctx).value == value:
            return given
        return column.write(value)

    def is_blank(self, row: R) -> bool:
        """Does the row say nothing at all, neither a value nor something that could not be read?"""
        cells = (*row.given.values(), *row.extra.values())
        return all(map(is_blank, cells)) and replace(row, extra={}) == self.row()

    def findings(self, row: R, ctx: Context) -> tuple[Finding, ...]:
        """What there is to say about a row's cells as they stand, for pages."""
        return self.make({key: self.cell(row, key, ctx) for key in self.by_key}, ctx, line=row.line)[1]

    def label(self, row: R, ctx: Context) -> str:
        """What a person calls this row: the cells of its identity."""
        keys = self.identity or tuple(self.by_key)[:1]
        return " · ".join(
            text for key in keys if (text := str(self.by_key[key].display(getattr(row, key), ctx)))
        )

    def row_to_json(self, row: R) -> dict[str, Any]:
        """The row for a snapshot: values by column key without the empty ones, and extras under `+`."""
        data = {
            key: column.to_json(value)
            for key, column in self.by_key.items()
            if (value := getattr(row, key)) != column.empty
        }
        extra = {name: cell_to_json(cell) for name, cell in sorted(row.extra.items())}
        return data | ({"+": extra} if extra else {})

    def row_from_json(self, data: Mapping[str, Any]) -> R:
        """The row that `row_to_json` wrote."""
        values = {
            key: column.from_json(data[key]) if key in data else column.empty
            for key, column in self.by_key.items()
        }
        return self.row(
            extra={name: cell_from_json(cell) for name, cell in data.get("+", {}).items()}, **values
        )
