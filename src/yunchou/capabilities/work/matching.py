"""Which task a predecessor's name means. Only the exact name of a task, or its code, is taken for certain.

People write 物料到位 and mean the task 物料印刷/采购 whose note says 全部到位. Such names are never mapped silently:
`candidates` ranks what may be meant, and a person chooses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from yunchou.kernel.sheets.grammar import fold

from .schedule import Link, Schedule

ENOUGH = 0.5
"""A candidate shares at least half of the characters of the name."""
NOTE_WEIGHT = 0.5
_CODE = re.compile(r"T(\d{1,4})", re.IGNORECASE)


@dataclass(frozen=True)
class Named:
    """What is known of a task when names are compared."""

    name: str
    note: str = ""
    start_on: date | None = None
    end_on: date | None = None


def code_of(position: int) -> str:
    """`T1` for the first task: what people call it in conversation."""
    return f"T{position + 1}"


class Names:
    """The names of the tasks of a table, looked up many times; `tasks` stay in the order of the table."""

    def __init__(self, tasks: Sequence[Named]) -> None:
        self._count = len(tasks)
        self._places: dict[str, list[int]] = {}
        for n, task in enumerate(tasks):
            self._places.setdefault(_plain(task.name), []).append(n)

    def exact(self, name: str) -> int | None:
        """The position of the one task that is called so, or that has this code; None for none and for several."""
        wanted = _plain(name)
        found = self._places.get(wanted, [])
        if not found and (code := _CODE.fullmatch(wanted)) and 1 <= int(code[1]) <= self._count:
            return int(code[1]) - 1
        return found[0] if len(found) == 1 else None


def exact(name: str, tasks: Sequence[Named]) -> int | None:
    """The position of the one task that is called so, or that has this code; None for none and for several."""
    return Names(tasks).exact(name)


def candidates(name: str, of: int, tasks: Sequence[Named], schedule: Schedule) -> tuple[int, ...]:
    """Tasks that `name`, a predecessor of task number `of`, may mean, the likeliest first.

    Likely is who shares most characters with the name, then who ends before the task begins, then who ends last.
    A task that waits for `of` is none: it would make a loop. `schedule` has the tasks' positions as keys.
    """
    wanted, after = _plain(name), schedule.followers(of)
    found = []
    for n, task in enumerate(tasks):
        score = likeness(wanted, task) if _may_be_like(wanted, task) else 0
        if n != of and n not in after and score >= ENOUGH:
            fits = schedule.overlap(Link(n, of)) == 0
            found.append((-score, not fits, -(task.end_on or date.min).toordinal(), n))
    return tuple(n for *_rank, n in sorted(found))


def _may_be_like(wanted: str, task: Named) -> bool:
    """A quick look before the exact one: characters that stand nowhere in the task cannot be shared with it."""
    there = set(_plain(task.name)) | set(_plain(task.note))
    return sum(char in there for char in wanted) >= ENOUGH * len(wanted)


def likeness(wanted: str, task: Named) -> float:
    """From 0 to 1: the share of the name's characters that the task's name has in that order; its note counts half."""
    if not wanted:
        return 0.0
    in_name = _common(wanted, _plain(task.name))
    rest = len(wanted) - len(in_name)
    left = "".join(char for n, char in enumerate(wanted) if n not in in_name)
    in_note = len(_common(left, _plain(task.note))) if rest else 0
    return (len(in_name) + NOTE_WEIGHT * in_note) / len(wanted)


@lru_cache(maxsize=1 << 14)
def _plain(text: str) -> str:
    return "".join(fold(text).split()).casefold()


def _common(wanted: str, text: str) -> frozenset[int]:
    """The positions in `wanted` of a longest common subsequence with `text`."""
    best: list[list[int]] = [[0] * (len(text) + 1) for _char in range(len(wanted) + 1)]
    for i in reversed(range(len(wanted))):
        for j in reversed(range(len(text))):
            same = wanted[i] == text[j]
            best[i][j] = best[i + 1][j + 1] + 1 if same else max(best[i + 1][j], best[i][j + 1])
    i = j = 0
    taken: set[int] = set()
    while i < len(wanted) and j < len(text):
        if wanted[i] == text[j]:
            taken.add(i)
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return frozenset(taken)
