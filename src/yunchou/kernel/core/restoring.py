"""What an older copy of the data must not bring back. Rooms declare what they destroy for good; restoring does it again.

The list of what was destroyed is a file beside the backups and not in the database, which is what gets replaced. A line
carries a kind, a number and a moment, under a keyed digest: no name, and nothing that somebody could add unnoticed.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from .registry import Registry
from .sealing import digest_of, digests_of

LIST: Final = "erasures.jsonl"
UNFINISHED: Final = "restore-unfinished.json"
USE: Final = "restoring.erasure"


@dataclass(frozen=True)
class Erasable:
    """A kind of thing that is destroyed for good.

    `known` gives the numbers of all that the database knows to be destroyed; `again` destroys what these numbers name, where
    it is back, and says how many that were.
    """

    key: str
    known: Callable[[], Iterable[int]]
    again: Callable[[list[int]], int]


erasables: Registry[Erasable] = Registry("kind of erasure")
AfterRestore = Callable[[datetime], object]
after_restore: Registry[AfterRestore] = Registry("step after restoring")


#: Whether something besides the rows still speaks of uploaded content, so that none of it may be cleared away.
content_holders: Registry[Callable[[], bool]] = Registry("holder of content")


def erasable(
    key: str,
    *,
    known: Callable[[], Iterable[int]],
    again: Callable[[list[int]], int],
) -> None:
    """Declare a kind of erasure: see `Erasable`."""
    erasables.add(key, Erasable(key, known, again))


def on_restore(key: str) -> Callable[[AfterRestore], AfterRestore]:
    """Declare a step of its own that follows every restoring; it is given the moment of the restored backup."""
    return lambda step: after_restore.add(key, step)


@dataclass(frozen=True)
class Erasure:
    """One line of the list. `at` is by the machine's clock: backups are, whatever day the product stands at."""

    kind: str
    number: int
    at: datetime

    @property
    def told(self) -> str:
        return f"{self.kind} {self.number} {self.at.isoformat()}"

    def line(self) -> str:
        said = {"kind": self.kind, "number": self.number, "at": self.at.isoformat()}
        return json.dumps({**said, "digest": digest_of(self.told, USE)}) + "\n"


def unfinished_path() -> Path:
    """Stands from just before a restored database takes its place until all that has to follow is done."""
    return Path(settings.VAR) / UNFINISHED


def is_being_restored() -> bool:
    """Whether the database is no more to be worked with: jobs, schedules and pages wait. Costs one look at the disk."""
    return unfinished_path().exists()


def list_path() -> Path:
    return Path(settings.BACKUP_DIR) / LIST


def remember_erasure(kind: str, number: int) -> None:
    """Put something on the list once the caller's transaction is through. What a crash in between loses, the next backup
    adds (`complete_list`)."""
    erasables[kind]  # one that nobody could do again is a mistake of the caller
    transaction.on_commit(partial(_now, kind, number), robust=True)


def _now(kind: str, number: int) -> None:
    _write([Erasure(kind, number, datetime.now(UTC))])


def _write(erasures: Iterable[Erasure]) -> None:
    text = "".join(erasure.line() for erasure in erasures).encode()
    if not text:
        return
    path = list_path()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(handle).st_size
        # A line that broke off in a crash must not swallow this one.
        torn = size and os.pread(handle, 1, size - 1) != b"\n"
        os.write(handle, (b"\n" if torn else b"") + text)  # one write: lines of two processes never mix
        os.fsync(handle)
    finally:
        os.close(handle)


def erasures() -> Iterator[Erasure]:
    """The list, line by line. Lines that broke off or were not written by us are left out: see `damaged_lines`."""
    for _number, erasure in _lines():
        if erasure:
            yield erasure


def damaged_lines() -> list[int]:
    """The numbers of the lines that cannot be believed."""
    return [number for number, erasure in _lines() if erasure is None]


def _lines() -> Iterator[tuple[int, Erasure | None]]:
    try:
        with list_path().open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, _read(line)
    except FileNotFoundError:
        return


def _read(line: bytes) -> Erasure | None:
    try:
        said = json.loads(line)
        erasure = Erasure(str(said["kind"]), int(said["number"]), datetime.fromisoformat(said["at"]))
        given = str(said["digest"])
    except (ValueError, KeyError, TypeError):
        return None
    known = digests_of(erasure.told, USE)
    return erasure if any(hmac.compare_digest(given, each) for each in known) else None


def complete_list() -> int:
    """Add what the database knows to be destroyed and the list does not; returns how much that was.

    With this moment, not the one it happened at: later than any backup that still holds it.
    """
    listed = {(erasure.kind, erasure.number) for erasure in erasures()}
    now = datetime.now(UTC)
    missing = [
        Erasure(kind.key, number, now)
        for kind in erasables
        for number in kind.known()
        if (kind.key, number) not in listed
    ]
    _write(missing)
    return len(missing)


def erase_again(since: datetime) -> dict[str, int]:
    """Destroy once more whatever was destroyed after a moment; how much of each kind was back."""
    numbers: dict[str, set[int]] = {}
    for erasure in erasures():
        if erasure.at >= since:
            numbers.setdefault(erasure.kind, set()).add(erasure.number)
    return {kind.key: kind.again(sorted(found)) for kind in erasables if (found := numbers.get(kind.key))}
