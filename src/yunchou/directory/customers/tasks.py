"""Work in the background: long lists; at night, records that nobody has confirmed for long, grades that run out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core.errors import Refused
from yunchou.kernel.jobs.models import Job, JobChunk
from yunchou.kernel.jobs.registry import CatchUp, Queue, job_kind, schedule
from yunchou.kernel.jobs.runner import beat

from .actions.grading import end_grades
from .actions.list_lines import check_lines, give_back
from .actions.list_taking import take_lines
from .actions.lists import CHECK_JOB, TAKE_JOB, destroy_old_lists, finish_list
from .actions.placing import settle_all
from .actions.verifying import owe_verifications
from .models import CustomerList


@schedule("customers.owe_verifications", cron="40 0 * * *", catch_up=CatchUp.LAST)
def owe_looks(fire_at: datetime) -> None:
    """Lay down the duties to look at old records."""
    owe_verifications()


@schedule("customers.end_grades", cron="10 0 * * *", catch_up=CatchUp.LAST)
def end_old_grades(fire_at: datetime) -> None:
    """Take away grades whose validity has ended, then move every record that does not stand where it belongs."""
    end_grades()
    settle_all()


@schedule("customers.destroy_lists", cron="50 0 * * *", catch_up=CatchUp.LAST)
def destroy_lists(fire_at: datetime) -> None:
    """Destroy lists that are no longer needed."""
    destroy_old_lists()


@job_kind(
    CHECK_JOB,
    label=_("Check a list of customers"),
    queue=Queue.BULK,
    is_atomic=False,
    timeout=timedelta(hours=2),
)
def check_in_background(job: Job, chunk: JobChunk) -> None:
    """Look at every line of a long list. One that is refused on the way goes back to its columns, with the reason."""
    handed = CustomerList.objects.get(pk=chunk.payload["list"])
    try:
        check_lines(handed, lambda done: beat(chunk, reached=done))
    except Refused:
        give_back(handed)
        raise


def _finish(job: Job) -> dict[str, int]:
    first = job.chunks.first()
    assert first is not None
    return finish_list(CustomerList.objects.get(pk=first.payload["list"]))


@job_kind(TAKE_JOB, label=_("Take a list of customers over"), queue=Queue.BULK, finish=_finish)
def take_in_background(job: Job, chunk: JobChunk) -> dict[str, int]:
    """One batch of a long list, in one transaction with the word that it is done."""
    handed = CustomerList.objects.get(pk=chunk.payload["list"])
    return {"taken": take_lines(handed, chunk.payload["first"], chunk.payload["last"])}
