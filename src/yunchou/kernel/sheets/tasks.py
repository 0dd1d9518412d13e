"""Lists too long to be written while somebody waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.jobs.models import Job, JobChunk
from yunchou.kernel.jobs.registry import Queue, job_kind
from yunchou.kernel.jobs.runner import beat

from .exports import JOB, address_of, write_in_background


@job_kind(
    JOB,
    label=_("Export of a list"),
    queue=Queue.REPORTS,
    is_atomic=False,
    timeout=timedelta(hours=1),
    finish=address_of,
)
def write_list(job: Job, chunk: JobChunk) -> dict[str, Any]:
    """Write the file as the person who asked for it may see the list now."""
    assert job.actor is not None
    return write_in_background(
        payload=chunk.payload,
        actor=job.actor,
        tell=lambda number: beat(chunk, reached=min(number, chunk.size)),
    )
