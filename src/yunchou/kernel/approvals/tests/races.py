"""What tests with real threads share: acts at the same moment, and how often they are repeated."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from yunchou.kernel.core.errors import Refused

ROUNDS = range(100 if os.environ.get("YUNCHOU_STRESS") == "1" else 3)


def together(*acts: Callable[[], object]) -> list[object]:
    """Run the acts at the same moment; each result or the refusal that it met."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return act()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
