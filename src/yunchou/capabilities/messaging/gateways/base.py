"""What a gateway is, and how it says that something did not go out."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from typing import Protocol

from django.conf import settings
from django.utils.functional import Promise

from yunchou.kernel.core.registry import Registry

from ..letters import Letter


class Rejected(Exception):
    """It was refused for good. `stops` says that the address itself does not take anything."""

    def __init__(self, detail: str = "", *, stops: bool = False) -> None:
        super().__init__(detail)
        self.detail, self.stops = detail, stops


class Later(Exception):
    """This one was put off by the other side; others may go through."""


class Away(Exception):
    """The other side is not there and has taken nothing: all that is left waits."""


class Lost(Exception):
    """It may have gone out or not; nobody can tell."""


def code_of(fault: Exception) -> str:
    """The code or kind that a gateway told with a fault: `550`, `TimeoutError`. Never its words, in which providers quote whom it
    was for."""
    said = str(fault)
    return said if re.fullmatch(r"[0-9]{3}|[A-Za-z]{1,40}", said) else type(fault).__name__


class Courier(Protocol):
    """Sends over one connection."""

    def send(self, letter: Letter) -> None:
        """Hand one letter over. Raises `Rejected`, `Later`, `Away`, `Lost`; anything else counts as lost."""


class Gateway(Protocol):
    """One way out."""

    label: str | Promise
    is_outside: bool
    """Whether messages leave the house by it."""

    def is_ready(self) -> bool:
        """Whether it is set up."""

    def open(self, sender_name: str) -> AbstractContextManager[Courier]:
        """A connection for one chunk. Raises `Away`."""


gateways: Registry[Gateway] = Registry("gateway")


def gateway_of(channel: str) -> Gateway:
    """The gateway that serves a channel by the settings."""
    return gateways[settings.MESSAGE_GATEWAYS[channel]]
