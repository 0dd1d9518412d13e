"""Servers and folders that tests send into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from socket import socket
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pytest_django import Settings

from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.identity.tests.factories import make_unit
from yunchou.kernel.subjects.models import Subject

from . import kinds
from .factories import make_sender, make_subject, make_writer


@dataclass
class Box:
    """What the server was given, and what it answers to some."""

    mails: list[Any] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    drops: set[str] = field(default_factory=set)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        if self.drops & set(envelope.rcpt_tos):
            server.transport.close()
        return "250 OK"


@pytest.fixture
def box(settings: Settings) -> Iterator[Box]:
    """A real SMTP server on a free port, and the product set to use it."""
    found = Box()
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(found, hostname="127.0.0.1", port=port)
    server.start()
    try:
        settings.EMAIL_URL = "smtp://local"
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.MESSAGE_GATEWAYS = {"email": "smtp", "sms": "file"}
        yield found
    finally:
        server.stop()


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """A data folder of its own, into which the file gateway writes."""
    settings.VAR = tmp_path
    settings.MESSAGE_GATEWAYS = {"email": "file", "sms": "file"}
    return tmp_path


@pytest.fixture(autouse=True)
def _nothing_told() -> None:
    kinds.told.clear()
    kinds.obstacle.clear()
    kinds.day.clear()


@pytest.fixture
def unit(db: None) -> Unit:
    return make_unit("华东区域")


@pytest.fixture
def writer(unit: Unit) -> User:
    return make_writer(unit)


@pytest.fixture
def subject(unit: Unit) -> Subject:
    make_sender(unit)
    return make_subject(unit)
