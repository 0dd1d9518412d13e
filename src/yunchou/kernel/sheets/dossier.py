"""All tables of one workbook together: read from sheets, written to sheets, snapshot and compared."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Text, say
from yunchou.kernel.rules.verdicts import Place

from .columns.base import NOWHERE
from .findings import Finding, Level, error, has_errors, warn
from .layout import Part, read_part, write_part
from .raw import RawSheet, RawWorkbook
from .table import Frame, R, Row, Table
from .values import Context

Snapshot = dict[str, Any]
OWN_SHEETS = ("导入问题", "可选项")
"""Sheets that we add ourselves: the findings of a marked copy and the words of drop-downs. They are not read."""
_MOST_TURNS = 5


@dataclass(frozen=True)
class Dossier:
    """The tables of one workbook, immutable. Equal when rows, stated totals and unknown sheets are.

    `others` are sheets that no table knows, kept whole; `order` names the sheets as they stood.
    """

    parts: tuple[Part[Any], ...]
    others: tuple[RawSheet, ...] = ()
    order: tuple[str, ...] = field(default=(), compare=False)

    def part(self, key: str) -> Part[Any]:
        """The part of the table with that key."""
        for part in self.parts:
            if part.table.key == key:
                return part
        raise ImproperlyConfigured(f"the dossier has no table {key!r}")

    def rows(self, row: type[R]) -> tuple[R, ...]:
        """The rows of the table that has this row type."""
        return self._of(row).rows

    def footer(self, row: type[R]) -> R | None:
        """The stated totals of the table that has this row type."""
        return self._of(row).footer

    def _of(self, row: type[R]) -> Part[R]:
        for part in self.parts:
            if part.table.row is row:
                return part
        raise ImproperlyConfigured(f"the dossier has no table of {row.__name__}")

    def with_rows(self, row: type[R], rows: Iterable[R]) -> Dossier:
        """The dossier with other rows in one table."""
        return self.with_part(replace(self._of(row), rows=tuple(rows)))

    def with_part(self, part: Part[Any]) -> Dossier:
        """The dossier with another part in the place of its table."""
        return replace(self, parts=tuple(part if each.table is part.table else each for each in self.parts))

    def row_at(self, place: Place) -> Row:
        """The row that holds a place; the stated totals where it names no row."""
        part = self.part(place.table)
        row: Row = (part.footer or part.table.row()) if place.row is None else part.rows[place.row]
        return row

    def value_at(self, place: Place) -> Any:
        """The value of a cell."""
        return getattr(self.row_at(place), place.column)

    def with_values(self, values: Mapping[Place, Any]) -> Dossier:
        """The dossier with other values in single cells, which are no longer as they were given; all else stays."""
        changed: dict[tuple[str, int | None], dict[str, Any]] = defaultdict(dict)
        for place, value in values.items():
            changed[place.table, place.row][place.column] = value
        dossier = self
        for (table, n), cells in changed.items():
            part, row = dossier.part(table), dossier.row_at(Place(table, n))
            given = {key: cell for key, cell in row.given.items() if key not in cells}
            row = replace(row, given=given, **cells)
            rows = part.rows if n is None else (*part.rows[:n], row, *part.rows[n + 1 :])
            dossier = dossier.with_part(replace(part, rows=rows, footer=row if n is None else part.footer))
        return dossier

    def frame(self) -> dict[str, Any]:
        """Everything about the workbook that is no row and no total, as JSON to be kept beside the object."""
        return {
            "order": list(self.order),
            "frames": {part.table.key: part.frame.to_json() for part in self.parts if part.frame},
            "others": [sheet.to_json() for sheet in self.others],
        }

    def framed(self, frame: Mapping[str, Any] | None) -> Dossier:
        """The dossier with what `frame` kept of the workbook it came from."""
        if not frame:
            return self
        frames = frame["frames"]
        parts = tuple(
            replace(part, frame=Frame.from_json(frames[part.table.key])) if part.table.key in frames else part
            for part in self.parts
        )
        return Dossier(parts, tuple(map(RawSheet.from_json, frame["others"])), tuple(frame["order"]))

    def snapshot(self) -> Snapshot:
        """The content for a version, canonical: tables by key, values by column, nothing that is empty."""
        tables = {}
        for part in self.parts:
            data: Snapshot = {"rows": [part.table.row_to_json(row) for row in part.rows]} if part.rows else {}
            if part.footer:
                data["footer"] = part.table.row_to_json(part.footer)
            if data:
                tables[part.table.key] = data
        others = {"others": [sheet.to_json() for sheet in self.others]} if self.others else {}
        return {"tables": tables, **others}

    @classmethod
    def restore(cls, snapshot: Snapshot, tables: Iterable[Table[Any]]) -> Dossier:
        """The dossier of a snapshot; people that are only ids have no names until they are looked up."""
        parts = []
        for table in tables:
            data = snapshot["tables"].get(table.key, {})
            footer = table.row_from_json(data["footer"]) if "footer" in data else None
            parts.append(Part(table, tuple(map(table.row_from_json, data.get("rows", ()))), footer))
        return cls(tuple(parts), tuple(map(RawSheet.from_json, snapshot.get("others", ()))))


@dataclass(frozen=True)
class Reading:
    """What came of reading a workbook: the dossier, every finding, and the context as the tables informed it."""

    dossier: Dossier
    findings: tuple[Finding, ...]
    context: Context

    @property
    def has_errors(self) -> bool:
        """Is there anything that could not be used?"""
        return has_errors(self.findings)


def read_dossier(raw: RawWorkbook, tables: Iterable[Table[Any]], ctx: Context = NOWHERE) -> Reading:
    """Reads every sheet by its table; what no table knows is kept and noted. Says nothing about the tables' sense."""
    sheets = [sheet for sheet in raw.sheets if sheet.name not in OWN_SHEETS]
    is_marked = any(sheet.name == OWN_SHEETS[0] for sheet in raw.sheets)
    findings = [] if is_marked else list(raw.findings)  # the comments of a marked copy are ours
    findings += [finding for sheet in sheets for finding in sheet.findings]
    placed = [
        (table, next((sheet for sheet in sheets if table.is_sheet(sheet.name)), None)) for table in tables
    ]
    ctx = _learn(placed, ctx)
    parts: list[Part[Any]] = []
    for table, sheet in placed:
        part, noticed = read_part(table, sheet, ctx) if sheet else (Part(table), (_missing_sheet(table),))
        parts.append(part)
        findings += noticed
    used = {sheet.name for _table, sheet in placed if sheet}
    others = tuple(sheet for sheet in sheets if sheet.name not in used)
    findings += [_other_sheet(sheet, parts) for sheet in others]
    dossier = Dossier(tuple(parts), others, tuple(sheet.name for sheet in sheets))
    return Reading(dossier, tuple(findings), ctx)


