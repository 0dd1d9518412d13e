"""What people typed, without the signs that steer: ends of lines, directions of writing, controls of terminals."""

from __future__ import annotations

import re
from typing import Final

_STEERING: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_BREAKS: Final = re.compile(r"[\s\u0085\u2028\u2029]+")


def clean(text: str) -> str:
    """A text as it may stand in a message; its lines stay."""
    return _STEERING.sub("", text)


def one_line(text: str) -> str:
    """The same as one line: a header, a card or a list never gets a second one out of it."""
    return _BREAKS.sub(" ", _STEERING.sub(" ", text)).strip()
