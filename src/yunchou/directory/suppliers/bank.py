"""Bank accounts: read from what people type, kept encrypted, shown by their last figures.

Each account has a key of its own, which the installation's secret wraps (`journal.crypto`). A keyed digest tells whether two
suppliers are paid to one account without opening either.
"""

from __future__ import annotations

import base64
import unicodedata
from dataclasses import dataclass
from typing import Final, TypeAlias

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.journal.crypto import decrypt, encrypt, new_key, unwrap

Stored: TypeAlias = bytes | memoryview
"""What a binary column gives back, by database."""
SHORTEST, LONGEST = 8, 32
SHOWN: Final = 4
HIDDEN: Final = "••••"


@dataclass(frozen=True)
class SealedAccount:
    """An account as it is stored; all empty where there is none."""

    key: bytes = b""
    sealed: bytes = b""
    tail: str = ""
    digest: str = ""

    @property
    def masked(self) -> str:
        return masked(self.tail)


NO_ACCOUNT: Final = SealedAccount()


def tidy(text: str) -> str:
    """The account in figures alone: narrow, without blanks and hyphens."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(char for char in folded if not char.isspace() and char not in "-‐‑–—")


def fault_in(account: str) -> Say | None:
    """What is wrong with an account that was made `tidy`, else None."""
    if not (account.isascii() and account.isdecimal()):
        return say(_("A bank account consists of figures."))
    if not SHORTEST <= len(account) <= LONGEST:
        return say(_("A bank account has {least} to {most} figures."), least=SHORTEST, most=LONGEST)
    return None


def seal(account: str) -> SealedAccount:
    """The stored form of an account; of none, of no account."""
    if not account:
        return NO_ACCOUNT
    key = new_key()
    return SealedAccount(key, encrypt(unwrap(key), account), account[-SHOWN:], digest_of(account))


def unseal(key: Stored, sealed: Stored) -> str:
    """The account in clear; empty where there is none."""
    return decrypt(unwrap(bytes(key)), bytes(sealed)) if sealed else ""


def seal_content(content: bytes) -> tuple[bytes, bytes]:
    """Key and stored form of a workbook in which accounts stand."""
    key = new_key()
    return key, encrypt(unwrap(key), base64.b64encode(content).decode())


def unseal_content(key: Stored, sealed: Stored) -> bytes:
    """The workbook as it came; empty where none is kept."""
    return base64.b64decode(decrypt(unwrap(bytes(key)), bytes(sealed))) if sealed else b""


def digest_of(account: str) -> str:
    """The same for the same account, and telling nothing without the installation's secret."""
    return salted_hmac("yunchou.suppliers.bank", account, algorithm="sha256").hexdigest()


def masked(tail: str) -> str:
    """`•••• 6677`; empty where there is no account."""
    return f"{HIDDEN} {tail}" if tail else ""


def masked_phone(phone: str) -> str:
    """`138••••6677`: enough to know a number again, not enough to call it."""
    return f"{phone[:3]}{HIDDEN}{phone[-4:]}" if len(phone) > 7 else HIDDEN if phone else ""
