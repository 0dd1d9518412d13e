"""A stream that nobody without the key can read, and nobody can change, cut or put together anew without being noticed.

A file begins with a clear head: what it is, the mark of its key, a salt. Blocks follow, each sealed by AES-256-GCM under a key
made of the secret and the salt, with its number and whether it is the last as the nonce. So blocks that change places, are left
out or come from another file do not open, and a file that ends before its last block is known to be cut. Memory: one block.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Sequence
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.text import Say, say

from .keys import derived, mark_of

MAGIC: Final = b"YUNCHOU-BACKUP-1\n"
MARK, SALT, TAG = 6, 32, 16
HEAD: Final = len(MAGIC) + MARK + SALT
BLOCK: Final = 1 << 20
_LENGTH: Final = struct.Struct(">I")


class Unreadable(Refused):
    """The file is no backup, or not all of one, or not ours, or not as it was written."""

    code = "backup_unreadable"


NO_BACKUP: Final = say(_("This file is no backup of Yunchou."))
CUT: Final = say(
    _("The backup is cut off: its end is missing. It was never finished, or not all of it was copied.")
)
ALTERED: Final = say(
    _("The backup was changed after it was made, or its medium is damaged. Take another copy.")
)


def _cipher(secret: str, head: bytes) -> AESGCM:
    key = HKDF(hashes.SHA256(), 32, salt=head[-SALT:], info=b"yunchou.backups.file").derive(
        derived(secret, "files")
    )
    return AESGCM(key)


def _nonce(number: int, is_last: bool) -> bytes:
    return struct.pack(">QI", number, int(is_last))


class Writer:
    """Seals what is written into `file`. Without `close` the file stays recognisably unfinished."""

    def __init__(self, file: IO[bytes], secret: str) -> None:
        self._file = file
        self._head = MAGIC + bytes.fromhex(mark_of(secret)) + os.urandom(SALT)
        self._cipher = _cipher(secret, self._head)
        self._waiting = bytearray()
        self._number = 0
        self._digest = hashlib.sha256()
        self.size = 0
        self._put(self._head)

    def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) > BLOCK:  # one block stays, since the last is marked as such
            self._seal(bytes(self._waiting[:BLOCK]), is_last=False)
            del self._waiting[:BLOCK]

    def close(self) -> str:
        """Seal the last block; returns the digest of the whole file."""
        self._seal(bytes(self._waiting), is_last=True)
        return self._digest.hexdigest()

    def _seal(self, block: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, is_last), block, self._head)
        self._number += 1
        self._put(_LENGTH.pack(len(sealed)) + sealed)

    def _put(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)


class Reader:
    """Opens what `Writer` sealed. Raises `Unreadable` before it gives a byte that was not written so."""

    def __init__(self, file: IO[bytes], secrets: Sequence[str]) -> None:
        self._file = file
        head = file.read(HEAD)
        if not head.startswith(MAGIC):
            raise Unreadable(NO_BACKUP)
        if len(head) < HEAD:
            raise Unreadable(CUT)
        self._head, self._number, self._is_over = head, 0, False
        self._open = bytearray()
        mark = head[len(MAGIC) : len(MAGIC) + MARK].hex()
        secret = next((each for each in secrets if mark_of(each) == mark), None)
        if secret is None:
            raise Unreadable(_foreign(mark, secrets))
        self._cipher = _cipher(secret, head)

    def read(self, count: int) -> bytes:
        """Exactly so many bytes; fewer only at the end."""
        while len(self._open) < count and not self._is_over:
            self._open += self._next()
        found = bytes(self._open[:count])
        del self._open[:count]
        return found

    def _next(self) -> bytes:
        length = self._file.read(_LENGTH.size)
        if len(length) < _LENGTH.size:
            raise Unreadable(CUT)
        (size,) = _LENGTH.unpack(length)
        if not TAG <= size <= BLOCK + TAG:
            raise Unreadable(ALTERED)
        sealed = self._file.read(size)
        if len(sealed) < size:
            raise Unreadable(CUT)
        number, self._number = self._number, self._number + 1
        try:
            return self._cipher.decrypt(_nonce(number, False), sealed, self._head)
        except InvalidTag:
            pass
        try:
            block = self._cipher.decrypt(_nonce(number, True), sealed, self._head)
        except InvalidTag as error:
            raise Unreadable(ALTERED) from error
        self._is_over = True
        if self._file.read(1):
            raise Unreadable(ALTERED)
        return block


def _foreign(mark: str, secrets: Sequence[str]) -> Say:
    return say(
        _(
            "The backup was closed with the key {mark}, which is not among yours ({own}). Put that key into the ring."
        ),
        mark=mark,
        own=", ".join(mark_of(each) for each in secrets),
    )
