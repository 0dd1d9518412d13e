"""The escalation with many duties: in batches, without a flood, with people who collide, and killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from time import monotonic, sleep

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from yunchou.kernel.core import clock
from yunchou.kernel.duties import climbing
from yunchou.kernel.duties.actions import owe
from yunchou.kernel.duties.climbing import MANY, escalate_due
from yunchou.kernel.duties.kinds import OWNER, DutyKind, after, declare, kinds, role
from yunchou.kernel.duties.models import Duty, Escalation
from yunchou.kernel.jobs.models import Firing, Job, State
from yunchou.kernel.jobs.registry import TICKS
from yunchou.kernel.jobs.tests.test_workers import database_url
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.actions import add_member
from yunchou.kernel.subjects.models import Role

from .factories import Company

FRIDAY = datetime(2024, 8, 2, 15, 20, tzinfo=clock.SHANGHAI)
STRESS = os.environ.get("YUNCHOU_STRESS") == "1"
SCHEDULE = "duties.escalate"
#: Works with the product's own rooms and the kind below, a few duties at a time so that a kill meets it in the middle.
PROGRAM = """
import yunchou.kernel.core.clock  # reads its variable before the settings of tests take it away
import django; django.setup()
import yunchou.kernel.duties.tests.test_climbing as tests
from django.core.management import call_command
tests.declare_kind()
tests.climbing.BATCH = 2
call_command("work", "--lease", "1")
"""


def declare_kind() -> None:
    if "tests.climb" not in kinds:
        ladder = (after(whom=OWNER), after(minutes=1, whom=role(Role.LEAD)), after(minutes=2, whom=OWNER))
        declare(
            DutyKind(
                "tests.climb", "R-RPT-01", "004 四(一)", sentence="Hand in {day}", verb="Write", ladder=ladder
            )
        )


@pytest.fixture(autouse=True, scope="module")
def _kinds() -> None:
    declare_kind()


def owing(firm: Company, count: int, due_at: datetime = FRIDAY) -> None:
    """So many duties, due at one time, each on a paper with a lead."""
    with clock.at(FRIDAY - timedelta(hours=1)):
        for number in range(count):
            paper = firm.paper()
            add_member(subject=paper, user=firm.vp, role=Role.LEAD)
            owe(
                kind="tests.climb",
                subject=paper,
                owner=firm.owner,
                due_at=due_at,
                params={"day": str(number)},
            )


def heard_of(kind: str) -> int:
    return Notification.objects.filter(kind=kind).count()


@pytest.mark.django_db
def test_a_run_asks_as_much_for_many_as_for_few_and_takes_no_more_than_it_may(
    firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    owing(firm, 4)
    with CaptureQueriesContext(connection) as few:
        assert escalate_due(now=FRIDAY) == 4
    owing(firm, 40)
    with CaptureQueriesContext(connection) as many:
        assert escalate_due(now=FRIDAY) == 40
    assert len(many) == len(few)
    monkeypatch.setattr(climbing, "BATCH", 10)
    assert escalate_due(now=FRIDAY + timedelta(minutes=1), limit=25) == 25
    assert escalate_due(now=FRIDAY + timedelta(minutes=1)) == 19
    assert escalate_due(now=FRIDAY + timedelta(minutes=1)) == 0


@pytest.mark.django_db
def test_the_first_run_after_a_standstill_floods_nobody(firm: Company) -> None:
    owing(firm, MANY - 1)
    escalate_due(now=FRIDAY + timedelta(days=5))
    assert (heard_of("duties.reminder"), heard_of("duties.escalation")) == (MANY - 1, MANY - 1)
    owing(firm, 30)
    assert escalate_due(now=FRIDAY + timedelta(days=5)) == 30
    assert (heard_of("duties.reminder"), heard_of("duties.escalation")) == (MANY, MANY), "one that says: many"
    owing(firm, 30)
    escalate_due(now=FRIDAY + timedelta(days=5, minutes=1))
    assert heard_of("duties.reminder") == MANY, "once an hour"
    owing(firm, 30)
    escalate_due(now=FRIDAY + timedelta(days=5, hours=1))
    assert heard_of("duties.reminder") == MANY + 1
    assert Escalation.objects.count() == MANY - 1 + 90, "but each is shown to the lead"


@pytest.mark.django_db(transaction=True)
def test_runs_at_the_same_moment_take_each_rung_once(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(climbing, "BATCH", 3)
    owing(firm, 12)
    barrier = Barrier(4)

    def run() -> None:
        barrier.wait()
        try:
            escalate_due(now=FRIDAY + timedelta(minutes=1))
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    escalate_due(now=FRIDAY + timedelta(minutes=1))
    assert_each_rung_once(rungs=2)


@pytest.mark.django_db(transaction=True)
def test_killed_workers_neither_lose_a_duty_nor_fire_one_twice(firm: Company) -> None:
    """Whole processes, scheduler and all; each wakes a minute after the one before and is killed around its firing."""
    kills, each = (40, 12) if STRESS else (2, 12)
    for number in range(kills):
        owing(firm, each, due_at=FRIDAY + timedelta(minutes=number))
    Firing.objects.create(schedule=SCHEDULE, fire_at=FRIDAY - timedelta(minutes=1))
    for number in range(kills):
        minute = FRIDAY + timedelta(minutes=number)
        worker = start_worker(minute - timedelta(seconds=2))
        until(
            lambda minute=minute: Firing.objects.filter(schedule=SCHEDULE, fire_at__gte=minute).exists(),
            worker,
        )
        sleep(number % 10 * 0.04)
        worker.kill()
        worker.wait()
    worker = start_worker(FRIDAY + timedelta(minutes=kills + 3))
    try:
        until(lambda: not Duty.objects.filter(next_rung_at__isnull=False).exists(), worker)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(30)
    assert_each_rung_once(rungs=3)
    # A tick in which five workers died is put aside for a person, as it may be what kills them; the next one took its work.
    assert not Job.objects.filter(state=State.PARKED).exclude(kind__in=TICKS).exists()


def assert_each_rung_once(*, rungs: int) -> None:
    """The journal is the witness: it has no constraint that would hide a rung taken twice."""
    told = JournalEntry.objects.filter(kind__in=["duties.reminded", "duties.escalated"])
    taken = Counter((entry.data["key"], entry.data["rung"]) for entry in told)
    wanted = {(duty.key, rung) for duty in Duty.objects.all() for rung in range(1, rungs + 1)}
    assert set(taken) == wanted
    assert set(taken.values()) == {1}


def start_worker(moment: datetime) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "YUNCHOU_DATABASE_URL": database_url(),
        "YUNCHOU_CLOCK": f"{moment:%Y-%m-%dT%H:%M:%S}",
        "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    return subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, stdout=subprocess.DEVNULL)


def until(condition: Callable[[], bool], worker: subprocess.Popen[bytes], seconds: float = 90) -> None:
    """Wait for what the worker is to do."""
    end = monotonic() + seconds
    while not condition():
        assert worker.poll() is None, "the worker ended"
        assert monotonic() < end, "it took too long"
        sleep(0.01)
