"""The ways in which personal links reach people. Without one, the links are copied or exported and sent by hand.

@delivers("messages")
def send(survey: Survey, recipients: Sequence[Recipient], occasion: Occasion, actor: User | None) -> Collection[int]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from enum import StrEnum
from typing import TypeAlias

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.identity.models import User

from .models import Recipient, Survey


class Occasion(StrEnum):
    INVITE = "invite"
    REMIND = "remind"


Send: TypeAlias = Callable[[Survey, Sequence[Recipient], Occasion, User | None], Collection[int]]
"""Sends each their link, in the caller's transaction, and answers with the keys of those it took."""
ways: Registry[Send] = Registry("delivery of questionnaires")


def delivers(key: str) -> Callable[[Send], Send]:
    """Declare a way."""

    def declare(send: Send) -> Send:
        return ways.add(key, send)

    return declare


def deliver(
    survey: Survey, recipients: Sequence[Recipient], occasion: Occasion, actor: User | None
) -> set[int]:
    """Send by the first way that takes somebody; what is left waits for hands. The keys of those who were sent to."""
    left, taken = list(recipients), set[int]()
    for send in ways:
        taken |= set(send(survey, left, occasion, actor))
        left = [one for one in left if one.pk not in taken]
    return taken
