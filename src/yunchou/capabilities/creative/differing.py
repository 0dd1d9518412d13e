"""What differs between two texts: by words where words are apart, by characters where they are not, as in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

TOKEN: Final = re.compile(r"[A-Za-z0-9]+(?:[.,'][A-Za-z0-9]+)*|\s+|.", re.DOTALL)
JOINED: Final = 1
"""Equal stretches of at most so many characters between two changes are read as part of them."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text that both have, that only the older has, or that only the newer has."""

    kind: str
    text: str


def differences(older: str, newer: str) -> list[Piece]:
    """The newer text with what was taken out and put in, in reading order; what is equal comes once."""
    before, after = TOKEN.findall(older), TOKEN.findall(newer)
    found: list[Piece] = []
    for kind, text in _stretches(before, after):
        if found and found[-1].kind == kind:
            found[-1] = Piece(kind, found[-1].text + text)
        elif text:
            found.append(Piece(kind, text))
    return found


def _stretches(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    steps = _joined(SequenceMatcher(None, before, after, autojunk=False).get_opcodes(), before)
    for is_equal, i1, i2, j1, j2 in steps:
        if is_equal:
            yield "same", "".join(after[j1:j2])
        else:
            yield "out", "".join(before[i1:i2])
            yield "in", "".join(after[j1:j2])


def _joined(
    codes: Sequence[tuple[str, int, int, int, int]], before: list[str]
) -> list[tuple[bool, int, int, int, int]]:
    """Changes a single character apart are one change: it reads better than a comb."""
    found: list[tuple[bool, int, int, int, int]] = []
    for n, (tag, i1, i2, j1, j2) in enumerate(codes):
        middle = "".join(before[i1:i2])
        inner = 0 < n < len(codes) - 1 and len(middle) <= JOINED and "\n" not in middle
        is_equal = tag == "equal" and not inner
        if found and not found[-1][0] and not is_equal:
            _kind, a1, _a2, b1, _b2 = found[-1]
            found[-1] = (False, a1, i2, b1, j2)
        else:
            found.append((is_equal, i1, i2, j1, j2))
    return found
