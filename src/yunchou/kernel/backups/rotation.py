"""Which backups are kept. Pure: moments in, moments out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from yunchou.kernel.core.clock import local

Period = Callable[[datetime], Any]

PERIODS: tuple[tuple[str, Period], ...] = (
    ("daily", lambda at: local(at).date()),
    ("weekly", lambda at: local(at).isocalendar()[:2]),
    ("monthly", lambda at: (local(at).year, local(at).month)),
)


def to_keep(moments: Iterable[datetime], *, daily: int, weekly: int, monthly: int) -> set[datetime]:
    """The newest of all, and the newest of each of the last so many days, weeks and months that have one.

    Days without a backup do not count: after a fortnight of failures the last good week is still there.
    """
    newest_first = sorted(set(moments), reverse=True)
    kept = set(newest_first[:1])
    counts = {"daily": daily, "weekly": weekly, "monthly": monthly}
    for name, period in PERIODS:
        seen: set[Any] = set()
        for at in newest_first:
            if len(seen) >= counts[name]:
                break
            if (key := period(at)) not in seen:
                seen.add(key)
                kept.add(at)
    return kept
