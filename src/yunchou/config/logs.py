"""What a fault leaves in the log: its kinds and places, never its words.

A database quotes the row that it refuses, a parser the text that it cannot read: names and numbers of people stand in both.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from typing import Any


class PlacesOnly(logging.Formatter):
    """Writes a fault as the chain of its exceptions, each with the lines it came through and the name of its class."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 -- the name is logging's
        return "\n".join(
            "".join(traceback.format_tb(fault.__traceback__)) + type(fault).__qualname__
            for fault in reversed(list(_chain(ei[1])))
        )


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    """The fault, and what it was raised from or met on the way."""
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield fault
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
