"""The messages between those who start jobs and those who do them: the one module that knows `django.tasks`.

With Django 6 the import below becomes `django.tasks`. The queue carries only the id of a chunk and is nothing
but a nudge: a lost message is healed by the sweeper, a doubled one finds its chunk claimed.

Where the queue would be a table of the same database (the embedded default), no message is sent: the table of
chunks already is that queue, and workers read it themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, task, task_backends
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.management.commands.db_worker import Worker as TableWorker
from django_tasks_db.models import DBTaskResult

from .runner import run_chunk


@task()
def run_chunk_message(chunk_id: int) -> None:
    """What a broker's worker runs for one message."""
    run_chunk(chunk_id)


def needs_messages() -> bool:
    """Whether workers hear of chunks through a broker, instead of reading the table of chunks."""
    return not isinstance(task_backends[DEFAULT_TASK_BACKEND_ALIAS], DatabaseBackend)


def nudge(chunk_ids: Iterable[int]) -> None:
    """Tell the workers of these chunks; call it after the commit."""
    if needs_messages():
        for pk in chunk_ids:
            run_chunk_message.enqueue(chunk_id=pk)


def drain() -> None:
    """Do the tasks that other code has put into the database queue; returns when there are none left."""
    if needs_messages() or not DBTaskResult.objects.ready().exists():
        return
    TableWorker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name=DEFAULT_TASK_BACKEND_ALIAS,
        startup_delay=False,
        max_tasks=20,
        worker_id="yunchou",
    ).run()
