"""Starting a job and setting a stopped one going again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from . import journal
from .models import Job, JobChunk, State, new_key, wall
from .permissions import Perm
from .registry import Queue, kinds
from .transport import nudge

#: A payload may say how many units of work it stands for, so that progress is fair between chunks.
SIZE = "size"


def start_job(
    *,
    kind: str,
    actor: User | None,
    subject: Subject | None = None,
    payloads: Sequence[Mapping[str, Any]] = ({},),
    key: str = "",
    queue: Queue | None = None,
) -> Job:
    """Write down a job with one chunk per payload, in the caller's transaction; workers hear of it after the
    commit.

    Payloads are JSON and carry ids, never personal values; a payload's `size` is the number of units it
    stands for. The same `key` twice is the same job: the one that exists is returned, whatever its state.
    """
    declared = kinds[kind]
    with transaction.atomic():
        job, is_new = Job.objects.get_or_create(
            key=key or new_key(),
            defaults={
                "kind": declared.key,
                "actor": actor,
                "subject": subject,
                "total": len(payloads),
                "state": State.WAITING if payloads else State.DONE,
            },
        )
        if not is_new:
            return job
        chunks = JobChunk.objects.bulk_create(
            (
                JobChunk(
                    job=job,
                    seq=seq,
                    payload=dict(payload),
                    size=max(1, int(payload.get(SIZE, 1))),
                    queue=declared.queue if queue is None else queue,
                )
                for seq, payload in enumerate(payloads)
            ),
            batch_size=500,
        )
        transaction.on_commit(partial(nudge, [chunk.pk for chunk in chunks]), robust=True)
    return job


def retry_job(*, job: Job, actor: User) -> Job:
    """Set the parked chunks of a job going again, with all their attempts.

    Its owner may, and whoever holds `jobs.manage`. Refuses a job without parked chunks; records
    `jobs.retried`.
    """
    if job.actor_id != actor.pk:
        require(actor, Perm.MANAGE)
    with transaction.atomic():
        locked = Job.objects.select_for_update().get(pk=job.pk)
        parked = list(locked.chunks.filter(state=State.PARKED).values_list("pk", flat=True))
        if not parked:
            raise WrongState(say(_("Nothing of this job has stopped.")))
        JobChunk.objects.filter(pk__in=parked).update(
            state=State.WAITING, attempts=0, error=None, due_at=wall()
        )
        locked.state, locked.error, locked.finished_at = State.RUNNING, None, None
        locked.save(update_fields=["state", "error", "finished_at"])
        record(
            journal.RETRIED,
            actor=actor,
            subject=locked.subject,
            data={"job": locked.pk, "kind": locked.kind, "count": len(parked)},
        )
        transaction.on_commit(partial(nudge, parked), robust=True)
    return locked
