"""What of the tables of a campaign an approval decides on, and what of it goes on changing while the campaign runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from yunchou.kernel.sheets.registry import Kept, workbook
from yunchou.kernel.versions.models import Version

PROPOSAL_TABLES: Final = ("overview", "goals", "creative", "budget", "division", "schedule", "risks")
LIVING_COLUMNS: Final[Mapping[str, frozenset[str]]] = {
    "division": frozenset({"state"}),
    "schedule": frozenset({"state"}),
    "budget": frozenset({"actual", "variance_note"}),
}


def proposal_tables() -> list[Kept[Any]]:
    """The tables of the proposal, in the order of the workbook."""
    return [kept for kept in workbook().kept if kept.table.key in PROPOSAL_TABLES]


def rows_in(version: Version, table: str) -> list[dict[str, Any]]:
    """The rows of a table as a version has them."""
    found: list[dict[str, Any]] = version.content.get("tables", {}).get(table, {}).get("rows", [])
    return found


def settled(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a snapshot without what lives in it."""
    living = LIVING_COLUMNS.get(table, frozenset())
    return {key: value for key, value in row.items() if key not in living}
