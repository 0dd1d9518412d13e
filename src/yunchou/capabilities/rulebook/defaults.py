"""The regulations a company starts with: number, name, and its clauses in our own short wording, with the rules they carry.

Data, not law: a company revises them by proposal. References are those by which rules cite their clause.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

SHIPPED: Final = Path(__file__).parent / "data" / "regulations.json"
SINCE: Final = date(2023, 1, 1)
"""From when the first editions are in force, as long as the company states no other day."""


@dataclass(frozen=True)
class ClauseSpec:
    """A clause as shipped: how rules cite it, its title, what it says, both in English too, and the rules that carry it out."""

    ref: str
    title: str
    title_en: str
    text: str
    text_en: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class RegulationSpec:
    """A regulation as shipped, in its first edition."""

    number: str
    name: str
    name_en: str
    kind: str
    pages: int
    office: str
    clauses: tuple[ClauseSpec, ...]
    summary: str = ""


def shipped() -> tuple[RegulationSpec, ...]:
    """The regulations of a new company, by number."""
    found = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return tuple(RegulationSpec(**{**one, "clauses": tuple(map(_clause, one["clauses"]))}) for one in found)


def _clause(data: dict[str, object]) -> ClauseSpec:
    return ClauseSpec(**{**data, "rules": tuple(data["rules"])})  # type: ignore[arg-type]
