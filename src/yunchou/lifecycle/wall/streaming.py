"""Server-sent events: a stream says only *that* a wall has changed; what is on it the page then asks for.

All streams of one subject in one process share one question a half second. A stream ends after ten minutes, when the person or
the link may not look any more, or with whoever listens; browsers begin anew by themselves. Streams need an ASGI server.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Final

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from .selectors.version import version_of

BEAT: Final = 0.5
"""Seconds between two looks: a check-in is on the wall within a second."""
PING: Final = 5.0
"""Seconds after which a quiet stream says that it is there."""
LOOK: Final = 15.0
"""Seconds between two questions whether this person or link may still look."""
LIFE: Final = 600.0
MOST_OF_ONE: Final = 6
"""So many streams one person or one link may have open in a process."""
MOST: Final = 2_000
log = logging.getLogger(__name__)


class Watch:
    """What all streams of one subject wait for."""

    def __init__(self, subject_id: int) -> None:
        self.subject_id = subject_id
        self.version = ""
        self.streams = 0
        self.is_over = False
        self.news: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.task = asyncio.create_task(self._look())

    async def after(self, seen: str, seconds: float) -> str:
        """The version as soon as it is another than `seen`, or what it is after so many seconds."""
        if self.version == seen and not self.is_over:
            await asyncio.wait({self.news}, timeout=seconds)
        return self.version

    async def _look(self) -> None:
        try:
            while True:
                version = await sync_to_async(_version)(self.subject_id)
                if version != self.version:
                    self.version = version
                    self._tell()
                await asyncio.sleep(BEAT)
        except Exception:
            log.exception("the wall of subject %s cannot be watched", self.subject_id)
        finally:
            self.is_over = True
            self._tell()

    def _tell(self) -> None:
        if not self.news.done():
            self.news.set_result(None)
        self.news = asyncio.get_running_loop().create_future()


def _version(subject_id: int) -> str:
    close_old_connections()
    return version_of(subject_id)


_watches: dict[tuple[int, int], Watch] = {}
_open: Counter[str] = Counter()


def has_room(who: str) -> bool:
    """Whether this person or link may open one more stream."""
    return _open[who] < MOST_OF_ONE and _open.total() < MOST


async def changes(subject_id: int, who: str, may_look: Callable[[], bool]) -> AsyncIterator[bytes]:
    """The stream itself, as bytes of `text/event-stream`."""
    loop = asyncio.get_running_loop()
    key = (id(loop), subject_id)
    watch = _watches.get(key)
    if watch is None or watch.is_over:
        watch = _watches[key] = Watch(subject_id)
    watch.streams += 1
    _open[who] += 1
    began = looked = loop.time()
    seen = ""
    try:
        yield b"retry: 2000\n\n"
        while loop.time() - began < LIFE and not watch.is_over:
            version = await watch.after(seen, PING)
            if loop.time() - looked >= LOOK:
                looked = loop.time()
                if not await sync_to_async(may_look)():
                    break
            if version == seen:
                yield b"event: ping\ndata: 1\n\n"
            else:
                seen = version
                yield f"event: wall\ndata: {version}\n\n".encode()
    finally:
        _open[who] -= 1
        if not _open[who]:
            del _open[who]
        watch.streams -= 1
        if not watch.streams:
            watch.task.cancel()
            if _watches.get(key) is watch:
                del _watches[key]
