"""What a backup holds, in the order in which it is written: head, tables, files, manifest.

Everything is a record: one letter, a length, bytes. The head says what it was made from and what is needed to use it; the
manifest at the end says how much of everything there must be, with digests. Only a file with a manifest is a backup.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import IO, Any, Final

from yunchou.kernel.files import store
from yunchou.kernel.files.models import StoredFile
from yunchou.kernel.journal.chain import canonical

from .keys import data_marks
from .stores import Image, engine
from .vault import ALTERED, CUT, NO_BACKUP, Reader, Unreadable, Writer

FORMAT: Final = 1
HEAD, SCHEMA, TABLE, LINES, FILE, CONTENT, MANIFEST = b"H", b"S", b"T", b"L", b"F", b"C", b"M"
_FRAME: Final = struct.Struct(">cI")
LARGEST: Final = 64 << 20
READ: Final = 1 << 19


def product_version() -> str:
    try:
        return version("yunchou")
    except PackageNotFoundError:
        return "0"


@dataclass
class Manifest:
    """How much there is, and its digests: `tables` by name (rows, digest), `files` by their hash (size)."""

    tables: dict[str, tuple[int, str]] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    counters: dict[str, Any] = field(default_factory=dict)
    migrations: list[list[str]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(rows for rows, _digest in self.tables.values())

    @property
    def digest(self) -> str:
        return hashlib.sha256(canonical(asdict(self))).hexdigest()


def head_of(image: Image, made_at: datetime) -> dict[str, Any]:
    """What must be known before anything is restored."""
    return {
        "format": FORMAT,
        "version": product_version(),
        "engine": engine(),
        "made_at": made_at.astimezone(UTC).isoformat(),
        "migrations": image.migrations(),
        "needs": data_marks(),
        "schema": image.schema(),
        "columns": {table: image.columns(table) for table in image.tables()},
    }


class Counted:
    """Lines passing by, counted and digested."""

    def __init__(self) -> None:
        self.rows, self._digest = 0, hashlib.sha256()

    def over(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self.rows += block.count(b"\n")
            self._digest.update(block)
            yield block

    @property
    def result(self) -> tuple[int, str]:
        return self.rows, self._digest.hexdigest()


def write(file: IO[bytes], secret: str, image: Image, made_at: datetime) -> tuple[Manifest, int, str]:
    """A whole backup into `file`; what it holds, its size and its digest."""
    out = Writer(file, secret)
    head = head_of(image, made_at)
    _put(out, HEAD, canonical(head))
    manifest = Manifest(migrations=head["migrations"])
    for table in image.tables():
        _put(out, TABLE, table.encode())
        counted = Counted()
        for block in counted.over(image.rows(table)):
            _put(out, LINES, zlib.compress(block, 1))
        manifest.tables[table] = counted.result
    manifest.counters = image.counters()
    # Content is written before its row and thrown away a day after it, so all that the snapshot speaks of is there.
    for sha256 in (
        StoredFile.objects.order_by("pk").values_list("sha256", flat=True).iterator(chunk_size=1000)
    ):
        _write_file(out, sha256, manifest)
    _put(out, MANIFEST, canonical(asdict(manifest)))
    digest = out.close()
    return manifest, out.size, digest


def _write_file(out: Writer, sha256: str, manifest: Manifest) -> None:
    try:
        content = store.open_content(sha256)
    except FileNotFoundError:  # the monthly look at all files tells of it; the rest is no less worth keeping
        manifest.missing.append(sha256)
        return
    with content:
        _put(out, FILE, sha256.encode())
        size = 0
        while block := content.read(READ):
            size += len(block)
            _put(out, CONTENT, block)
    manifest.files[sha256] = size


def _put(out: Writer, kind: bytes, payload: bytes) -> None:
    out.write(_FRAME.pack(kind, len(payload)) + payload)


class Opened:
    """A backup being read from its beginning; `head` is there at once, `manifest` after the last part."""

    def __init__(self, file: IO[bytes], secrets: Sequence[str]) -> None:
        self._in = Reader(file, secrets)
        kind, payload = self._record()
        if kind != HEAD:
            raise Unreadable(NO_BACKUP)
        self.head: dict[str, Any] = json.loads(payload)
        if self.head["format"] != FORMAT:
            raise Unreadable(NO_BACKUP)
        self.manifest: Manifest | None = None
        self._waiting: tuple[bytes, bytes] | None = None

    @property
    def made_at(self) -> datetime:
        return datetime.fromisoformat(self.head["made_at"])

    def parts(self) -> Iterator[tuple[bytes, str, Iterator[bytes]]]:
        """Tables and files with their blocks; each must be read before the next is asked for."""
        while True:
            kind, payload = self._waiting or self._record()
            self._waiting = None
            if kind == MANIFEST:
                self._close(payload)
                return
            if kind not in (TABLE, FILE):
                raise Unreadable(ALTERED)
            yield kind, payload.decode(), self._blocks(LINES if kind == TABLE else CONTENT)

    def _blocks(self, wanted: bytes) -> Iterator[bytes]:
        while True:
            kind, payload = self._record()
            if kind != wanted:
                self._waiting = (kind, payload)
                return
            yield zlib.decompress(payload) if kind == LINES else payload

    def _close(self, payload: bytes) -> None:
        told = json.loads(payload)
        told["tables"] = {name: (rows, digest) for name, (rows, digest) in told["tables"].items()}
        self.manifest = Manifest(**told)
        if self._in.read(1):
            raise Unreadable(ALTERED)

    def _record(self) -> tuple[bytes, bytes]:
        frame = self._in.read(_FRAME.size)
        if len(frame) < _FRAME.size:
            raise Unreadable(CUT)
        kind, size = _FRAME.unpack(frame)
        if size > LARGEST:
            raise Unreadable(ALTERED)
        payload = self._in.read(size)
        if len(payload) < size:
            raise Unreadable(CUT)
        return kind, payload
