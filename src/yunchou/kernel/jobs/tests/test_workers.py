"""Real processes and threads: races for a chunk, workers killed in the middle, a polite end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from threading import Barrier, Thread
from time import monotonic, sleep

import pytest
from django.conf import settings
from django.db import connection

from yunchou.kernel.core import clock
from yunchou.kernel.jobs import registry
from yunchou.kernel.jobs.actions import start_job
from yunchou.kernel.jobs.models import Firing, Job, JobChunk, State, WorkerBeat
from yunchou.kernel.jobs.runner import Hold, claim, work_off
from yunchou.kernel.jobs.scheduler import fire_due
from yunchou.kernel.jobs.selectors import workers_alive
from yunchou.kernel.jobs.worker import Worker

from . import kinds

pytestmark = pytest.mark.django_db(transaction=True)
STRESS = os.environ.get("YUNCHOU_STRESS") == "1"
PROGRAM = """
import django; django.setup()
import yunchou.kernel.jobs.tests.kinds
from django.core.management import call_command
call_command("work", "--lease", "1", *{options!r})
"""


@pytest.fixture
def ledger() -> Iterator[None]:
    with kinds.ledger():
        yield


def database_url() -> str:
    """The test database, for another process."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    account = ":".join(part for part in (found["USER"], found["PASSWORD"]) if part)
    host = found["HOST"] or ""
    place, query = ("", f"?host={host}") if host.startswith("/") else (host, "")
    port = f":{found['PORT']}" if found["PORT"] else ""
    return f"postgresql://{account}{'@' if account else ''}{place}{port}/{found['NAME']}{query}"


def start_worker(*options: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "YUNCHOU_DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    program = PROGRAM.format(options=options)
    return subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.DEVNULL)


def until(condition: object, seconds: float = 60) -> None:
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "it took too long"
        sleep(0.02)


def in_threads(count: int, work: object) -> None:
    """Do the same thing in several threads at the same moment."""
    barrier = Barrier(count)

    def run() -> None:
        barrier.wait()
        try:
            work()
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_threads_claim_a_chunk_and_one_wins() -> None:
    rounds = 100 if STRESS else 10
    for _ in range(rounds):
        start_job(kind="tests.count", actor=None)
        pk = JobChunk.objects.latest("pk").pk
        won: list[JobChunk] = []

        def take(pk: int = pk, won: list[JobChunk] = won) -> None:
            if chunk := claim(pk):
                won.append(chunk)

        in_threads(2, take)
        assert len(won) == 1
        assert JobChunk.objects.get(pk=pk).attempts == 1


def test_threads_that_fire_the_same_schedule_fire_it_once() -> None:
    five = registry.schedules["tests.every_five"]
    with clock.at("2024-08-02T15:02"):
        fire_due(five, clock.now())
    now = clock.moment(clock.local(Firing.objects.get().fire_at).date(), 15, 5)
    in_threads(4, lambda: fire_due(five, now))
    assert Firing.objects.filter(schedule=five.name).count() == 2
    assert Job.objects.count() == 1


@pytest.mark.usefixtures("ledger")
def test_workers_killed_in_the_middle_leave_every_effect_exactly_once() -> None:
    """The effects stand in a table without constraints, so that a doubled one would show."""
    kills, chunks, items = (10, 60, 20) if STRESS else (2, 12, 10)
    payloads = [{"items": items, "pause": 0.01} for _ in range(chunks)]
    job = start_job(kind="tests.ledger", actor=None, payloads=payloads)

    def done() -> int:
        return JobChunk.objects.filter(state=State.DONE).count()

    for _ in range(kills):
        before, worker = done(), start_worker()
        try:
            until(lambda before=before: done() > before)
            until(lambda: JobChunk.objects.filter(state=State.RUNNING).exists() or done() == chunks)
        finally:
            worker.kill()
            worker.wait()
    worker = start_worker()
    try:
        until(lambda: Job.objects.get(pk=job.pk).is_done)
    finally:
        worker.terminate()
        assert worker.wait(20) == 0
    job.refresh_from_db()
    assert (job.state, job.done, job.result["written"]) == (State.DONE, chunks, chunks * items)
    assert kinds.entries() == [(chunk, item) for chunk in range(chunks) for item in range(items)]


@pytest.mark.usefixtures("ledger")
def test_sigterm_finishes_the_chunk_in_hand() -> None:
    start_job(kind="tests.ledger", actor=None, payloads=[{"items": 20, "pause": 0.05}, {"items": 1}])
    worker = start_worker()
    until(lambda: JobChunk.objects.filter(state=State.RUNNING).exists())
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    assert [chunk.state for chunk in JobChunk.objects.all()] == [State.DONE, State.WAITING]
    assert len(kinds.entries()) == 20
    assert not WorkerBeat.objects.exists()


def test_a_worker_in_this_process_beats_and_stops() -> None:
    worker = Worker(lease=3)
    start_job(kind="tests.count", actor=None)
    thread = Thread(target=worker.run)
    thread.start()
    try:
        until(lambda: Job.objects.filter(state=State.DONE).exists(), 20)
        until(lambda: workers_alive() == 1, 20)
    finally:
        worker.stop()
        thread.join(20)
    assert workers_alive() == 0


def test_a_worker_limited_to_some_queues_leaves_the_others() -> None:
    worker = Worker(queues=[kinds.Queue.ALERTS])
    start_job(kind="tests.bulk", actor=None)
    assert not worker._work_once()
    assert work_off() == 1


def test_a_hold_is_given_up_after_the_kinds_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler that hangs must not keep its chunk for ever because its process still beats."""
    worker = Worker(lease=30)
    start_job(kind="tests.count", actor=None)
    chunk = claim(JobChunk.objects.get().pk)
    assert chunk is not None
    hold = Hold(chunk, registry.kinds["tests.count"], worker.lease)
    worker._hold(hold)
    before = JobChunk.objects.get().lease_until
    worker._give_sign()
    extended = JobChunk.objects.get().lease_until
    assert extended > before
    hold.begun -= 601
    worker._give_sign()
    assert JobChunk.objects.get().lease_until == extended
