"""How long it takes to work out a schedule of 10,000 tasks, against a bare pass over lists, and to play one through.

    python bench/schedule.py [--tasks 10000] [--played 500] [--plays 1000] [--runs 9] [--save] [--json]

The bare pass puts numbers into lists and goes over them forward and back; it is given its tasks in order, without loops, and
with numbers in place of dates. The schedule begins with tasks and links as they are loaded, shuffled, and ends with the
critical path. Limit: three times the bare pass, medians of the same run, on calendar days and on working days.
Playing 1,000 runs of a plan of 500 tasks stays under 5 s. With `--save` the plan is also written into a new SQLite database, and
moved with its event: each under 1 s. All in processor time. Exits with 1 where something misses.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import median
from time import process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from yunchou.capabilities.work.schedule import (
    CALENDAR_DAYS,
    Axis,
    Estimate,
    Job,
    Link,
    Schedule,
    WorkingDays,
    readiness_of,
)
from yunchou.kernel.calendar.days import WorkingCalendar

FIRST = date(2026, 1, 5)
FLOOR, SECONDS, SAVED = 3.0, 5.0, 1.0


def main() -> int:
    """Measure, tell, and say whether the limits are kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--played", type=int, default=500)
    parser.add_argument("--plays", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    jobs, links = network(chosen.tasks)
    floor = _median(bare(jobs, links), chosen.runs)
    found: dict[str, Any] = {"tasks": chosen.tasks, "links": len(links), "bare_ms": round(floor * 1000, 1)}
    axes = {"calendar days": CALENDAR_DAYS, "working days": WorkingDays(WorkingCalendar().is_working_day)}
    for name, axis in axes.items():
        taken = _median(worked_out(jobs, links, axis), chosen.runs)
        found[name] = {"ms": round(taken * 1000, 1), "ratio": round(taken / floor, 2)}
    found["play_s"] = round(_once(played(chosen.played, chosen.plays)), 2)
    is_kept = all(found[name]["ratio"] <= FLOOR for name in axes) and found["play_s"] < SECONDS
    if chosen.save:
        found |= saved(chosen.tasks)
        is_kept = is_kept and max(found["save_s"], found["move_s"]) < SAVED
    print(json.dumps(found) if chosen.json else "\n".join(f"{key}: {value}" for key, value in found.items()))
    return 0 if is_kept else 1


def network(count: int) -> tuple[tuple[Job, ...], tuple[Link, ...]]:
    """A plan of so many tasks, each behind one to three of the thirty before it, in a shuffled order."""
    random = Random(count)
    jobs, links = [], []
    for n in range(count):
        start = FIRST + timedelta(n // 30)
        jobs.append(Job(n, start, start + timedelta(random.randint(1, 8))))
        near = range(max(0, n - 30), n)
        links += [Link(other, n) for other in random.sample(near, min(len(near), random.randint(1, 3)))]
    random.shuffle(jobs)
    return tuple(jobs), tuple(links)


def bare(jobs: tuple[Job, ...], links: tuple[Link, ...]) -> Callable[[], object]:
    """Numbers into lists, and one pass forward and one back over them: what no schedule can do without."""
    days = [(job.end_on - job.start_on).days for job in sorted(jobs, key=lambda each: each.key)]  # type: ignore[operator]
    pairs = [(link.predecessor, link.task) for link in links]

    def passes() -> object:
        before: list[list[int]] = [[] for _each in days]
        after: list[list[int]] = [[] for _each in days]
        for first, second in pairs:
            before[second].append(first)
            after[first].append(second)
        ends = [0] * len(days)
        for n, own in enumerate(days):
            start = 0
            for other in before[n]:
                if ends[other] > start:
                    start = ends[other]
            ends[n] = start + own
        length = max(ends)
        latest = [length] * len(days)
        for n in range(len(days) - 1, -1, -1):
            end = length
            for other in after[n]:
                limit = latest[other] - days[other]
                if limit < end:
                    end = limit
            latest[n] = end
        return {n for n, end in enumerate(ends) if latest[n] == end}

    return passes


def worked_out(jobs: tuple[Job, ...], links: tuple[Link, ...], axis: Axis) -> Callable[[], object]:
    """From the tasks as they are loaded to the critical path."""
    return lambda: Schedule(jobs, links, axis).critical


def played(count: int, plays: int) -> Callable[[], object]:
    """The chance to be ready with a plan of so many tasks."""
    jobs, links = network(count)
    schedule = Schedule(jobs, links)
    estimates = {job.key: Estimate(1, 3, 9) for job in jobs}
    return lambda: readiness_of(schedule, estimates, FIRST + timedelta(90), runs=plays)


def saved(count: int) -> dict[str, float]:
    """Seconds for writing a plan of so many tasks with its links, and for moving it with its event."""
    import os
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as scratch:
        os.environ["YUNCHOU_DATABASE_URL"] = f"sqlite:///{scratch}/bench.db"
        os.environ["YUNCHOU_DATA_DIR"] = scratch
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunchou.config.settings")
        return _saved(count)


def _saved(count: int) -> dict[str, float]:
    import django

    django.setup()
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command
    from django.db import transaction

    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", verbosity=0, run_syncdb=True)
    from yunchou.capabilities.work.actions.events import move_tasks
    from yunchou.capabilities.work.models import Dependency, GanttTask, ScheduleSetting
    from yunchou.capabilities.work.shifting import going
    from yunchou.capabilities.work.stores import TASKS
    from yunchou.capabilities.work.tables import TaskRow
    from yunchou.kernel.identity.models import Unit
    from yunchou.kernel.subjects.models import Subject

    jobs, links = network(count)
    jobs = tuple(sorted(jobs, key=lambda each: each.key))
    before: dict[int, list[str]] = {}
    for link in links:
        before.setdefault(link.task, []).append(f"T{link.predecessor + 1} SS")
    rows = [
        TaskRow(
            name=f"任务{job.key}",
            start_on=job.start_on,
            end_on=job.end_on,
            predecessors=tuple(before.get(job.key, ())),
        )
        for job in jobs
    ]
    unit = Unit.objects.create(name="华东", code="east", kind=Unit.Kind.REGION)
    subject = Subject.objects.create(kind="campaign", unit=unit, title="bench", address="/")

    def save() -> None:
        with transaction.atomic():
            TASKS.save(subject, rows)

    def move() -> None:
        with transaction.atomic():
            setting = ScheduleSetting.objects.get(subject=subject)
            event_on = FIRST + timedelta(60)
            move_tasks(subject, setting, event_on, going(subject, setting, event_on), frozenset())

    taken = {"save_s": round(_once(save), 2)}
    assert (GanttTask.objects.count(), Dependency.objects.count()) == (count, len(links))
    with transaction.atomic():
        ScheduleSetting.objects.create(subject=subject, event_on=FIRST + timedelta(30))
    return taken | {"move_s": round(_once(move), 2)}


def _once(work: Callable[[], object]) -> float:
    """Seconds of processor time: what else runs on the machine does not count."""
    begin = process_time()
    work()
    return process_time() - begin


def _median(work: Callable[[], object], runs: int) -> float:
    work()
    return median(_once(work) for _run in range(runs))


if __name__ == "__main__":
    sys.exit(main())