def _learn(placed: Iterable[tuple[Table[Any], RawSheet | None]], ctx: Context) -> Context:
    """The context once the tables that inform it agree with it: they are read in it themselves.

    `8.10` as the end of a campaign has the year of its start, which may stand on the next line.
    """
    informing = [(table, sheet, table.informs) for table, sheet in placed if sheet and table.informs]
    for _turn in range(_MOST_TURNS):
        known = ctx
        for table, sheet, inform in informing:
            ctx = inform(read_part(table, sheet, ctx)[0].rows, ctx)
        if ctx == known:
            break
    return ctx


def _missing_sheet(table: Table[Any]) -> Finding:
    level = Level.ERROR if table.is_required else Level.WARN
    message = say(_("The sheet “{sheet}” is missing."), sheet=table.sheet)
    return Finding(level=level, code="missing_sheet", message=message).at(table=table.key, sheet=table.sheet)


def _other_sheet(sheet: RawSheet, parts: Iterable[Part[Any]]) -> Finding:
    if any(part.table.is_sheet(sheet.name) for part in parts):
        message = say(_("A second sheet for the same table; the first is used, this one is kept whole."))
        return error("double_sheet", message, given=sheet.name).at(sheet=sheet.name)
    message = say(_("No table is called “{sheet}”; the sheet is kept whole."), sheet=sheet.name)
    return warn("extra_sheet", message, given=sheet.name).at(sheet=sheet.name)


