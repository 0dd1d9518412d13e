"""A use, a subject and a slow gateway that only tests know; importing this module declares them, in worker processes too."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from time import sleep
from typing import Any

from yunchou.capabilities.messaging.gateways import FileGateway, gateways
from yunchou.capabilities.messaging.gateways.base import Courier
from yunchou.capabilities.messaging.letters import Letter
from yunchou.capabilities.messaging.permissions import Perm
from yunchou.capabilities.messaging.uses import Reader, Use, use
from yunchou.directory.customers.models import Customer, Purpose, TouchKind
from yunchou.kernel.core.text import Say
from yunchou.kernel.subjects.models import Subject

INVITE, THANKS = "tests.invite", "tests.thanks"
told: list[tuple[int, list[int]]] = []
obstacle: list[Say] = []
day: list[date] = []


def audience(subject: Subject, part: str) -> Sequence[Reader]:
    """Every customer of the subject's unit; in part "half" every second."""
    pks = Customer.objects.filter(subject__unit=subject.unit_id).order_by("pk").values_list("pk", flat=True)
    return [Reader(pk, pk) for pk in pks][:: 2 if part == "half" else 1]


def values(subject: Subject, refs: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    names = Customer.objects.filter(pk__in=refs).values_list("pk", "name")
    return {
        pk: {"name": name, "event": subject.title, "link": f"https://example.com/g/{pk:022}/"}
        for pk, name in names
    }


def on_sent(subject: Subject, at: Mapping[int, datetime]) -> None:
    told.append((subject.pk, sorted(at)))


def _use(key: str, purpose: Purpose, **more: Any) -> Use:
    words = {"name": "Name", "event": "Event", "link": "Link"}
    return use(
        Use(
            key, "For tests", purpose=purpose, needs=Perm.KEEP, words=words, audience=audience, values=values,
            must=frozenset({"link"}), obstacle=lambda subject: obstacle[0] if obstacle else None,
            day=lambda subject: day[0] if day else None, on_sent=on_sent, **more,
        )
    )  # fmt: skip


_use(INVITE, Purpose.MARKETING, touch=TouchKind.INVITED)
_use(THANKS, Purpose.SERVICE, is_once=False)


class Slow:
    """Writes into the file of the installation, slowly, so that a kill meets it in the middle."""

    label = "Slow"
    is_outside = False

    def is_ready(self) -> bool:
        return True

    @contextmanager
    def open(self, sender_name: str) -> Iterator[Courier]:
        with FileGateway().open(sender_name) as courier:

            class Sleepy:
                def send(self, letter: Letter) -> None:
                    courier.send(letter)
                    sleep(float(os.environ.get("YUNCHOU_TEST_PAUSE", "0")))

            yield Sleepy()


gateways.add("tests.slow", Slow())


def written(folder: Path) -> list[dict[str, str]]:
    """What the file gateway has written."""
    path = folder / "messages" / "outbox.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
