"""The zip around a workbook, opened with care: every limit is checked before and while unpacking (trust T16)."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.text import Text, say

MAX_BYTES = 20 * 2**20
MAX_UNPACKED = 100 * 2**20
MAX_STREAMED = 500 * 2**20
"""So much of a workbook that is never in memory as a whole: a million lines of a dozen columns."""
MAX_RATIO = 100
MAX_MEMBERS = 2_000
SMALL = 2**20
"""Below this much text a high ratio harms nobody; short repetitive parts reach it honestly."""
CHUNK = 2**16
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError, ValueError)

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ACTIVE = {
    "vbaproject.bin": ("macros", _("The workbook holds macros. Save it without them, as .xlsx.")),
    "xl/externallinks/": (
        "external_links",
        _("The workbook links to other workbooks. Break the links and save it again."),
    ),
    "xl/connections.xml": (
        "external_links",
        _("The workbook is connected to outside data. Remove the connections."),
    ),
    "xl/querytables/": (
        "external_links",
        _("The workbook is connected to outside data. Remove the connections."),
    ),
    "xl/embeddings/": (
        "embedded",
        _("The workbook has other files embedded. Remove them and save it again."),
    ),
    "xl/activex/": ("embedded", _("The workbook has other files embedded. Remove them and save it again.")),
    "xl/macrosheets/": ("macros", _("The workbook holds macros. Save it without them, as .xlsx.")),
    "xl/workbook.bin": ("binary_format", _("This is a binary workbook (.xlsb). Save it as .xlsx.")),
}


class WorkbookRefused(Refused):
    """A file that is not taken in at all; `code` says why. Nothing was written."""

    code = "workbook"

    def __init__(self, code: str, message: Text, **more: Any) -> None:
        super().__init__(message, code=code, **more)


def damaged(what: str) -> WorkbookRefused:
    """The refusal of a file whose inside contradicts itself; `what` names the part."""
    return WorkbookRefused(
        "damaged", say(_("The workbook is damaged ({part}); nothing was read."), part=what[:120])
    )


def read_bytes(source: str | Path | bytes) -> bytes:
    """The bytes of a file, refused before they are read when there are too many."""
    size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
    if size > MAX_BYTES:
        limit = MAX_BYTES // 2**20
        raise WorkbookRefused("too_big", say(_("The file is larger than {limit} MB."), limit=limit))
    return source if isinstance(source, bytes) else Path(source).read_bytes()


class Archive:
    """The parts of a workbook by path. Reading counts what is really unpacked, whatever the zip declares."""

    def __init__(self, data: bytes, most: int | None = None) -> None:
        """`most`: how much there may be with the parts that are read as a stream; all others share `MAX_UNPACKED`."""
        self._most = most or MAX_UNPACKED
        _refuse_other_kinds(data)
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except _BROKEN as problem:
            raise damaged("zip") from problem
        self._packed = len(data)
        self._unpacked = self._kept = 0
        self._members = self._list()
        self._refuse_active_content()

    def __contains__(self, path: str) -> bool:
        return path.lower() in self._members

    @property
    def paths(self) -> list[str]:
        """The paths of all parts, in lower case."""
        return list(self._members)

    def chunks(self, path: str, *, is_streamed: bool = False) -> Iterator[bytes]:
        """The part in pieces. Refuses as soon as more comes out than a workbook may hold, or than may be kept of it.

        `is_streamed`: nobody keeps what comes out; all other parts end up in memory.
        """
        try:
            member = self._members[path.lower()]
        except KeyError:
            raise damaged(path) from None
        size = 0
        try:
            with self._zip.open(member) as part:
                while piece := part.read(CHUNK):
                    size += len(piece)
                    self._unpacked += len(piece)
                    self._check(size, member.compress_size)
                    self._check(self._unpacked, self._packed)
                    if not is_streamed:
                        self._kept += len(piece)
                        if self._kept > MAX_UNPACKED:
                            raise _bomb()
                    yield piece
        except _BROKEN as problem:
            raise damaged(path) from problem

    def _list(self) -> dict[str, zipfile.ZipInfo]:
        members: dict[str, zipfile.ZipInfo] = {}
        for member in self._zip.infolist():
            path = posixpath.normpath(member.filename.replace("\\", "/")).lstrip("/").lower()
            if path in members or path.startswith(".."):
                raise damaged(member.filename)
            if member.flag_bits & 0x1:
                raise _encrypted()
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise damaged(member.filename)
            self._check(member.file_size, member.compress_size)
            members[path] = member
        if len(members) > MAX_MEMBERS:
            raise _bomb()
        self._check(sum(member.file_size for member in members.values()), self._packed)
        if "[content_types].xml" not in members:
            raise not_a_workbook()
        return members

    def _check(self, unpacked: int, packed: int) -> None:
        if unpacked > self._most or (unpacked > SMALL and unpacked > MAX_RATIO * max(packed, 1)):
            raise _bomb()

    def _refuse_active_content(self) -> None:
        for path in self._members:
            for mark, (code, message) in _ACTIVE.items():
                if path.startswith(mark) or path.endswith(f"/{mark}"):
                    raise WorkbookRefused(code, say(message))


def _refuse_other_kinds(data: bytes) -> None:
    """The content says what a file is, not its name."""
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise _encrypted()
        raise WorkbookRefused("old_format", say(_("This is an old workbook (.xls). Save it as .xlsx.")))
    if not data.startswith(b"PK"):
        raise not_a_workbook()


def _encrypted() -> WorkbookRefused:
    return WorkbookRefused(
        "encrypted", say(_("The workbook is protected by a password. Save it without one."))
    )


def not_a_workbook() -> WorkbookRefused:
    return WorkbookRefused("not_a_workbook", say(_("This file is not an Excel workbook (.xlsx).")))


def _bomb() -> WorkbookRefused:
    return WorkbookRefused(
        "zip_bomb", say(_("The file unpacks to far more than a workbook holds; it was not read."))
    )
