"""A workbook as it was read: sheets of cells, without meaning yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .cells import Cell, cell_from_json, cell_to_json
from .findings import Finding

Line = Mapping[int, Cell]
"""The filled cells of one line by column, counted from 1."""


@dataclass(frozen=True)
class RawSheet:
    """One sheet: its filled lines by number (from 1), in order. Findings are what the reader noticed; not compared."""

    name: str
    lines: Mapping[int, Line]
    findings: tuple[Finding, ...] = field(default=(), compare=False)

    def __iter__(self) -> Iterator[tuple[int, Line]]:
        return iter(self.lines.items())

    def to_json(self) -> dict[str, Any]:
        """The sheet as kept when no table knows it: `{name, lines: {line: {column: cell}}}`."""
        lines = {str(n): {str(c): cell_to_json(cell) for c, cell in line.items()} for n, line in self}
        return {"name": self.name, "lines": lines}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RawSheet:
        """The sheet that `to_json` wrote."""
        lines = {
            int(n): {int(c): cell_from_json(cell) for c, cell in line.items()}
            for n, line in data["lines"].items()
        }
        return cls(data["name"], lines)


@dataclass(frozen=True)
class RawWorkbook:
    """The sheets of a workbook in their order. Equal when every cell of every sheet is."""

    sheets: tuple[RawSheet, ...]
    findings: tuple[Finding, ...] = field(default=(), compare=False)
