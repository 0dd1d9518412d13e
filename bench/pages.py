"""How the campaign list, the home page and a campaign's page grow with the number of campaigns.

    python bench/pages.py [--small 100] [--large 10000] [--rounds 30] [--json] [--no-postgres]

Makes the demo company with few campaigns and with many, asks for each page as somebody who sees them all, in-process,
and compares: the number of queries must not grow, the median of the time at most 1.5 times as long and below 100 ms.
Runs on SQLite, and on a throw-away PostgreSQL where one is at hand. Exits with 1 where a page misses.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RATIO, LIMIT_MS = 1.5, 100.0
WARM_UP = 3
# Who looks: the vice president sees every campaign, the lead has most of his own.
PAGES = (
    ("list", "xu", "/campaigns/"),
    ("home", "zhang", "/"),
    ("home of the group", "xu", "/"),
    ("campaign", "zhang", ""),
)


def main() -> int:
    """Measure every database at hand, tell, and say whether all pages keep their limits."""
    chosen = options(__doc__ or "", small=100, large=10_000)
    if chosen.inside:
        print(json.dumps(_measure(chosen.small, chosen.large, chosen.rounds)))
        return 0
    told = {name: _told(in_process(__file__, url, chosen)) for name, url in databases(chosen.postgres)}
    print(json.dumps(told, ensure_ascii=False) if chosen.json else table(told))
    return 0 if all(page["ok"] for pages in told.values() for page in pages) else 1


def options(about: str, *, small: int, large: int) -> argparse.Namespace:
    """The choices of a measurement that compares few with many."""
    parser = argparse.ArgumentParser(description=about.split("\n")[0])
    parser.add_argument("--small", type=int, default=small)
    parser.add_argument("--large", type=int, default=large)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--no-postgres", dest="postgres", action="store_false")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def databases(with_postgres: bool) -> Iterator[tuple[str, str]]:
    """Each database with its URL; an empty one stands for SQLite in the data folder of the run."""
    yield "SQLite", ""
    if not with_postgres:
        return
    sys.path.insert(0, str(ROOT))
    from tools.machine import NotHere, database_server

    with ExitStack() as stack:
        try:
            url = stack.enter_context(database_server())
        except NotHere as missing:
            print(f"Without PostgreSQL: {missing}", file=sys.stderr)
            return
        yield "PostgreSQL", url


def in_process(script: str, url: str, chosen: argparse.Namespace) -> list[dict[str, Any]]:
    """What `script --inside` measures in a process of its own: settings are read once per process."""
    with tempfile.TemporaryDirectory(prefix="yunchou-bench-") as folder:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "yunchou.config.settings",
            "YUNCHOU_DATA_DIR": folder,
            "PYTHONPATH": str(ROOT / "src"),
            "YUNCHOU_DEMO": "1",
        }
        environment.pop("YUNCHOU_DATABASE_URL", None)
        if url:
            environment["YUNCHOU_DATABASE_URL"] = url
        sizes = [
            "--small",
            str(chosen.small),
            "--large",
            str(chosen.large),
            "--rounds",
            str(chosen.rounds),
        ]
        command = [sys.executable, script, "--inside", *sizes]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, cwd=ROOT)
        found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
        return found


def seeded() -> None:
    """The demo company in the database of this process, and pages that can be asked for without a server."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS = ["*"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.SECURE_SSL_REDIRECT = False
    call_command("migrate", verbosity=0)
    call_command("seed", stdout=sys.stderr)


def _measure(small: int, large: int, rounds: int) -> list[dict[str, Any]]:
    seeded()
    grow_demo(small)
    before = [_page(*page, rounds) for page in PAGES]
    grow_demo(large)
    after = [_page(*page, rounds) for page in PAGES]
    names = [name for name, _user, _address in PAGES]
    return [{"what": n, "small": b, "large": a} for n, b, a in zip(names, before, after, strict=True)]


def grow_demo(wanted: int) -> None:
    """Add campaigns in bulk until there are so many, and let the database look at them once."""
    from django.core.management import call_command
    from django.db import connection

    from yunchou.lifecycle.campaigns.models import Campaign

    missing = wanted - Campaign.objects.count()
    call_command("seed", "--campaigns", str(missing), stdout=sys.stderr)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _page(name: str, username: str, address: str, rounds: int) -> dict[str, float]:
    """Queries of one page, and milliseconds: median and least of the whole time, median of the processor's time."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from yunchou.kernel.identity.models import User
    from yunchou.lifecycle.campaigns.models import Campaign

    client = Client()
    client.force_login(User.objects.get(username=username))
    address = address or Campaign.objects.get(name="青春焕新·校园行动").get_absolute_url()
    for _round in range(WARM_UP):
        answer = client.get(address)
        assert answer.status_code == 200, f"{name}: {answer.status_code}"
    times, busy = [], []
    for _round in range(rounds):
        start, worked = time.perf_counter(), time.process_time()
        client.get(address)
        times.append((time.perf_counter() - start) * 1000)
        busy.append((time.process_time() - worked) * 1000)
    counted = []
    for _round in range(WARM_UP):  # the least: now and then a page looks whether the calendar was changed
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counted.append(len(queries))
    return {
        "queries": min(counted),
        "ms": round(statistics.median(times), 1),
        "least": round(min(times), 1),
        "cpu": round(statistics.median(busy), 1),
    }


def _told(pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The measurements with their ratio, and whether the limits are kept."""
    for page in pages:
        small, large = page["small"], page["large"]
        page["ratio"] = round(large["ms"] / small["ms"], 2)
        grows = large["queries"] > small["queries"]
        page["ok"] = not grows and page["ratio"] <= RATIO and large["ms"] < LIMIT_MS
    return pages


def table(told: dict[str, list[dict[str, Any]]]) -> str:
    """What was measured with few and with many, a line each."""
    lines = ["database    what                queries        median ms          ratio"]
    for name, rows in told.items():
        for row in rows:
            small, large = row["small"], row["large"]
            lines.append(
                f"{name:11} {row['what']:19} {small['queries']:3} / {large['queries']:<3}    "
                f"{small['ms']:7} / {large['ms']:<7}   {row['ratio']:5}  {'' if row['ok'] else 'misses'}"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
