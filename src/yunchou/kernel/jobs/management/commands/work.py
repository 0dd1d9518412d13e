from __future__ import annotations

import signal
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from yunchou.kernel.jobs.models import JobChunk
from yunchou.kernel.jobs.registry import Queue
from yunchou.kernel.jobs.worker import Worker


class Command(BaseCommand):
    help = "Do background jobs, fire schedules and sweep, until SIGTERM; the chunk in hand is finished first."

    def add_arguments(self, parser: CommandParser) -> None:
        names = ",".join(queue.name.lower() for queue in Queue)
        parser.add_argument(
            "--queues", default=names, help="which queues, most urgent first (default: %(default)s)"
        )
        parser.add_argument(
            "--threads", type=int, default=1, help="chunks done at the same time (default: %(default)s)"
        )
        parser.add_argument(
            "--lease",
            type=float,
            default=JobChunk.LEASE,
            help="seconds after which a silent worker's chunk is taken over (default: %(default)s)",
        )

    def handle(self, *, queues: str, threads: int, lease: float, **options: Any) -> None:
        worker = Worker(
            queues=[Queue[name.strip().upper()] for name in queues.split(",")], threads=threads, lease=lease
        )

        def stop(number: int, frame: FrameType | None) -> None:
            worker.stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        if options["verbosity"]:
            self.stdout.write(f"worker {worker.name} ready")
        worker.run()
