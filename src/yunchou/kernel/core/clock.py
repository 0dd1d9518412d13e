"""The only source of now, so that tests, the demo and a replay can stand at any moment.

`YUNCHOU_CLOCK=2024-08-02T15:20` moves the running product to that moment (Asia/Shanghai), from where time goes on.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _offset() -> timedelta:
    if not (start := os.environ.get("YUNCHOU_CLOCK")):
        return timedelta(0)
    return datetime.fromisoformat(start).replace(tzinfo=SHANGHAI) - datetime.now(UTC)


_shift = _offset()
_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC) + _shift


def today() -> date:
    """The present day in Asia/Shanghai."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment on the clocks of Asia/Shanghai."""
    return moment.astimezone(SHANGHAI)


def moment(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """The moment at which the clocks of Asia/Shanghai show `hour`:`minute` on `day`."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


@contextmanager
def at(instant: datetime | date | str) -> Iterator[datetime]:
    """Let time stand still inside the block; naive values are Asia/Shanghai."""
    value = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    if not isinstance(value, datetime):
        value = moment(value, 9)
    if value.tzinfo is None:
        value = value.replace(tzinfo=SHANGHAI)
    token = _frozen.set(value.astimezone(UTC))
    try:
        yield value
    finally:
        _frozen.reset(token)


@contextmanager
def shifted(to: datetime | str) -> Iterator[None]:
    """Let the whole process stand at `to` (threads included) and go on from there: for live servers in tests."""
    global _shift
    before = _shift
    start = datetime.fromisoformat(to) if isinstance(to, str) else to
    if start.tzinfo is None:
        start = start.replace(tzinfo=SHANGHAI)
    _shift = start - datetime.now(UTC)
    try:
        yield
    finally:
        _shift = before
