"""When two vouchers are the same one (R-BUD-12). Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from decimal import Decimal

from yunchou.kernel.core.money import yuan

_DROPPED = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_DASHES = re.compile(r"[\u2010-\u2015\u2212\uff0d_]")


def normal(text: str) -> str:
    """The text as it is compared: half-width, without spaces and invisible signs, one kind of dash, capital letters."""
    plain = unicodedata.normalize("NFKC", text)
    return _DASHES.sub("-", _DROPPED.sub("", plain)).upper()


def digits_of(number: str) -> str:
    """The figures of a number without leading zeros: `No.00012345678` and `12345678` are one; empty where it has none."""
    return "".join(char for char in normal(number) if char.isascii() and char.isdecimal()).lstrip("0")


def key_of(number: str, payee: str, amount: Decimal) -> str:
    """What number, payee and amount come to; the same for two spellings of the same voucher."""
    told = "\x1f".join((normal(number), normal(payee), f"{yuan(amount):.2f}"))
    return hashlib.sha256(told.encode()).hexdigest()
