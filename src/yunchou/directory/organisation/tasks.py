"""Work in the background: long lists, and the reports that heads of marketing centres owe."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.jobs.models import Job, JobChunk
from yunchou.kernel.jobs.registry import CatchUp, Queue, job_kind, schedule
from yunchou.kernel.jobs.runner import beat

from . import actions
from .actions.exchange import JOB
from .models import ListImport

READ = 0.1
"""Of the work is done once the workbook is read; the lines themselves come to light only together, or not at all."""


def _address(job: Job) -> dict[str, str]:
    """Where the result is."""
    return {"address": ListImport.objects.get(pk=job.chunks.get().payload["import"]).get_absolute_url()}


@job_kind(
    JOB,
    label=_("Import of units, people and posts"),
    queue=Queue.INTERACTIVE,
    is_atomic=False,
    finish=_address,
)
def import_lists(job: Job, chunk: JobChunk) -> None:
    """Look at a long list, or take it over; what was taken over by a worker that died then is left alone."""
    handed = ListImport.objects.select_related("file", "actor").get(pk=chunk.payload["import"])
    beat(chunk, reached=int(chunk.size * READ))
    if chunk.payload["step"] == "look":
        actions.look_at_lists(handed=handed)
    elif handed.applied_at is None:
        try:
            actions.apply_lists(handed=handed, actor=handed.actor)
        except WrongState as refused:
            # A fault that came up since the look stands at its line on the page; the job itself has done its work.
            if refused.code != "faulty":
                raise


# Every missed first of a month is made up for, so that no period goes without its report.
@schedule("organisation.owe_centre_reports", cron="10 0 1 * *", catch_up=CatchUp.EVERY)
def owe_reports(fire_at: datetime) -> None:
    """Let the heads of marketing centres owe the report on the month or quarter that is over."""
    actions.owe_centre_reports(day=clock.local(fire_at).date())
