"""How many mails a second are written and handed to a local SMTP server, and whether a mail costs the same among many.

    python bench/messages.py [--sizes 100,1000,10000] [--database postgresql://…]

Rendering, consent, the row's claim and mark and the SMTP dialogue are all in it. Works in a database of its own (or the one
that is named, which is emptied) and a data folder that is thrown away.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from time import perf_counter, sleep
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
AIM, FLOOR, FLAT = 600, 200, 1.3


class Sink:
    """Takes every mail and forgets it."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 -- the name is the server's
        return "250 OK"


def serve(port: int) -> None:
    """A mail server in a process of its own."""
    from aiosmtpd.smtp import SMTP

    async def forever() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Sink()), "127.0.0.1", port)
        await server.serve_forever()

    asyncio.run(forever())


@contextmanager
def mail_server() -> Iterator[int]:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = multiprocessing.get_context("spawn").Process(target=serve, args=[port], daemon=True)
    process.start()
    for _try in range(200):
        with socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        sleep(0.05)
    try:
        yield port
    finally:
        process.terminate()
        process.join()


def prepare(folder: str, port: int, database: str) -> None:
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "yunchou.config.settings",
        "YUNCHOU_DATA_DIR": folder,
        "YUNCHOU_DATABASE_URL": database or f"sqlite:///{folder}/bench.sqlite3",
        "YUNCHOU_SMTP_URL": f"smtp://127.0.0.1:{port}",
    }
    import django
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    # The tables as the models say: the way there is not what is measured.
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)


def measure(size: int) -> float:
    """Seconds from the first chunk to the last mail, for so many readers of one mailing."""
    from yunchou.capabilities.messaging import actions
    from yunchou.capabilities.messaging.tests.factories import (
        make_mailing,
        make_readers,
        make_sender,
        make_subject,
        make_writer,
    )
    from yunchou.kernel.identity.tests.factories import make_unit
    from yunchou.kernel.jobs.runner import work_off

    unit = make_unit(f"区域{size}")
    make_sender(unit)
    make_readers(unit, size)
    writer = make_writer(unit)
    mailing = make_mailing(make_subject(unit), writer)
    actions.start_mailing(mailing=mailing, actor=writer)
    actions.begin(mailing=mailing)
    begun = perf_counter()
    work_off(1_000_000)
    taken = perf_counter() - begun
    sent = mailing.messages.filter(state="sent").count()
    assert sent == size, f"{sent} of {size} were sent"
    return taken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, mail_server() as port:
        prepare(folder, port, options.database)
        measure(20)  # what is loaded once is not measured
        costs = {}
        for size in map(int, options.sizes.split(",")):
            taken = measure(size)
            costs[size] = taken / size
            print(
                f"{size:>6} mails {taken:7.2f} s   {size / taken:6.0f} a second   {costs[size] * 1000:.2f} ms each"
            )
    slowest = 1 / max(costs.values())
    flat = costs[max(costs)] / costs[min(costs)]
    print(
        f"slowest {slowest:.0f}/s (aim {AIM}, at least {FLOOR})   most against fewest {flat:.2f}x (at most {FLAT})"
    )
    return 0 if slowest >= FLOOR and flat <= FLAT else 1


if __name__ == "__main__":
    sys.exit(main())
