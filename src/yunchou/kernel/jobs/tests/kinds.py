"""Kinds and schedules that only tests know; importing this module declares them, in worker processes too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from time import sleep

from django.db import connection

from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say
from yunchou.kernel.jobs.models import Job, JobChunk
from yunchou.kernel.jobs.registry import CatchUp, Queue, job_kind, schedule
from yunchou.kernel.jobs.runner import beat

LEDGER = "jobs_test_ledger"
ticks: list[datetime] = []
seen: list[str] = []


@contextmanager
def ledger() -> Iterator[None]:
    """A table without any constraint: it would show every effect that happened twice."""
    with connection.cursor() as cursor:
        cursor.execute(f"create table {LEDGER} (chunk integer, item integer)")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"drop table {LEDGER}")


def entries() -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(f"select chunk, item from {LEDGER} order by chunk, item")
        return cursor.fetchall()


@job_kind("tests.ledger", label="Ledger", queue=Queue.BULK)
def write_ledger(job: Job, chunk: JobChunk) -> dict[str, int]:
    """Write the chunk's items one by one, slowly, so that a kill meets it in the middle."""
    with connection.cursor() as cursor:
        for item in range(chunk.payload["items"]):
            cursor.execute(f"insert into {LEDGER} (chunk, item) values (%s, %s)", [chunk.seq, item])
            sleep(chunk.payload.get("pause", 0))
    return {"written": chunk.payload["items"]}


def finish_count(job: Job) -> dict[str, object]:
    return {"address": "/somewhere", "finished": 1}


@job_kind("tests.count", label="Count", finish=finish_count)
def count(job: Job, chunk: JobChunk) -> dict[str, object]:
    return {"rows": chunk.payload.get("rows", 1), "names": [chunk.seq], "last": f"{chunk.seq}"}


@job_kind("tests.refuse", label="Refuse")
def refuse(job: Job, chunk: JobChunk) -> None:
    raise Invalid(say("No sheet named {name}.", name="预算"))


@job_kind("tests.fail", label="Fail")
def fail(job: Job, chunk: JobChunk) -> None:
    Job.objects.filter(pk=job.pk).update(total=999)
    raise RuntimeError("phone 13800138000")


@job_kind("tests.long", label="Long", is_atomic=False)
def take_long(job: Job, chunk: JobChunk) -> None:
    """Gives signs of life, and is robbed of its chunk half way if the payload says so."""
    beat(chunk, reached=3)
    seen.append(JobChunk.objects.get(pk=chunk.pk).token)
    if chunk.payload.get("robbed"):
        JobChunk.objects.filter(pk=chunk.pk).update(token="another worker")
        beat(chunk, reached=4)


@job_kind("tests.urgent", label="Urgent", queue=Queue.ALERTS)
def urgent(job: Job, chunk: JobChunk) -> None:
    seen.append("urgent")


@job_kind("tests.bulk", label="Bulk", queue=Queue.BULK)
def bulk(job: Job, chunk: JobChunk) -> None:
    seen.append("bulk")


@schedule("tests.every_five", cron="*/5 * * * *")
def every_five(fire_at: datetime) -> None:
    ticks.append(fire_at)


@schedule("tests.every_five_each", cron="*/5 * * * *", catch_up=CatchUp.EVERY)
def every_five_each(fire_at: datetime) -> None:
    ticks.append(fire_at)


@schedule("tests.daily_only_live", cron="0 17 * * *", catch_up=CatchUp.NONE)
def daily_only_live(fire_at: datetime) -> None:
    ticks.append(fire_at)
