"""Work in the background: trying a change on many campaigns."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.jobs.models import Job, JobChunk
from yunchou.kernel.jobs.registry import Queue, job_kind

from .actions import finish_trial, try_part
from .actions.trials import JOB
from .models import Trial
from .selectors import trial_address


def _finish(job: Job) -> dict[str, str]:
    """The last part is counted: the trial is complete, and where to look at it."""
    trial = finish_trial(trial=Trial.objects.get(job=job), counted=job.result)
    return {"address": trial_address(trial)}


@job_kind(
    JOB,
    label=_("Trial of a rule change"),
    queue=Queue.INTERACTIVE,
    is_atomic=False,
    timeout=timedelta(minutes=5),
    finish=_finish,
)
def try_change(job: Job, chunk: JobChunk) -> dict[str, int]:
    """Judge the items of one part."""
    return try_part(trial=Trial.objects.get(pk=chunk.payload["trial"]), ids=chunk.payload["ids"])
