"""What a coupon is known by: eleven random signs and one that shows a slip of the finger. Pure."""

from __future__ import annotations

import re
import secrets
from typing import Final

SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Nothing that is read for something else: no 0 and O, no 1, I and L."""
RANDOM: Final = 11
LENGTH: Final = RANDOM + 1


def check_sign(signs: str) -> str:
    """The last sign: one wrong sign, or two neighbours in each other's place, give another one.

    A weighted sum modulo 31, which is prime: the weights differ and none is a multiple of it.
    """
    total = sum(n * SIGNS.index(sign) for n, sign in enumerate(signs, 2))
    return SIGNS[total % len(SIGNS)]


def new_code() -> str:
    """A code that nobody guesses: 31 to the power of 11."""
    signs = "".join(secrets.choice(SIGNS) for _n in range(RANDOM))
    return signs + check_sign(signs)


def tidy(typed: str) -> str:
    """What was typed or scanned, as codes are kept: the last part of an address, without blanks and hyphens, in capitals."""
    plain = typed.strip().rstrip("/").rpartition("/")[2]
    return re.sub(r"[\s-]", "", plain).upper()[:40]


def is_sound(code: str) -> bool:
    """Whether a tidy code can be one: its length, its signs, and the last of them."""
    return (
        len(code) == LENGTH
        and all(sign in SIGNS for sign in code)
        and check_sign(code[:RANDOM]) == code[RANDOM]
    )


def shown(code: str) -> str:
    """In groups of four, as it is read out."""
    return " ".join(code[n : n + 4] for n in range(0, len(code), 4))
