"""Claiming a chunk, working it off, and what follows. Safe with any number of workers that may die at any
line.

A claim is one conditional UPDATE that writes a fresh token; completing a chunk is another one that asks for
that token. So a worker that was taken for dead finds out before its work counts: in an atomic kind its writes
are rolled back.
"""

from __future__ import annotations

import logging
import traceback
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.restoring import is_being_restored
from yunchou.kernel.core.text import Json, Say, say

from .models import FINAL, MAX_ATTEMPTS, Job, JobChunk, State, wall
from .registry import JobKind, kinds

log = logging.getLogger(__name__)

BACKOFF = [timedelta(seconds=seconds) for seconds in (2, 10, 60, 300)]


class LeaseLost(Exception):
    """Another worker has taken the chunk over; whatever was done for it must not count."""


@dataclass
class Hold:
    """A chunk in the hands of this process; the keeper extends holds while `may_go_on`."""

    chunk: JobChunk
    kind: JobKind
    lease: timedelta
    begun: float = field(default_factory=lambda: wall().timestamp())

    def may_go_on(self) -> bool:
        """False once the chunk has taken longer than its kind allows: then somebody else may try."""
        return wall().timestamp() - self.begun < self.kind.timeout.total_seconds()


def claim(chunk_id: int, *, lease: timedelta | None = None) -> JobChunk | None:
    """Take a due chunk, or None when another worker was faster. Never raises for a busy database.

    While a backup is being restored nothing is taken: its work may have been done since the backup was made.
    """
    if is_being_restored():
        return None
    now, token = wall(), uuid.uuid4().hex
    try:
        taken = (
            JobChunk.objects.due(now)
            .filter(pk=chunk_id)
            .update(
                state=State.RUNNING,
                token=token,
                lease_until=now + (lease or timedelta(seconds=JobChunk.LEASE)),
                started_at=now,
                attempts=F("attempts") + 1,
                reached=0,
            )
        )
    except OperationalError as error:
        log.info("claim of chunk %s put off: %s", chunk_id, type(error).__name__)
        return None
    if not taken:
        return None
    Job.objects.filter(pk__in=JobChunk.objects.filter(pk=chunk_id).values("job"), state=State.WAITING).update(
        state=State.RUNNING
    )
    return JobChunk.objects.select_related("job__actor", "job__subject").get(pk=chunk_id, token=token)


def beat(chunk: JobChunk, *, reached: int | None = None, lease: timedelta | None = None) -> None:
    """Sign of life for a chunk in hand, with the number of units done so far. Raises `LeaseLost` if it was
    taken over.

    In an atomic kind the number is seen by others only when the chunk is complete.
    """
    values: dict[str, Any] = {"lease_until": wall() + (lease or timedelta(seconds=JobChunk.LEASE))}
    if reached is not None:
        values["reached"] = reached
    if not _mine(chunk).update(**values):
        raise LeaseLost(str(chunk))


def _mine(chunk: JobChunk) -> Any:
    return JobChunk.objects.filter(pk=chunk.pk, token=chunk.token, state=State.RUNNING)


def run_chunk(
    chunk_id: int, *, lease: timedelta | None = None, hold: Callable[[Hold | None], None] | None = None
) -> bool:
    """Claim a chunk and work it off; False when there was nothing to claim. Errors end up on the row, not
    here.

    `hold` is told of the chunk in hand and, at the end, of None.
    """
    chunk = claim(chunk_id, lease=lease)
    if chunk is None:
        return False
    kind = kinds.get(chunk.job.kind)
    if kind is None:
        _fail(chunk, say(_("Nothing here knows how to do jobs of kind “{kind}”."), kind=chunk.job.kind))
        return True
    if hold:
        hold(Hold(chunk, kind, lease or timedelta(seconds=JobChunk.LEASE)))
    try:
        _work(kind, chunk)
    except LeaseLost:
        log.warning("chunk %s was taken over by another worker; its work here does not count", chunk)
    except Refused as refusal:
        _settle(partial(_fail, chunk, _words(refusal), is_final=True))
    except Exception as error:
        _settle(partial(_fail, chunk, _explain(chunk, error)))
    finally:
        if hold:
            hold(None)
    return True


def _work(kind: JobKind, chunk: JobChunk) -> None:
    actor = chunk.job.actor
    with translation.override(actor.language if actor else settings.LANGUAGE_CODE):
        if kind.is_atomic:
            with transaction.atomic():
                _complete(chunk, kind, kind.handler(chunk.job, chunk) or {})
        else:
            result = kind.handler(chunk.job, chunk) or {}
            with transaction.atomic():
                _complete(chunk, kind, result)


