"""Real worker processes that are killed while they send: nobody gets a message twice, and every doubt is listed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.conf import settings as configured
from pytest_django import Settings

from yunchou.capabilities.messaging import actions
from yunchou.capabilities.messaging.models import Message, MessageState, State
from yunchou.capabilities.messaging.tasks import minutes_round
from yunchou.kernel.core import clock
from yunchou.kernel.identity.tests.factories import make_unit
from yunchou.kernel.jobs.models import JobChunk
from yunchou.kernel.jobs.runner import work_off
from yunchou.kernel.jobs.tests.test_workers import database_url

from . import kinds
from .factories import make_mailing, make_readers, make_sender, make_subject, make_writer

pytestmark = pytest.mark.django_db(transaction=True)
PROGRAM = """
import django; django.setup()
from pathlib import Path
from django.conf import settings
settings.VAR = Path({folder!r})
settings.MESSAGE_GATEWAYS = dict(email="tests.slow", sms="tests.slow")
import yunchou.capabilities.messaging.tests.kinds
from yunchou.capabilities.messaging.tests.factories import make_subject
from django.core.management import call_command
call_command("work", "--lease", "1")
"""


def start_worker(folder: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "YUNCHOU_DATABASE_URL": database_url(),
        "YUNCHOU_SECRET": configured.SECRET_KEY,
        "YUNCHOU_TEST_PAUSE": "0.004",
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "yunchou.config.settings"),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(folder=str(folder))], env=environment, stdout=subprocess.DEVNULL
    )


def gone_out(folder: Path) -> int:
    """Lines that the gateway has written so far; a line is one write, so it is there or not."""
    path = folder / "messages" / "outbox.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0


@pytest.mark.vector("P8")
@pytest.mark.vector("F2")
@pytest.mark.stress
def test_six_hundred_invitations_survive_forty_kills(tmp_path: Path, settings: Settings) -> None:
    """Issue 6, Done when 3: nobody twice, sent + unsent + unknown = 600, and the rest goes out afterwards."""
    _survives(tmp_path, settings, people=600, kills=40)


@pytest.mark.vector("P8")
def test_invitations_survive_kills(tmp_path: Path, settings: Settings) -> None:
    """The same, smaller."""
    _survives(tmp_path, settings, people=80, kills=2)


def _survives(folder: Path, settings: Settings, *, people: int, kills: int) -> None:
    settings.VAR = folder
    settings.MESSAGE_GATEWAYS = {"email": "tests.slow", "sms": "tests.slow"}
    unit = make_unit("华东区域")
    make_sender(unit)
    readers, writer = make_readers(unit, people), make_writer(unit)
    mailing = make_mailing(make_subject(unit), writer)
    actions.start_mailing(mailing=mailing, actor=writer)
    actions.begin(mailing=mailing)
    step = max(1, people // (kills * 2))
    for _kill in range(kills):
        before, worker = gone_out(folder), start_worker(folder)
        try:
            until(lambda before=before: gone_out(folder) >= min(before + step, people))
        finally:
            worker.kill()
            worker.wait()
    counts = Counter(mailing.messages.values_list("state", flat=True))
    assert sum(counts.values()) == people
    _settle(folder)
    counts = Counter(mailing.messages.values_list("state", flat=True))
    assert set(counts) <= {MessageState.SENT, MessageState.UNKNOWN}
    assert counts[MessageState.SENT] + counts[MessageState.UNKNOWN] == people
    assert counts[MessageState.UNKNOWN] <= kills, "a kill leaves one doubt at most"
    lines = kinds.written(folder)
    keys = Counter(line["key"] for line in lines)
    assert not [key for key, count in keys.items() if count > 1], "nobody twice"
    assert len({line["to"] for line in lines}) == len(lines)
    sent = {
        f"{mailing.key.hex}-{pk}"
        for pk in mailing.messages.filter(state=MessageState.SENT).values_list("pk", flat=True)
    }
    assert sent <= set(keys), "what counts as sent went out"
    unknown = mailing.messages.filter(state=MessageState.UNKNOWN).values_list("pk", flat=True)
    assert set(keys) - sent <= {f"{mailing.key.hex}-{pk}" for pk in unknown}
    mailing.refresh_from_db()
    assert (mailing.state, len(readers)) == (State.DONE, people)


def _settle(folder: Path) -> None:
    """What a living worker does in the next minutes, in this process: holds run out, rounds take up what waits."""
    end = monotonic() + 120
    while Message.objects.filter(state__in=["planned", "leased", "sending"]).exists():
        assert monotonic() < end, "it took too long"
        JobChunk.objects.filter(state="running").update(lease_until=clock.now(), attempts=1)
        sleep(0.05)
        work_off()
        with clock.at(clock.now() + timedelta(hours=2)):
            minutes_round(clock.now())
        work_off()


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "it took too long"
        sleep(0.005)
