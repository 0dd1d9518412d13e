"""Which numbers and addresses came already, within a million lines, in few bytes: a Python set would take a hundred for each."""

from __future__ import annotations

from array import array
from typing import Final

AT_FIRST: Final = 500_000
"""Room for no more at the beginning, whatever is expected: line breaks alone are no lines."""


class Marks:
    """A table of 60-bit stand-ins with open places: sixteen to thirty-two bytes for each that is expected."""

    def __init__(self, expected: int) -> None:
        self._held = 0
        self._room(min(expected, AT_FIRST))

    def _room(self, expected: int) -> None:
        size = 1 << max(10, (2 * expected).bit_length())
        self._mask, self._table = size - 1, array("Q", [0]) * size

    def add(self, digest: str) -> bool:
        """Note a digest (hexadecimal digits); says whether it was there."""
        mark = int(digest[:15], 16) or 1
        if 4 * self._held > 3 * self._mask:
            self._grow()
        if not self._put(mark):
            return True
        self._held += 1
        return False

    def _put(self, mark: int) -> bool:
        table, mask = self._table, self._mask
        place = mark & mask
        while held := table[place]:
            if held == mark:
                return False
            place = (place + 1) & mask
        table[place] = mark
        return True

    def _grow(self) -> None:
        held = self._table
        self._room(len(held))
        for mark in held:
            if mark:
                self._put(mark)