def _explain(chunk: JobChunk, error: Exception) -> Say:
    """Class and place of an error. Its message is left out, since those of databases quote people's
    values."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    name, where = type(error).__name__, f"{place.filename.rsplit('/', 1)[-1]}:{place.lineno}"
    log.error("chunk %s of %s failed: %s at %s", chunk, chunk.job.kind, name, where)
    return say(_("It stopped with an error ({error} at {where})."), error=name, where=where)


def _settle(write: Callable[[], None]) -> None:
    """Write down a failure; if even that fails, the lease runs out and another worker sees to it."""
    try:
        write()
    except OperationalError as error:
        log.warning("a failure could not be written down: %s", type(error).__name__)


def _complete(chunk: JobChunk, kind: JobKind, result: Mapping[str, Any]) -> None:
    if not _mine(chunk).update(state=State.DONE, lease_until=None, reached=F("size"), error=None):
        raise LeaseLost(str(chunk))
    job = Job.objects.select_for_update().get(pk=chunk.job_id)
    job.done += 1
    job.result = merged(job.result, result)
    _close_if_last(job, kind)
    job.save(update_fields=["done", "result", "state", "finished_at", "error"])


def _fail(chunk: JobChunk, words: Say, *, is_final: bool = False) -> None:
    """Put the chunk back for later, or park it when it is of no use to try again."""
    is_parked = is_final or chunk.attempts >= MAX_ATTEMPTS
    with transaction.atomic():
        delay = BACKOFF[min(chunk.attempts, len(BACKOFF)) - 1]
        put_back = _mine(chunk).update(
            state=State.PARKED if is_parked else State.WAITING,
            error=words.to_json(),
            lease_until=None,
            token="",
            reached=0,
            due_at=wall() + delay,
        )
        if put_back and is_parked:
            _park_job(chunk.job_id, words.to_json())


def _park_job(job_id: int, error: Json) -> None:
    job = Job.objects.select_for_update().get(pk=job_id)
    job.error = job.error or error
    _close_if_last(job, kinds.get(job.kind))
    job.save(update_fields=["error", "state", "result", "finished_at"])


def _close_if_last(job: Job, kind: JobKind | None) -> None:
    """Settle the state of a locked job whose chunks have all come to an end."""
    left = job.chunks.exclude(state__in=FINAL).exists()
    if left:
        return
    has_parked = job.done < job.total
    if not has_parked and kind and kind.finish:
        job.result = merged(job.result, kind.finish(job) or {})
    job.state = State.PARKED if has_parked else State.DONE
    job.error = job.error if has_parked else None
    job.finished_at = clock.now()


def _words(refusal: Refused) -> Say:
    return refusal.message if isinstance(refusal.message, Say) else Say(str(refusal.message))


def merged(result: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Results of two chunks as one: whole numbers add up, lists are joined, anything else is replaced."""
    out = dict(result)
    for name, value in more.items():
        before = out.get(name)
        if (_is_count(before) and _is_count(value)) or (isinstance(before, list) and isinstance(value, list)):
            out[name] = before + value
        else:
            out[name] = value
    return out


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def park_spent(limit: int = 100) -> int:
    """Park chunks whose worker died during their last attempt: they may be what kills it. Returns how
    many."""
    spent = JobChunk.objects.filter(
        state=State.RUNNING, lease_until__lt=wall(), attempts__gte=MAX_ATTEMPTS
    ).values_list("pk", "job")[:limit]
    words = say(_("Its worker died {count} times while doing it."), count=MAX_ATTEMPTS).to_json()
    parked = 0
    for pk, job_id in list(spent):
        with transaction.atomic():
            found = JobChunk.objects.filter(pk=pk, state=State.RUNNING, lease_until__lt=wall())
            if found.update(state=State.PARKED, error=words, lease_until=None, token=""):
                _park_job(job_id, words)
                parked += 1
    return parked


def due_ids(queues: list[int] | None = None, limit: int = 8) -> list[int]:
    """Chunks that may be claimed now, the most urgent queue first."""
    if is_being_restored():
        return []
    due = JobChunk.objects.due(wall())
    if queues is not None:
        due = due.filter(queue__in=queues)
    return list(due.order_by("queue", "due_at", "pk").values_list("pk", flat=True)[:limit])


def work_off(limit: int = 10_000) -> int:
    """Do everything that is due in this process, then return the number of chunks done. For tests and
    commands."""
    done = 0
    while done < limit and (ids := due_ids()):
        done += sum(run_chunk(pk) for pk in ids)
    return done
