"""Work in the background: large workbooks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.jobs.models import Job, JobChunk
from yunchou.kernel.jobs.registry import Queue, job_kind
from yunchou.kernel.jobs.runner import beat

from .import_models import ImportRun
from .imports import JOB, Tell, check_workbook, create_from_workbook


def _address(job: Job) -> dict[str, str]:
    """Where the result is: the campaign once there is one, else the findings."""
    run = ImportRun.objects.select_related("campaign").get(pk=job.chunks.get().payload["run"])
    return {"address": (run.campaign or run).get_absolute_url()}


@job_kind(JOB, label=_("Import of a workbook"), queue=Queue.INTERACTIVE, is_atomic=False, finish=_address)
def import_workbook(job: Job, chunk: JobChunk) -> None:
    """Judge a large workbook, or make its campaign; a campaign that is there already is left alone."""
    run = ImportRun.objects.select_related("unit", "file", "actor").get(pk=chunk.payload["run"])
    if chunk.payload["step"] == "check":
        check_workbook(run=run, tell=_tell(chunk))
    elif run.campaign_id is None:
        create_from_workbook(run=run, actor=run.actor, tell=_tell(chunk))


def _tell(chunk: JobChunk) -> Tell:
    """Reports progress as rows done; at the end the job itself says so."""
    return lambda share: beat(chunk, reached=int(chunk.size * share)) if share < 1 else None