def write_sheets(dossier: Dossier, ctx: Context = NOWHERE) -> RawWorkbook:
    """The sheets of a dossier: those it came from in their order, then tables that have rows since.

    A dossier that came from no workbook has a sheet for each of its tables.
    """
    sheets = {sheet.name: sheet for sheet in dossier.others}
    for part in dossier.parts:
        if part.frame or part.rows or part.footer or not dossier.order:
            sheet = write_part(part, ctx)
            sheets[sheet.name] = sheet
    names = [name for name in dossier.order if name in sheets]
    names += [name for name in sheets if name not in names]
    return RawWorkbook(tuple(sheets[name] for name in names))


@dataclass(frozen=True)
class Change:
    """One difference between two snapshots, in words for people; `column` is empty where a whole row is meant."""

    kind: Literal["added", "removed", "changed", "moved"]
    table: Table[Any]
    row_label: str
    column: str = ""
    label: Text = ""
    before: Text = ""
    after: Text = ""


def difference(
    old: Snapshot, new: Snapshot, tables: Iterable[Table[Any]], ctx: Context = NOWHERE
) -> list[Change]:
    """What changed from one snapshot to the other, table by table. Empty exactly when the tables are equal."""
    before, after = Dossier.restore(old, tables := tuple(tables)), Dossier.restore(new, tables)
    return [
        change
        for table in tables
        for change in _table_changes(before.part(table.key), after.part(table.key), ctx)
    ]


def _table_changes(old: Part[Any], new: Part[Any], ctx: Context) -> Iterator[Change]:
    """Rows are known again by identity, then by position; the rest came or went."""
    table = old.table
    pairs = _match(old, new)
    came = set(range(len(new.rows))) - set(pairs.values())
    for i, before in enumerate(old.rows):
        if i in pairs:
            yield from _row_changes(table, before, new.rows[pairs[i]], ctx)
        else:
            yield Change("removed", table, table.label(before, ctx))
    for j in sorted(came):
        yield Change("added", table, table.label(new.rows[j], ctx))
    for i in _out_of_order(pairs):
        yield Change(
            "moved", table, table.label(old.rows[i], ctx), before=str(i + 1), after=str(pairs[i] + 1)
        )
    if old.footer != new.footer:
        yield from _footer_changes(table, old.footer, new.footer, ctx)


def _match(old: Part[Any], new: Part[Any]) -> dict[int, int]:
    """Positions of the same row before and after."""
    table = old.table
    waiting: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for j, row in enumerate(new.rows):
        waiting[_identity(table, row)].append(j)
    pairs: dict[int, int] = {}
    for i, row in enumerate(old.rows):
        if same := waiting[_identity(table, row)]:
            pairs[i] = same.pop(0)
    taken = set(pairs.values())
    for i in range(min(len(old.rows), len(new.rows))):
        if i not in pairs and i not in taken:
            pairs[i] = i
    return dict(sorted(pairs.items()))


def _identity(table: Table[Any], row: Row) -> tuple[Any, ...]:
    return tuple(getattr(row, key) for key in table.identity or (table.columns[0].key,))


def _out_of_order(pairs: Mapping[int, int]) -> list[int]:
    """The fewest rows that must have been moved: those outside a longest run that kept its order."""
    tails: list[int] = []
    ends: list[int] = []
    back: dict[int, int | None] = {}
    for i, j in pairs.items():
        at = bisect_left(tails, j)
        tails[at : at + 1], ends[at : at + 1] = [j], [i]
        back[i] = ends[at - 1] if at else None
    kept: set[int] = set()
    step = ends[-1] if ends else None
    while step is not None:
        kept.add(step)
        step = back[step]
    return [i for i in pairs if i not in kept]


def _row_changes(table: Table[Any], old: Row, new: Row, ctx: Context, label: str = "") -> Iterator[Change]:
    label = label or table.label(new, ctx) or table.label(old, ctx)
    for key, column in table.by_key.items():
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            texts = column.display(before, ctx), column.display(after, ctx)
            yield Change("changed", table, label, key, column.label, *texts)
    for name in dict.fromkeys((*old.extra, *new.extra)):
        was, is_now = old.extra.get(name), new.extra.get(name)
        if was != is_now:
            yield Change("changed", table, label, f"+{name}", name, str(was or ""), str(is_now or ""))


def _footer_changes(table: Table[Any], old: Any, new: Any, ctx: Context) -> Iterator[Change]:
    label = table.footer.words[0] if table.footer else ""
    yield from _row_changes(table, old or table.row(), new or table.row(), ctx, label)
