"""Which task a predecessor's name means, and how it holds. Only the exact name of a task, or its code, is taken for certain.

People write 物料到位 and mean the task 物料印刷/采购 whose note says 全部到位. Such names are never mapped silently:
`candidates` ranks what may be meant, and a person chooses.

Behind the name may stand how the two hold together and how many days lie between: `T3SS+2`, `物料到位 FF-1`,
`方案确认+2天`. A task that is called so with everything is meant first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from yunchou.kernel.sheets.grammar import fold

from .schedule import Kind, Link, Schedule

ENOUGH = 0.5
"""A candidate shares at least half of the characters of the name."""
NOTE_WEIGHT = 0.5
_CODE = re.compile(r"T(\d{1,5})", re.IGNORECASE)
_HOLD = re.compile(
    r"(?P<name>.+?)\s*(?:(?P<kind>FS|SS|FF|SF)(?:\s*(?P<lag>[+-]\s*\d{1,3})\s*(?:天|日|d|days?)?)?"
    r"|(?P<only>[+-]\s*\d{1,3})\s*(?:天|日|d|days?))",
    re.IGNORECASE,
)
_BARE_LAG = re.compile(r"(?P<name>T\d{1,5})\s*(?P<only>[+-]\s*\d{1,3})", re.IGNORECASE)
MOST_LAG = 999
"""Days; no plan needs more between two tasks."""


@dataclass(frozen=True)
class Named:
    """What is known of a task when names are compared."""

    name: str
    note: str = ""
    start_on: date | None = None
    end_on: date | None = None


class Reference(NamedTuple):
    """A predecessor as it is written: a name, which ends hold each other, and the days between them."""

    name: str
    kind: Kind = Kind.FINISH_START
    lag: int = 0

    def __str__(self) -> str:
        """`方案确认`, `方案确认 SS+2`: what `reference_of` reads back."""
        plain = self.kind is Kind.FINISH_START and not self.lag
        return self.name if plain else f"{self.name} {self.kind.value}{f'{self.lag:+d}' if self.lag else ''}"


class Found(NamedTuple):
    """The position of the task that is meant for certain, and how it holds."""

    position: int
    kind: Kind
    lag: int


def reference_of(text: str) -> Reference:
    """`T3SS+2` as the name, the kind and the lag; a text that says nothing of the last two is all name."""
    plain = unicodedata.normalize("NFKC", text).translate(_MINUS).strip()
    found = _HOLD.fullmatch(plain) or _BARE_LAG.fullmatch(plain)
    if found is None:
        return Reference(text)
    parts = found.groupdict()
    lag = "".join((parts.get("lag") or parts.get("only") or "0").split())
    return Reference(parts["name"].strip(), Kind((parts.get("kind") or "FS").upper()), int(lag))


def code_of(position: int) -> str:
    """`T1` for the first task: what people call it in conversation."""
    return f"T{position + 1}"


class Names:
    """The names of the tasks of a table, looked up many times; `tasks` stay in the order of the table."""

    def __init__(self, tasks: Sequence[Named]) -> None:
        self._count = len(tasks)
        self._known: dict[str, Found | None] = {}
        self._places: dict[str, list[int]] = {}
        for n, task in enumerate(tasks):
            self._places.setdefault(_plain(task.name), []).append(n)

    @staticmethod
    def plain(text: str) -> str:
        """A name as names are compared: forms, blanks and case do not count."""
        return _plain(text)

    def exact(self, name: str) -> int | None:
        """The position of the one task that is called so, or that has this code; None for none and for several."""
        wanted = _plain(name)
        found = self._places.get(wanted, [])
        if not found and (code := _CODE.fullmatch(wanted)) and 1 <= int(code[1]) <= self._count:
            return int(code[1]) - 1
        return found[0] if len(found) == 1 else None

    def found(self, text: str) -> Found | None:
        """The one task that a written predecessor means, and how it holds; a task called so to the letter goes first."""
        if text not in self._known:
            self._known[text] = self._look_up(text)
        return self._known[text]

    def _look_up(self, text: str) -> Found | None:
        if (position := self.exact(text)) is not None:
            return Found(position, Kind.FINISH_START, 0)
        name, kind, lag = self.read(text)
        position = self.exact(name) if name != text else None
        return None if position is None else Found(position, kind, lag)

    def read(self, text: str) -> Reference:
        """What a written predecessor says; of one that several tasks are called, all of it is the name."""
        return Reference(text) if _plain(text) in self._places else reference_of(text)


def exact(name: str, tasks: Sequence[Named]) -> int | None:
    """The position of the one task that is called so, or that has this code; None for none and for several."""
    return Names(tasks).exact(name)


def candidates(name: str, of: int, tasks: Sequence[Named], schedule: Schedule) -> tuple[int, ...]:
    """Tasks that `name`, a predecessor of task number `of`, may mean, the likeliest first.

    Likely is who shares most characters with the name, then who ends before the task begins, then who ends last.
    A task that waits for `of` is none: it would make a loop. `schedule` has the tasks' positions as keys.
    """
    wanted, after = _plain(reference_of(name).name), schedule.followers(of)
    found = []
    for n, task in enumerate(tasks):
        score = likeness(wanted, task) if _may_be_like(wanted, task) else 0
        if n != of and n not in after and score >= ENOUGH:
            fits = schedule.overlap(Link(n, of, *reference_of(name)[1:])) == 0
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


_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-"})


@lru_cache(maxsize=1 << 16)
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
