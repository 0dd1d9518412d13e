"""Texts, mailings with one row per person and channel, and addresses that are left alone."""

from .addresses import Suppression
from .mailings import (
    HANDED,
    OPEN,
    SENT_BY_US,
    Channel,
    Mailing,
    Message,
    MessageState,
    State,
    Why,
    new_token,
)
from .texts import Sender, Template

__all__ = [
    "HANDED",
    "OPEN",
    "SENT_BY_US",
    "Channel",
    "Mailing",
    "Message",
    "MessageState",
    "Sender",
    "State",
    "Suppression",
    "Template",
    "Why",
    "new_token",
]
