"""What one process remembers of walls for a moment, so that a hundred screens cost what one costs.

It is a memory of the process, not the shared cache: asking the shared cache is a statement too.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Final, TypeVar

T = TypeVar("T")
MOST: Final = 500
"""So many answers are remembered at most; the oldest goes first."""

_kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
_lock = Lock()


def kept(key: Hashable, seconds: float, make: Callable[[], T]) -> T:
    """What `make` said for this key, not longer ago than `seconds`. Two who ask at once may both make it."""
    now = time.monotonic()
    with _lock:
        found = _kept.get(key)
    if found is not None and now < found[0]:
        answer: T = found[1]
        return answer
    answer = make()
    with _lock:
        _kept[key] = (now + seconds, answer)
        _kept.move_to_end(key)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return answer


def forget() -> None:
    """Remember nothing; for tests, whose rows take the numbers of other rows."""
    with _lock:
        _kept.clear()
