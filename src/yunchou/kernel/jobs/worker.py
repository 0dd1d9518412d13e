"""One worker process: threads that work chunks off, and a keeper that beats, sweeps and fires schedules."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from time import monotonic, sleep

from django.db import DatabaseError, close_old_connections, connection

from yunchou.kernel.core.restoring import is_being_restored

from . import transport
from .models import JobChunk, WorkerBeat, wall
from .registry import Queue
from .runner import Hold, LeaseLost, beat, due_ids, park_spent, run_chunk
from .scheduler import Scheduler

log = logging.getLogger(__name__)


class Worker:
    """Works until `stop()`; a chunk in hand is finished first. All times in seconds."""

    POLL = 0.5
    BEAT = 5.0
    SWEEP = 5.0
    #: How long the sweeper waits before it sends a message again.
    RESEND = 60.0

    def __init__(
        self,
        *,
        queues: Sequence[Queue] = tuple(Queue),
        threads: int = 1,
        lease: float = JobChunk.LEASE,
        name: str = "",
    ) -> None:
        self.name = name or f"{socket.gethostname()}:{os.getpid()}"
        self.queues = [int(queue) for queue in queues]
        self.lease = timedelta(seconds=lease)
        self.stopping = threading.Event()
        self._threads = threads
        self._holds: dict[int, Hold] = {}
        self._scheduler = Scheduler()
        self._resent: dict[int, float] = {}

    def stop(self) -> None:
        """Finish what is in hand and take nothing more."""
        self.stopping.set()

    def run(self) -> None:
        """Work until stopped. The calling thread only waits, so that a signal reaches it whatever the others do."""
        workers = [threading.Thread(target=self._work_loop, name=f"work-{n}") for n in range(self._threads)]
        keeper = threading.Thread(target=self._keep, args=[workers], name="keeper")
        for thread in (*workers, keeper):
            thread.start()
        self.stopping.wait()
        for thread in (*workers, keeper):
            thread.join()
        self._guarded(WorkerBeat.objects.filter(name=self.name).delete)
        connection.close()

    def _work_loop(self) -> None:
        while not self.stopping.is_set():
            if not self._guarded(self._work_once):
                self.stopping.wait(self.POLL)
        connection.close()

    def _work_once(self) -> bool:
        """Do one chunk, if there is one."""
        for pk in due_ids(self.queues):
            if self.stopping.is_set():
                return False
            if run_chunk(pk, lease=self.lease, hold=self._hold):
                return True
        transport.drain()
        return False

    def _hold(self, hold: Hold | None) -> None:
        if hold is None:
            self._holds.pop(threading.get_ident(), None)
        else:
            self._holds[threading.get_ident()] = hold

    # -- the keeper ------------------------------------------------------------------------------------------
    def _keep(self, workers: Sequence[threading.Thread]) -> None:
        """Beat, fire and sweep; after the stop only beat, until the last chunk in hand is finished."""
        beat_at = sweep_at = 0.0
        while any(thread.is_alive() for thread in workers):
            now = monotonic()
            if now >= beat_at:
                self._guarded(self._give_sign)
                beat_at = now + min(self.BEAT, self.lease.total_seconds() / 3)
            if self.stopping.is_set():
                sleep(0.05)
                continue
            self._guarded(self._scheduler.tick)
            if now >= sweep_at:
                self._guarded(self._sweep)
                sweep_at = now + self.SWEEP
            self.stopping.wait(self.POLL)
        connection.close()

    def _give_sign(self) -> None:
        WorkerBeat.objects.update_or_create(
            name=self.name, defaults={"seen_at": wall(), "queues": self.queues}
        )
        for hold in list(self._holds.values()):
            if hold.may_go_on():
                try:
                    beat(hold.chunk, lease=hold.lease)
                except LeaseLost:
                    log.info("chunk %s is no longer held", hold.chunk)

    def _sweep(self) -> None:
        """Park what killed its workers; with a broker, send again what should have been done by now."""
        park_spent()
        if not transport.needs_messages():
            return
        now = monotonic()
        self._resent = {pk: at for pk, at in self._resent.items() if now - at < self.RESEND}
        lost = [pk for pk in due_ids(self.queues, 500) if pk not in self._resent]
        transport.nudge(lost)
        self._resent |= dict.fromkeys(lost, now)

    def _guarded(self, step: Callable[[], object]) -> object:
        """Do a step; a database that is away, busy or being restored is waited for, not died of."""
        if is_being_restored():
            return None
        close_old_connections()
        try:
            return step()
        except DatabaseError as error:
            log.warning("%s put off: %s", getattr(step, "__name__", "step"), type(error).__name__)
            connection.close_if_unusable_or_obsolete()
            return None
