"""A zip that is the same bytes for the same members: stored, in order, without times. So any other byte shows.

Nothing is compressed: workbooks, PDFs and pictures already are, and the bytes must not depend on a zlib's version.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

MANIFEST = "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
_IN_MEMORY = 16 * 1024 * 1024
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Member:
    """A file of the package: its path, its size in bytes, and how to read it."""

    path: str
    size: int
    open: Callable[[], IO[bytes]]

    @classmethod
    def of(cls, path: str, content: bytes) -> Member:
        """A member whose content is at hand."""
        return cls(path, len(content), lambda: BytesIO(content))


def write_bundle(out: IO[bytes], members: Iterable[Member]) -> None:
    """Write the members in the given order."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as bundle:
        for member in members:
            info = zipfile.ZipInfo(member.path, _EPOCH)
            info.create_system, info.external_attr, info.file_size = 3, _MODE, member.size
            with member.open() as source, bundle.open(info, "w") as target:
                shutil.copyfileobj(source, target, _BLOCK)


def members_of(bundle: zipfile.ZipFile) -> Iterator[Member]:
    """The members of an open package, in its order."""
    for info in bundle.infolist():
        yield Member(info.filename, info.file_size, lambda info=info: bundle.open(info))  # type: ignore[misc]


@contextmanager
def scratch() -> Iterator[IO[bytes]]:
    """A file that is gone afterwards; in memory while it is small."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        yield file


def digest_of(source: IO[bytes]) -> str:
    """SHA-256 of a stream from its beginning, in hex."""
    source.seek(0)
    return digest_of_rest(source)


def digest_of_rest(source: IO[bytes]) -> str:
    """SHA-256 of what is left of a stream, in hex."""
    digest = hashlib.sha256()
    while block := source.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def as_json(value: Any) -> bytes:
    """JSON for people and machines: sorted, indented, Chinese as it is."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()
