"""The gateway of an installation that has none: messages are written to a file, from where a provider's form may take them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock

from ..letters import Letter


class FileCourier:
    """Appends each message as one line of JSON, in one write, so that a line is there or is not."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def send(self, letter: Letter) -> None:
        line = {
            "key": letter.key,
            "to": letter.to,
            "title": letter.title,
            "text": letter.text,
            "at": clock.now().isoformat(timespec="seconds"),
        }
        os.write(self._handle, (json.dumps(line, ensure_ascii=False) + "\n").encode())


class FileGateway:
    """Into `messages/outbox.jsonl` of the data folder, readable by its owner alone."""

    label: str | Promise = _("Written to a file; nothing leaves the house")
    is_outside = False

    def is_ready(self) -> bool:
        return True

    @property
    def path(self) -> Path:
        return Path(settings.VAR) / "messages" / "outbox.jsonl"

    @contextmanager
    def open(self, sender_name: str) -> Iterator[FileCourier]:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            yield FileCourier(handle)
        finally:
            os.close(handle)
