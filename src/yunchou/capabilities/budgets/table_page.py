"""What the table of lines shows beside its columns."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.sheets.grid import Grid, GridRow, Group, Look
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject

from .columns import LEDGER, VARIANCE, heads_for
from .money import columns_of, moneys_of, summed
from .permissions import Perm
from .selectors import ACTUALS, sums_of
from .tables import CATEGORIES

AROUND = 2
"""Cells of a row beside the chosen columns: the item and the buttons."""


def table_extras(request: Any, subject: Subject, grid: Grid) -> dict[str, Any]:
    """The lines in the four categories, in the columns of the view that is asked for, with the money of each line and group."""
    view = VARIANCE if request.GET.get("view") == VARIANCE else LEDGER
    heads = heads_for(request.user, view)
    grid = _as_seen(grid, view, len(heads) + AROUND)
    moneys = moneys_of(subject)
    rows = [row.data for row in grid.rows]
    groups = [[row.data for row in group.rows] for group in grid.groups]
    return {
        "grid": grid,
        "view": view,
        "heads": heads,
        "columns": {row.pk: columns_of(row, moneys) for row in rows},
        "sums": [
            {"money": summed(lines, moneys), "variance": sums_of("", lines).variance} for lines in groups
        ],
        "whole": {"money": summed(rows, moneys), "variance": sums_of("", rows).variance},
        "can_book": holds(request.user, Perm.SETTLE if moneys else Perm.BOOK, subject)
        and lock_on(subject, ACTUALS) is None,
    }


def _as_seen(grid: Grid, view: str, width: int) -> Grid:
    """The grid with its rows in the categories they count in, and an address that asks for the same view again."""
    look = _View(grid.look.group_by, grid.look.hide, grid.look.aside, view)
    kept = replace(grid.kept, width=width)
    if not grid.is_grouped:
        return replace(grid, kept=kept, look=look)
    found: dict[str, list[GridRow]] = defaultdict(list)
    for row in grid.rows:
        found[row.data.group].append(row)
    groups = tuple(Group(name, tuple(found[name]), {}) for name in CATEGORIES if name in found)
    return replace(grid, kept=kept, look=look, groups=groups)


@dataclass(frozen=True)
class _View(Look):
    """The look of one of the views of the lines."""

    view: str = LEDGER

    @property
    def query(self) -> str:
        asked = super().query
        if self.view == LEDGER:
            return asked
        return f"{asked}&view={self.view}" if asked else f"?view={self.view}"
