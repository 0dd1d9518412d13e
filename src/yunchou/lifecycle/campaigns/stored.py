"""The tables of a campaign as they are stored, each read when somebody looks at it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from typing import Any, Final, cast

from yunchou.kernel.sheets.dossier import Dossier
from yunchou.kernel.sheets.layout import Part
from yunchou.kernel.sheets.registry import Kept, workbook
from yunchou.kernel.subjects.models import Subject


class StoredPart:
    """A part of a dossier that asks the database when a rule looks at its rows: most rules look at few tables.

    `rows` reads them otherwise than the table's store.
    """

    frame: Final = None

    def __init__(
        self, kept: Kept[Any], subject: Subject, rows: Callable[[], Sequence[Any]] | None = None
    ) -> None:
        self.table = kept.table
        self._kept, self._subject = kept, subject
        self._load = rows or (lambda: kept.load(subject))

    @cached_property
    def rows(self) -> tuple[Any, ...]:
        return tuple(row for row in self._load() if not self.table.is_blank(row))

    @cached_property
    def footer(self) -> Any:
        return self._kept.load_footer(self._subject)

    @property
    def was_read(self) -> bool:
        return bool({"rows", "footer"} & self.__dict__.keys())


def dossier_as_stored(subject: Subject, **rows: Callable[[], Sequence[Any]]) -> Dossier:
    """All tables of a campaign, none of them read yet; `rows` says by table how to read what is known already."""
    return _dossier(StoredPart(kept, subject, rows.get(kept.table.key)) for kept in workbook().kept)


def only(dossier: Dossier, tables: Collection[str]) -> Dossier:
    """Of a dossier these tables."""
    return _dossier(part for part in dossier.parts if part.table.key in tables)


def looked_at(dossier: Dossier) -> Dossier:
    """Of a dossier the tables at which somebody has looked; all, where they are not read one by one."""
    return _dossier(
        part for part in dossier.parts if not isinstance(part, StoredPart) or cast(StoredPart, part).was_read
    )


def _dossier(parts: Iterable[Any]) -> Dossier:
    return Dossier(tuple(cast(Iterable[Part[Any]], parts)))
