"""What can run in the background, declared by each room in its `tasks.py`: kinds of jobs, and schedules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from cronsim import CronSim
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core.clock import SHANGHAI
from yunchou.kernel.core.registry import Registry

if TYPE_CHECKING:
    from .models import Job, JobChunk

Result: TypeAlias = Mapping[str, Any]
Handler: TypeAlias = "Callable[[Job, JobChunk], Result | None]"
Finish: TypeAlias = "Callable[[Job], Result | None]"
Tick: TypeAlias = Callable[[datetime], object]


class Queue(IntEnum):
    """What goes first. A worker takes the lowest number that waits; `work --queues` limits a worker to
    some."""

    ALERTS = 0
    INTERACTIVE = 1
    REPORTS = 2
    BULK = 3


@dataclass(frozen=True)
class JobKind:
    """How the chunks of one kind are worked off. See `job_kind`."""

    key: str
    label: str | Promise
    handler: Handler
    queue: Queue
    is_atomic: bool
    timeout: timedelta
    finish: Finish | None = None


kinds: Registry[JobKind] = Registry("job kind")


def job_kind(
    key: str,
    *,
    label: str | Promise,
    queue: Queue = Queue.INTERACTIVE,
    is_atomic: bool = True,
    timeout: timedelta = timedelta(minutes=10),
    finish: Finish | None = None,
) -> Callable[[Handler], Handler]:
    """Declare `handler(job, chunk)`, which does one chunk and returns JSON that becomes part of the job's
    result.

    `is_atomic`: the handler runs in one transaction with the completion of its chunk, so that its writes
    happen exactly once however often workers die. Switch it off for work with effects outside the database
    and for long work; such a handler may run again after a crash and must find its own traces, for instance
    by a unique key. `timeout`: how long one chunk may take before another worker may take it over.
    `finish(job)` runs once, with the completion of the last chunk; what it returns becomes part of the
    result. A `core.errors.Refused` raised by the handler is final and its words are shown; any other error is
    tried again.
    """

    def declare(handler: Handler) -> Handler:
        kinds.add(key, JobKind(key, label, handler, queue, is_atomic, timeout, finish))
        return handler

    return declare


class CatchUp(StrEnum):
    """What becomes of the times that passed while no worker ran."""

    LAST = "last"  # the latest of them fires, once
    EVERY = "every"  # each of them fires, up to `Schedule.MOST`
    NONE = "none"  # they are let go; only a time that passed within the last minute fires


@dataclass(frozen=True)
class Schedule:
    """Something that happens again and again, at times in Asia/Shanghai. See `schedule`."""

    MOST = 100

    name: str
    cron: str
    tick: Tick
    catch_up: CatchUp
    queue: Queue
    is_atomic: bool = True

    def next_after(self, moment: datetime) -> datetime:
        """The first time of the schedule strictly after `moment`."""
        return next(CronSim(self.cron, moment.astimezone(SHANGHAI)))

    def missed(self, since: datetime, until: datetime) -> list[datetime]:
        """The times to fire now, oldest first: those after `since` up to `until`, as the catch-up policy
        thins them."""
        found: list[datetime] = []
        for moment in CronSim(self.cron, (until + timedelta(seconds=1)).astimezone(SHANGHAI), reverse=True):
            is_late = self.catch_up is CatchUp.NONE and until - moment > timedelta(minutes=1)
            if moment <= since or is_late or len(found) == self.MOST:
                break
            found.append(moment)
            if self.catch_up is CatchUp.LAST:
                break
        return found[::-1]


schedules: Registry[Schedule] = Registry("schedule")


def schedule(
    name: str,
    *,
    cron: str,
    catch_up: CatchUp = CatchUp.LAST,
    queue: Queue = Queue.ALERTS,
    is_atomic: bool = True,
) -> Callable[[Tick], Tick]:
    """Declare a function of the time for which it fires. Each time fires once, whatever number of workers run.

    `cron` has five fields, in Asia/Shanghai. The function runs as a job and is tried again on error; `is_atomic` as in
    `job_kind`: switch it off for what takes long or reaches outside the database.
    """

    def declare(tick: Tick) -> Tick:
        CronSim(cron, datetime(2024, 1, 1, tzinfo=SHANGHAI))  # refuses a bad expression at start
        schedules.add(name, Schedule(name, cron, tick, catch_up, queue, is_atomic))
        return tick

    return declare


#: The kinds under which schedules run; declared in this room's `tasks.py`.
TICK, LONG_TICK = "jobs.tick", "jobs.long_tick"
TICKS = (TICK, LONG_TICK)
TICK_LABEL = _("Scheduled task")
