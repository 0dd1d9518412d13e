"""The folder of backups: names, half-written files, the lock that lets one process at a time work in it."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from django.conf import settings
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import OutOfSpace, WrongState
from yunchou.kernel.core.text import say

from .keys import ENDING

NAME: Final = re.compile(r"^yunchou-(\d{8}T\d{6})Z\.backup$")
STAMP: Final = "%Y%m%dT%H%M%S"
PART: Final = ".part"
FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Kept:
    """A finished backup in the folder."""

    path: Path
    made_at: datetime

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def size(self) -> int:
        return self.path.stat().st_size


def folder() -> Path:
    return Path(settings.BACKUP_DIR)


def name_at(moment: datetime) -> str:
    return f"yunchou-{moment.astimezone(UTC).strftime(STAMP)}Z{ENDING}"


def kept() -> list[Kept]:
    """The finished backups, newest first."""
    found: list[Kept] = []
    with suppress(FileNotFoundError):
        named = ((path, NAME.match(path.name)) for path in folder().iterdir())
        found = [
            Kept(path, datetime.strptime(match[1], STAMP).replace(tzinfo=UTC))
            for path, match in named
            if match
        ]
    return sorted(found, key=lambda each: each.made_at, reverse=True)


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else makes, tests or restores a backup meanwhile. The hold ends with the process, however that ends."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / ".lock").open("a") as file:
        if not _taken(file):
            raise WrongState(
                say(_("A backup is being made, tested or restored right now; try again when it is done."))
            )
        yield


def _taken(file: IO[str]) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows, where one worker does this work
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def new_file(name: str) -> Iterator[IO[bytes]]:
    """A file that has its name only once all of it is on the disk; a full disk is refused in words, and leaves nothing."""
    target = folder() / name
    temporary = target.with_name(f".{name}{PART}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
        _flush(target.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno not in FULL:
            raise
        raise OutOfSpace(
            say(
                _(
                    "The disk of the backups is full: {folder}. Make room or let YUNCHOU_BACKUP_DIR name"
                    " another one; earlier backups are untouched."
                ),
                folder=str(folder()),
            )
        ) from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _flush(path: Path) -> None:
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def clear_parts() -> int:
    """Delete what killed processes left behind; for who holds `alone`."""
    count = 0
    for path in folder().glob(f".*{PART}"):
        path.unlink(missing_ok=True)
        count += 1
    return count
