"""The workbooks of the product: rooms register the tables they keep, and one workbook reads and writes them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.subjects.models import Subject

from .columns.base import NOWHERE
from .dossier import Change, Dossier, Reading, Snapshot, difference, read_dossier
from .layout import Part
from .raw import RawWorkbook
from .table import R, Table
from .values import Context
from .write import empty_template, write_workbook
from .xlsx import read_workbook


class Save(Protocol):
    """Writes the rows of one table, replacing those there were."""

    def __call__(self, subject: Subject, rows: Sequence[Any], *, actor: Any) -> None: ...


class SaveFooter(Protocol):
    """Writes the stated totals of one table, or that there are none."""

    def __call__(self, subject: Subject, footer: Any, *, actor: Any) -> None: ...


class RowStore(Protocol):
    """Writes rows one at a time; `store.ModelStore` is one."""

    def save_row(self, subject: Subject, row: Any, *, actor: Any) -> Any: ...

    def delete_row(self, subject: Subject, pk: int, *, actor: Any) -> Any: ...

    def move(self, subject: Subject, pk: int, position: int, *, actor: Any) -> None: ...


@dataclass(frozen=True)
class Kept(Generic[R]):
    """A table, where its rows live, and how it is edited on pages.

    `view_perm` and `edit_perm` are rights on the subject; without `edit_perm` pages only show the table. Without
    `store` a changed row is written by saving all rows. `fixed` columns are not typed here: an action of the room
    writes them. `after_save` follows a change made on a page, in its
    transaction. `template` extends `sheets/table.html`, for tables that show more than their columns; `extend` gives
    it what it needs, `width` says how many cells its rows have. `begin` is what the form of a new row holds at first.
    """

    table: Table[R]
    load: Callable[[Subject], Sequence[R]]
    save: Save
    load_footer: Callable[[Subject], R | None]
    save_footer: SaveFooter | None
    order: int
    store: RowStore | None = None
    view_perm: str = ""
    edit_perm: str = ""
    after_save: Callable[[Subject, Any], None] | None = None
    fixed: tuple[str, ...] = ()
    template: str = "sheets/table.html"
    width: int = 0
    extend: Callable[[Any, Subject, Any], dict[str, Any]] | None = None
    begin: Callable[[Subject], R] | None = None


class Workbook:
    """The tables of one kind of workbook, in their order."""

    def __init__(self) -> None:
        self._kept: Registry[Kept[Any]] = Registry("table")

    def register(
        self,
        table: Table[R],
        *,
        load: Callable[[Subject], Sequence[R]],
        save: Save,
        order: int,
        load_footer: Callable[[Subject], R | None] = lambda _subject: None,
        save_footer: SaveFooter | None = None,
        **editing: Any,
    ) -> Table[R]:
        """Adds a table; `order` is its place among the sheets and the order in which tables are read and saved.

        `editing` says how pages edit it: `store`, `view_perm`, `edit_perm`, `after_save`, `fixed`,
        `template`, `width`, `extend`, `begin` of `Kept`.
        """
        kept = Kept(table, load, save, load_footer, save_footer, order, **editing)
        self._kept.add(table.key, kept)
        return table

    def find(self, key: str) -> Kept[Any] | None:
        """The table with that key and its store, if there is one."""
        return self._kept.get(key)

    @property
    def kept(self) -> tuple[Kept[Any], ...]:
        """The tables with their stores, in order."""
        return tuple(sorted(self._kept, key=lambda each: each.order))

    @property
    def tables(self) -> tuple[Table[Any], ...]:
        """The tables, in order."""
        return tuple(each.table for each in self.kept)

    def table(self, key: str) -> Table[Any]:
        """The table with that key."""
        return self._kept[key].table

    def load(self, subject: Subject, frame: Mapping[str, Any] | None = None) -> Dossier:
        """The subject's dossier as it stands, laid out as `frame` (from `Dossier.frame`) says."""
        parts = (Part(each.table, tuple(each.load(subject)), each.load_footer(subject)) for each in self.kept)
        return Dossier(tuple(parts)).framed(frame)

    def save(self, subject: Subject, dossier: Dossier, *, actor: Any) -> None:
        """Writes all rows and stated totals. Call it in the transaction of an action, which records it."""
        for each in self.kept:
            part = dossier.part(each.table.key)
            each.save(subject, part.rows, actor=actor)
            if each.save_footer:
                each.save_footer(subject, part.footer, actor=actor)

    def read(self, source: str | Path | bytes | RawWorkbook, ctx: Context = NOWHERE) -> Reading:
        """A preview of a workbook; writes nothing. Raises `WorkbookRefused` for a file that is not taken in."""
        raw = source if isinstance(source, RawWorkbook) else read_workbook(source)
        return read_dossier(raw, self.tables, ctx)

    def export(self, dossier: Dossier, ctx: Context = NOWHERE, people: Sequence[str] = ()) -> bytes:
        """The dossier as .xlsx."""
        return write_workbook(dossier, ctx, people)

    def template(self, people: Sequence[str] = ()) -> bytes:
        """The empty workbook with its drop-downs."""
        return empty_template(self.tables, people)

    def difference(self, old: Snapshot, new: Snapshot, ctx: Context = NOWHERE) -> list[Change]:
        """What changed between two snapshots of a dossier."""
        return difference(old, new, self.tables, ctx)


_workbooks: dict[str, Workbook] = {}

BESIDE = "beside"
"""Tables that stand on the pages of any subject and are no sheets of its workbook."""


def workbook(name: str = "campaign") -> Workbook:
    """The workbook of that name; it begins to exist when its first table is registered."""
    return _workbooks.setdefault(name, Workbook())


def is_workbook(kind: str) -> bool:
    """Whether a kind of subjects has tables of its own."""
    return kind in _workbooks


def workbook_of(kind: str) -> Workbook:
    """The workbook of a kind of subjects: its own where tables were registered for it, else that of campaigns."""
    return _workbooks.get(kind) or workbook()


def register(table: Table[R], *, workbook_name: str = "campaign", **how: Any) -> Table[R]:
    """Adds a table to a workbook, see `Workbook.register`; called from `sheets.py` of the room that keeps it."""
    return workbook(workbook_name).register(table, **how)
