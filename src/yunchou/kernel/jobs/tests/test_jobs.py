"""Jobs as those who start them see them: once, in their transaction, with results, failures and progress."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import override_settings

from yunchou.kernel.core.errors import NotAllowed, WrongState
from yunchou.kernel.identity.tests.factories import allow, make_unit, make_user
from yunchou.kernel.jobs import registry, transport
from yunchou.kernel.jobs.actions import retry_job, start_job
from yunchou.kernel.jobs.models import MAX_ATTEMPTS, Job, JobChunk, State, wall
from yunchou.kernel.jobs.runner import claim, merged, park_spent, run_chunk, work_off
from yunchou.kernel.jobs.selectors import jobs_of, progress, work_health
from yunchou.kernel.journal.models import JournalEntry

from . import kinds

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_seen() -> None:
    kinds.seen.clear()
    kinds.ticks.clear()


def overdue(chunk: JobChunk, **values: object) -> None:
    """As if the worker that holds the chunk had fallen silent a minute ago."""
    JobChunk.objects.filter(pk=chunk.pk).update(
        lease_until=wall() - timedelta(minutes=1), due_at=wall() - timedelta(minutes=1), **values
    )


def test_a_job_runs_through_and_adds_up_its_results() -> None:
    job = start_job(kind="tests.count", actor=None, payloads=[{"rows": 5}, {"rows": 7}])
    assert (job.state, job.total) == (State.WAITING, 2)
    assert work_off() == 2
    job.refresh_from_db()
    assert (job.state, job.done, job.is_done) == (State.DONE, 2, True)
    assert job.result == {"rows": 12, "names": [0, 1], "last": "1", "address": "/somewhere", "finished": 1}
    assert job.finished_at is not None


def test_the_same_key_is_the_same_job() -> None:
    first = start_job(kind="tests.count", actor=None, key="import:42")
    assert start_job(kind="tests.count", actor=None, key="import:42", payloads=[{}, {}]) == first
    assert JobChunk.objects.count() == 1


def test_a_job_without_payloads_is_done() -> None:
    assert start_job(kind="tests.count", actor=None, payloads=[]).is_done


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_rolled_back_transaction_never_was() -> None:
    with transaction.atomic():
        start_job(kind="tests.urgent", actor=None)
        transaction.set_rollback(True)
    assert work_off() == 0
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
@override_settings(TASKS={"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}})
def test_a_message_backend_is_nudged_after_the_commit() -> None:
    with transaction.atomic():
        start_job(kind="tests.urgent", actor=None)
        assert kinds.seen == []
    assert kinds.seen == ["urgent"]


def test_the_embedded_queue_sends_no_messages() -> None:
    assert not transport.needs_messages()


def test_urgent_queues_go_first() -> None:
    start_job(kind="tests.bulk", actor=None)
    start_job(kind="tests.urgent", actor=None)
    work_off()
    assert kinds.seen == ["urgent", "bulk"]


def test_a_refusal_parks_at_once_and_keeps_its_words() -> None:
    job = start_job(kind="tests.refuse", actor=None)
    work_off()
    job.refresh_from_db()
    assert job.state == State.PARKED
    assert str(job.message) == "No sheet named 预算."
    assert JobChunk.objects.get().attempts == 1


def test_an_error_is_tried_again_later_and_parked_after_five_attempts() -> None:
    job = start_job(kind="tests.fail", actor=None)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert work_off() == 1
        chunk = JobChunk.objects.get()
        assert chunk.attempts == attempt
        assert chunk.due_at > wall(), "it waits before it is tried again"
        overdue(chunk)
    job.refresh_from_db()
    assert (chunk.state, job.state) == (State.PARKED, State.PARKED)
    assert job.total == 1, "what the handler wrote was rolled back"
    assert "RuntimeError" in str(job.message)
    assert "kinds.py" in str(job.message)
    assert "138" not in str(job.message), "values of an error message may be personal"
    assert work_off() == 0
    assert work_health().parked == 1


def test_a_job_of_an_unknown_kind_waits_for_a_version_that_knows_it() -> None:
    job = start_job(kind="tests.count", actor=None)
    Job.objects.update(kind="tests.gone")
    work_off()
    job.refresh_from_db()
    assert (job.is_done, JobChunk.objects.get().state) == (False, State.WAITING)


def test_a_dead_workers_chunk_is_taken_over() -> None:
    start_job(kind="tests.count", actor=None)
    chunk = claim(JobChunk.objects.get().pk)
    assert chunk is not None
    assert work_off() == 0, "the lease still runs"
    overdue(chunk)
    assert work_off() == 1
    assert Job.objects.get().state == State.DONE


def test_a_chunk_that_kills_its_workers_is_parked() -> None:
    job = start_job(kind="tests.count", actor=None)
    chunk = claim(JobChunk.objects.get().pk)
    assert chunk is not None
    overdue(chunk, attempts=MAX_ATTEMPTS)
    assert (work_off(), park_spent(), park_spent()) == (0, 1, 0)
    job.refresh_from_db()
    assert job.state == State.PARKED


def test_a_robbed_worker_finds_out() -> None:
    start_job(kind="tests.long", actor=None, payloads=[{"size": 10, "robbed": True}])
    assert work_off() == 1
    chunk = JobChunk.objects.get()
    assert (chunk.state, chunk.token, chunk.reached) == (State.RUNNING, "another worker", 3)


def test_work_of_a_robbed_atomic_worker_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    job = start_job(kind="tests.count", actor=None)
    pk = JobChunk.objects.get().pk

    def robbed(job: Job, chunk: JobChunk) -> None:
        Job.objects.filter(pk=job.pk).update(total=999)
        JobChunk.objects.filter(pk=pk).update(token="another worker")

    swapped = replace(registry.kinds["tests.count"], handler=robbed)
    monkeypatch.setitem(registry.kinds._items, "tests.count", swapped)
    assert run_chunk(pk)
    job.refresh_from_db()
    assert (job.total, job.done) == (1, 0)


def test_progress_counts_units() -> None:
    job = start_job(kind="tests.count", actor=None, payloads=[{"size": 30}, {"size": 10}])
    assert progress(job).percent is None
    first, second = job.chunks.all()
    run_chunk(first.pk)
    claim(second.pk)
    JobChunk.objects.filter(pk=second.pk).update(reached=5)
    job.refresh_from_db()
    found = progress(job)
    assert (found.done, found.total, found.percent, found.is_done) == (35, 40, 87, False)


def test_results_of_chunks_are_merged() -> None:
    assert merged(
        {"a": 1, "b": [1], "c": "x", "d": True}, {"a": 2, "b": [2], "c": "y", "d": False, "e": 1}
    ) == {
        "a": 3,
        "b": [1, 2],
        "c": "y",
        "d": False,
        "e": 1,
    }


def test_owners_see_their_jobs_and_managers_all() -> None:
    unit = make_unit()
    owner, outsider, manager = make_user(), make_user(), make_user()
    allow(manager, unit, "jobs.manage")
    job = start_job(kind="tests.count", actor=owner)
    assert list(jobs_of(owner)) == [job]
    assert list(jobs_of(outsider)) == []
    assert list(jobs_of(manager)) == [job]


def test_retry_job_sets_parked_chunks_going_again() -> None:
    owner, outsider = make_user(), make_user()
    job = start_job(kind="tests.refuse", actor=owner)
    with pytest.raises(WrongState):
        retry_job(job=job, actor=owner)
    work_off()
    with pytest.raises(NotAllowed):
        retry_job(job=job, actor=outsider)
    retry_job(job=job, actor=owner)
    job.refresh_from_db()
    assert (job.state, job.message, work_off()) == (State.RUNNING, None, 1)
    assert JournalEntry.objects.get().kind == "jobs.retried"


def test_work_health_tells_how_long_work_has_waited() -> None:
    assert work_health().lag == timedelta(0)
    start_job(kind="tests.count", actor=None)
    JobChunk.objects.update(due_at=wall() - timedelta(minutes=3))
    health = work_health()
    assert (health.workers, health.due) == (0, 1)
    assert timedelta(minutes=3) <= health.lag < timedelta(minutes=4)


@pytest.mark.django_db(transaction=True)
def test_tasks_of_other_code_in_the_database_queue_are_drained() -> None:
    start_job(kind="tests.urgent", actor=None)
    transport.run_chunk_message.enqueue(chunk_id=JobChunk.objects.get().pk)
    transport.drain()
    assert kinds.seen == ["urgent"]
