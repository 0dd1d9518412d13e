"""All scans of one guest in one session, in whatever order they came, make one state.

Ordered by the moment put right and, for the same moment, by the device's key; so that any shuffling, doubling or division
among devices ends in the same (EXE-03). A scan that let somebody in stays a fact even where the server would have refused: they
are in the room. What a person has to look at is marked as a doubt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from ..models import Direction, Doubt, Verdict

COUNTED = (Verdict.LET_IN, Verdict.LET_OUT)
UNDO = "undo"
"""Why a scan out was made that takes the device's last scan in back: the wrong person had been let in."""


@dataclass(frozen=True)
class Row:
    """What counts of a scan. `invalid` says in what way the guest could not have come in, where the server knows better."""

    key: UUID
    at: datetime
    device: int | None
    verdict: str
    direction: str = Direction.IN
    is_forced: bool = False
    invalid: str = ""
    where: str = ""
    is_undo: bool = False


@dataclass(frozen=True)
class State:
    """Where somebody stands after all scans, and the scans that are in doubt."""

    is_inside: bool = False
    first_in_at: datetime | None = None
    first_in_where: str = ""
    moved_at: datetime | None = None
    doubts: dict[UUID, str] = field(default_factory=dict)


def fold(rows: Iterable[Row]) -> State:
    """The state that these scans make. The same scan (the same key) twice is one."""
    once = {row.key: row for row in rows if row.verdict in COUNTED}
    inside_by: Row | None = None
    first: Row | None = None
    moved: datetime | None = None
    doubts: dict[UUID, str] = {}
    for row in _standing(sorted(once.values(), key=lambda row: (row.at, row.key))):
        if row.direction == Direction.OUT:
            inside_by = None
        else:
            if row.invalid:
                doubts[row.key] = row.invalid
            elif inside_by and inside_by.device != row.device and not row.is_forced:
                doubts[row.key] = Doubt.TWICE.value
            first, inside_by = first or row, inside_by or row
        moved = row.at
    return State(
        inside_by is not None, first.at if first else None, first.where if first else "", moved, doubts
    )


def _standing(rows: list[Row]) -> list[Row]:
    """The scans without those that were taken back at once by the device that made them."""
    stand: list[Row] = []
    for row in rows:
        if not row.is_undo:
            stand.append(row)
            continue
        mine = (n for n in range(len(stand) - 1, -1, -1) if _is_mine(stand[n], row))
        if (last := next(mine, None)) is not None:
            del stand[last]
    return stand


def _is_mine(row: Row, undo: Row) -> bool:
    return row.device == undo.device and row.direction == Direction.IN
