"""The last seat through real web processes: twenty guests press the button at once, one has it (issue 6, Done when 2)."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier
from time import monotonic, sleep

import pytest
from django.conf import settings
from django.db import connection

from yunchou.directory.organisation.tests.factories import company
from yunchou.kernel.core import clock
from yunchou.kernel.jobs.tests.test_workers import database_url

from ..models import Guest, Page, Place, PlaceState, Reply, Session
from .factories import make_event, make_guest, make_session

PROCESSES, PEOPLE, COUNT = 4, 20, 50
PRODUCT, TWIN = "yunchou.config.wsgi:application", "yunchou.lifecycle.events.tests.careless:application"


@pytest.mark.req("PRE-05")
@pytest.mark.stress
@pytest.mark.django_db(transaction=True)
def test_twenty_guests_and_four_web_processes_sell_one_seat_and_the_twin_without_the_guard_oversells() -> (
    None
):
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time: nobody can oversell")
    firm = company()
    subject = make_event(firm).subject
    Page.objects.update_or_create(subject=subject, defaults={"is_open": True})
    day = clock.now().replace(hour=2) + timedelta(days=30)

    def race(origin: str, number: int) -> Session:
        facts = {"starts_at": day, "ends_at": day + timedelta(hours=2), "reply_until": None}
        session = make_session(subject, firm, f"场次{number}", seats=1, **facts)
        guests = [make_guest(subject, firm, f"客人{number}-{each}", session) for each in range(PEOPLE)]
        ready = Barrier(PEOPLE)

        def press(guest: Guest) -> int:
            ready.wait()
            return accept(origin, guest)

        with ThreadPoolExecutor(PEOPLE) as crowd:
            answers = list(crowd.map(press, guests))
        assert answers == [302] * PEOPLE
        return session

    def promised(session: Session) -> int:
        return Place.objects.filter(session=session, state=PlaceState.HELD).count()

    with served(PRODUCT) as origin:
        for number in range(COUNT):
            session = race(origin, number)
            assert promised(session) == 1
            assert Place.objects.filter(session=session, state=PlaceState.WAITING).count() == PEOPLE - 1
            session.refresh_from_db()
            assert session.taken == 1
    with served(TWIN) as origin:
        assert any(promised(race(origin, COUNT + number)) > 1 for number in range(10)), (
            "the twin has to oversell, or the race is none"
        )


class _Stay(urllib.request.HTTPRedirectHandler):
    """The answer itself is what counts, not the page that it leads to."""

    def redirect_request(self, *_asked: object) -> None:
        return None


def accept(origin: str, guest: Guest) -> int:
    """Press "accept" on a guest's page; the status of what comes back."""
    told = urllib.parse.urlencode({"answer": Reply.ACCEPTED})
    line = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)
    try:
        with line.open(f"{origin}/g/{guest.token}/reply/", told.encode(), timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as answered:
        return answered.code


@contextmanager
def served(application: str) -> Iterator[str]:
    """Four web processes over the database of the test, until the block ends; where they listen."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "YUNCHOU_DATABASE_URL": database_url(),
        "YUNCHOU_SECRET": settings.SECRET_KEY,
        "YUNCHOU_BASE_URL": origin,
        "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--log-level", "warning"),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(PROCESSES), "--blocking-threads", "4", application),
    ]
    web = subprocess.Popen(command, env=environment)
    try:
        end = monotonic() + 90
        while not _answers(origin):
            assert web.poll() is None, "the web processes ended by themselves"
            assert monotonic() < end, "the web processes did not start"
            sleep(0.2)
        sleep(3)  # until all of them listen, not the first alone
        yield origin
    finally:
        web.terminate()
        web.wait(30)


def _answers(origin: str) -> bool:
    line = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        line.open(f"{origin}/healthz", timeout=2)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
