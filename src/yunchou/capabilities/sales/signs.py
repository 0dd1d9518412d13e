"""Which signs a public page takes out of an address or a hidden field. Pure.

A database refuses some signs, such as the one of number zero: whoever sends them made no link and no form of ours.
"""

from __future__ import annotations

import re
import secrets

from yunchou.kernel.accounts.misses import is_secret

from .models.leads import TOKEN_LENGTH


def is_token(text: str) -> bool:
    """Whether this can be the secret of one of our addresses."""
    return len(text) == TOKEN_LENGTH and is_secret(text, TOKEN_LENGTH)


def once_of(text: str) -> str:
    """The mark by which a form that is sent twice is known, or a new one where it is none."""
    return text if re.fullmatch(r"[\w-]{1,40}", text) else secrets.token_urlsafe(12)
