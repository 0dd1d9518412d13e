"""How long the server takes for a drag in a Gantt of 500 tasks, and for the portfolio of 200 campaigns.

    python bench/gantt.py [--tasks 500] [--campaigns 200] [--each 30] [--runs 7] [--json]

Both are asked for through the whole stack, signed in, on a new SQLite database; medians of the same run, after one that
warms up. Beside the times stands their ratio to a quarter of the work: a page that asks more the more there is grows no
faster than that. Limits: 200 ms for the drag, 300 ms for the portfolio. Exits with 1 where something misses.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

DRAG, PORTFOLIO = 0.2, 0.3
FIRST = date(2026, 1, 5)


def main() -> int:
    """Measure, tell, and say whether the limits are kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--tasks", type=int, default=500)
    parser.add_argument("--campaigns", type=int, default=200)
    parser.add_argument("--each", type=int, default=30)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with TemporaryDirectory() as scratch:
        prepare(scratch)
        found = measured(chosen)
    is_kept = found["drag_ms"] < DRAG * 1000 and found["portfolio_ms"] < PORTFOLIO * 1000
    print(json.dumps(found) if chosen.json else "\n".join(f"{key}: {value}" for key, value in found.items()))
    return 0 if is_kept else 1


def prepare(scratch: str) -> None:
    """An empty database with every table, and a kind of subject of its own."""
    os.environ["YUNCHOU_DATABASE_URL"] = f"sqlite:///{scratch}/bench.db"
    os.environ["YUNCHOU_DATA_DIR"] = scratch
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunchou.config.settings")
    import django

    django.setup()
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS = ["*"]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", verbosity=0, run_syncdb=True)
    from yunchou.capabilities.work.permissions import Perm
    from yunchou.kernel.subjects.kinds import SubjectKind, declare

    declare(SubjectKind("bench", "Bench", view_perm=Perm.EDIT))


def measured(chosen: argparse.Namespace) -> dict[str, Any]:
    """The times in milliseconds, each with its ratio to a quarter of the work."""
    from django.test import Client
    from django.urls import reverse

    from yunchou.kernel.identity.models import Unit, User

    unit = Unit.objects.create(name="华东", code="east", kind=Unit.Kind.REGION)
    small, large = (
        User.objects.create(username=name, name=name, email=f"{name}@example.com")
        for name in ("small", "large")
    )
    little, big = (plan(unit, large, count=count) for count in (chosen.tasks // 4, chosen.tasks))
    for n in range(chosen.campaigns):
        plan(unit, *((small, large) if n < chosen.campaigns // 4 else (large,)), count=chosen.each)
    clients = {}
    for user in (small, large):
        clients[user] = Client(SERVER_NAME="localhost")
        clients[user].force_login(user)
    address = reverse("work:portfolio") + f"?from={FIRST.isoformat()}&weeks=12"
    portfolio = taken(lambda: get(clients[large], address), chosen.runs)
    quarter = taken(lambda: get(clients[small], address), chosen.runs)
    drag, drag_quarter = (taken(dragging(clients[large], one), chosen.runs) for one in (big, little))
    return {
        "portfolio_ms": round(portfolio * 1000),
        "portfolio_ratio": round(portfolio / quarter, 2),
        "drag_ms": round(drag * 1000),
        "drag_ratio": round(drag / drag_quarter, 2),
    }


def plan(unit: Any, *leads: Any, count: int) -> Any:
    """A subject with so many tasks in chains of ten, led by these people."""
    from yunchou.capabilities.work.models import Dependency, GanttTask
    from yunchou.kernel.core import bulk
    from yunchou.kernel.subjects.models import Member, Role, Subject

    subject = Subject.objects.create(kind="bench", unit=unit, title=f"活动 {count}", address="/")
    for user in leads:
        Member.objects.create(subject=subject, user=user, role=Role.LEAD)
    rows = [
        GanttTask(
            subject=subject, position=n + 1, name=f"任务{n}", owner=leads[-1],
            start_on=FIRST + timedelta(3 * (n % 10)), end_on=FIRST + timedelta(3 * (n % 10) + 2),
            baseline_end_on=FIRST + timedelta(3 * (n % 10) + 2), is_milestone=n % 10 == 9,
        )
        for n in range(count)
    ]  # fmt: skip
    bulk.insert(rows)
    tasks = list(GanttTask.objects.filter(subject=subject).order_by("position"))
    links = [Dependency(task=tasks[n], predecessor=tasks[n - 1]) for n in range(count) if n % 10]
    bulk.insert(links)
    return subject


def get(client: Any, address: str) -> None:
    """One page, which has to be there."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code


def dragging(client: Any, subject: Any) -> Callable[[], None]:
    """A bar goes to and fro by a day."""
    from django.urls import reverse

    from yunchou.capabilities.work.models import GanttTask

    task = GanttTask.objects.filter(subject=subject).order_by("-position")[0]
    assert task.start_on is not None
    assert task.end_on is not None
    start, end = task.start_on, task.end_on
    address, step = reverse("work:task_drag", args=[subject.pk]), [0]

    def drag() -> None:
        step[0] = 1 - step[0]
        body = {
            "id": task.pk,
            "start": str(start + timedelta(step[0])),
            "end": str(end + timedelta(step[0])),
        }
        answer = client.post(address, json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, answer.content[:300]

    return drag


def taken(work: Callable[[], object], runs: int) -> float:
    """Seconds of processor time, the median of so many runs after one that warms up: what else runs does not count."""
    work()
    times = []
    for _run in range(runs):
        begin = process_time()
        work()
        times.append(process_time() - begin)
    return median(times)


if __name__ == "__main__":
    sys.exit(main())
