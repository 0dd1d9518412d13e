"""Backups by night, a tested restore by month, and a look at whether both happen."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core.restoring import content_holders
from yunchou.kernel.jobs.actions import start_job
from yunchou.kernel.jobs.models import Job, JobChunk
from yunchou.kernel.jobs.registry import Queue, job_kind, schedule

from . import actions, stores

content_holders.add("backups.aside", stores.is_aside)

BACKUP, TEST = "backups.backup", "backups.test"
LONGEST = timedelta(hours=6)


@job_kind(BACKUP, label=_("Back up all data"), queue=Queue.BULK, is_atomic=False, timeout=LONGEST)
def back_up(job: Job, chunk: JobChunk) -> dict[str, str]:
    """One backup; a retry after a crash makes another one, and the half of the first is swept away."""
    actions.make_backup(actor=job.actor)
    return {"address": reverse("backups:protection_detail")}


@job_kind(
    TEST,
    label=_("Test whether the newest backup can be restored"),
    queue=Queue.BULK,
    is_atomic=False,
    timeout=LONGEST,
)
def test_newest(job: Job, chunk: JobChunk) -> dict[str, str]:
    """One restore beside the data, compared and thrown away."""
    actions.try_restore(actor=job.actor)
    return {"address": reverse("backups:protection_detail")}


@schedule("backups.nightly", cron="10 2 * * *")
def back_up_nightly(fire_at: datetime) -> None:
    """Every night; a night on which no worker ran is caught up once one does."""
    start_job(kind=BACKUP, actor=None, key=f"{BACKUP}:{fire_at.isoformat()}")


@schedule("backups.monthly", cron="30 4 1 * *")
def test_monthly(fire_at: datetime) -> None:
    """On the first of the month, after that night's backup."""
    start_job(kind=TEST, actor=None, key=f"{TEST}:{fire_at.isoformat()}")


@schedule("backups.watch", cron="5 * * * *")
def watch(fire_at: datetime) -> None:
    """Whether both happened in time (K-BAK-01, K-BAK-02); whoever keeps the installation owes what is late."""
    actions.watch()
