"""Content under its hash. On disk: written under a temporary name, flushed, renamed; only then may a row speak of it.

On other storages (S3 by setting) the name is the same and a write is already all or nothing.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import OutOfSpace
from yunchou.kernel.core.text import say

FOLDER = "files"
TEMPORARY = "incoming"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Incoming:
    """What is being received: an open temporary file with the hash of its bytes."""

    file: IO[bytes]
    path: Path
    sha256: str
    size: int


def name_of(sha256: str) -> str:
    """Where content lives: two characters of the hash as folder, so that no folder grows without end."""
    return f"{FOLDER}/{sha256[:2]}/{sha256}"


def _root() -> Path | None:
    """The folder on disk, or None on a storage that has none."""
    storage = default_storage
    return Path(storage.location) if isinstance(storage._wrapped, FileSystemStorage) else None  # type: ignore[attr-defined]


@contextmanager
def refusing_when_full() -> Iterator[None]:
    """Turn a full disk into a refusal; reading goes on."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise OutOfSpace(
            say(_("The storage is full; the file was not saved. Tell your administrator."))
        ) from error


@contextmanager
def receive(blocks: Iterable[bytes]) -> Iterator[Incoming]:
    """Write the blocks to a temporary file and hash them; whatever is not kept is gone at the end of the block."""
    root = _root()
    folder = (root or Path(tempfile.gettempdir())) / TEMPORARY
    with refusing_when_full():
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder)
    path, digest, size = Path(name), hashlib.sha256(), 0
    try:
        with os.fdopen(handle, "w+b") as file:
            with refusing_when_full():
                for block in blocks:
                    digest.update(block)
                    size += file.write(block)
                file.flush()
                os.fsync(file.fileno())
            yield Incoming(file, path, digest.hexdigest(), size)
    finally:
        with suppress(FileNotFoundError):
            path.unlink()


def keep(incoming: Incoming) -> None:
    """Put received content in its place; content that is there already is only marked as fresh."""
    name = name_of(incoming.sha256)
    with refusing_when_full():
        if (root := _root()) is None:
            if not default_storage.exists(name):
                incoming.file.seek(0)
                default_storage.save(name, File(incoming.file))
            return
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(incoming.path, target)
        _flush_folder(target.parent)


def _flush_folder(folder: Path) -> None:
    """Make the rename survive a power cut; some systems cannot do that for folders."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def open_content(sha256: str) -> IO[bytes]:
    """The content for reading. Raises `FileNotFoundError` when it is missing."""
    return default_storage.open(name_of(sha256), "rb")


def has_content(sha256: str) -> bool:
    return default_storage.exists(name_of(sha256))


def is_intact(sha256: str) -> bool:
    """Whether the bytes still have the hash they are kept under."""
    digest = hashlib.sha256()
    with open_content(sha256) as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest() == sha256


def all_hashes() -> Iterator[tuple[str, datetime]]:
    """Every content kept, with the time of its last writing."""
    with suppress(FileNotFoundError):
        for folder in default_storage.listdir(FOLDER)[0]:
            for sha256 in default_storage.listdir(f"{FOLDER}/{folder}")[1]:
                yield sha256, default_storage.get_modified_time(name_of(sha256)).astimezone(UTC)


def discard(sha256: str) -> None:
    default_storage.delete(name_of(sha256))


def clear_temporary(older_than: timedelta = timedelta(days=1)) -> int:
    """Delete what broken-off uploads left behind; returns how many."""
    folder, count = (_root() or Path(tempfile.gettempdir())) / TEMPORARY, 0
    limit = datetime.now(UTC).timestamp() - older_than.total_seconds()
    for path in folder.glob("*") if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < limit:
                path.unlink()
                count += 1
    return count
