"""The keys of backups: a ring of secrets of their own, from the environment or a file that lies away from the backups.

The first encrypts, all open. They are not the secrets that keep personal values (`core.sealing`): whoever takes a backup needs
this key to read it, and those as well to read a phone number in it.
"""

from __future__ import annotations

import os
import secrets
from functools import cache
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.text import say

SHORTEST: Final = 32
ENDING: Final = ".backup"


class KeyTrouble(Refused):
    """There is no key to work with, or it lies where it must not."""

    code = "backup_key"


@cache
def derived(secret: str, use: str, length: int = 32) -> bytes:
    return HKDF(hashes.SHA256(), length, salt=None, info=f"yunchou.backups.{use}".encode()).derive(
        secret.encode()
    )


@cache
def mark_of(secret: str) -> str:
    """What names a secret and tells nothing of it: 12 hexadecimal digits."""
    return derived(secret, "mark", 6).hex()


def key_file() -> Path:
    return Path(settings.BACKUP_KEY_FILE)


def ring() -> list[str]:
    """The secrets, the current one first. Raises `KeyTrouble`; makes the file on the first use of a new installation."""
    if settings.BACKUP_KEYS:
        return _long_enough(list(settings.BACKUP_KEYS))
    path = key_file()
    if path.resolve().is_relative_to(Path(settings.BACKUP_DIR).resolve()):
        raise KeyTrouble(
            say(
                _(
                    "The key {path} lies in the folder of the backups: who takes the one has the other. Move it elsewhere."
                ),
                path=str(path),
            )
        )
    if not path.exists():
        _make_first(path)
    found = [line.strip() for line in path.read_text("utf-8").splitlines()]
    return _long_enough([line for line in found if line and not line.startswith("#")])


def _long_enough(found: list[str]) -> list[str]:
    if not found:
        raise KeyTrouble(say(_("The file {path} holds no key of backups."), path=str(key_file())))
    if any(len(secret) < SHORTEST for secret in found):
        raise KeyTrouble(
            say(_("A key of backups is shorter than {count} characters; make a longer one."), count=SHORTEST)
        )
    return found


def _make_first(path: Path) -> None:
    """Only where no backup exists that would need the one that is gone, and nobody named another place."""
    if any(Path(settings.BACKUP_DIR).glob(f"*{ENDING}")) or not settings.BACKUP_KEY_IS_OURS:
        raise KeyTrouble(
            say(
                _(
                    "The key of backups is missing at {path}. Put it back from where it is kept; without it no backup opens."
                ),
                path=str(path),
            )
        )
    add_key()


def add_key() -> str:
    """Put a new secret in front of the file, leaving the old ones to open what they closed; returns its mark."""
    path, secret = key_file(), secrets.token_urlsafe(48)
    before = path.read_text("utf-8") if path.exists() else ""
    temporary = path.with_name(f".{path.name}.new")
    with os.fdopen(
        os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(f"{secret}\n{before}")
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    return mark_of(secret)


def data_marks() -> dict[str, list[str]]:
    """The names of the secrets without which restored data cannot be read in full."""
    return {
        "sealing": [mark_of(secret) for secret in settings.SEALING_KEYS],
        "apart": [mark_of(secret) for secret in settings.APART_KEYS],
        "secret": [mark_of(settings.SECRET_KEY)],
    }
