"""What the table of lines shows beside its columns."""

from __future__ import annotations

from typing import Any

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject

from .money import columns_of, moneys_of, summed
from .permissions import Perm
from .selectors import ACTUALS, sums_of


def table_extras(request: Any, subject: Subject, grid: Any) -> dict[str, Any]:
    """The money of each line and group, their variances, and whether costs may be booked; one query."""
    moneys = moneys_of(subject)
    rows = [row.data for row in grid.rows]
    groups = [[row.data for row in group.rows] for group in grid.groups]
    return {
        "columns": {row.pk: columns_of(row, moneys) for row in rows},
        "sums": [
            {"money": summed(lines, moneys), "variance": sums_of("", lines).variance} for lines in groups
        ],
        "whole": {"money": summed(rows, moneys), "variance": sums_of("", rows).variance},
        "can_book": holds(request.user, Perm.BOOK, subject) and lock_on(subject, ACTUALS) is None,
    }
