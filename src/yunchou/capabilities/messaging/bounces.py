"""Reading reports of mail servers on what could not be delivered (RFC 3464). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from typing import Final

from yunchou.directory.customers import mails
from yunchou.directory.customers.phones import Unusable

MOST: Final = 1_000_000
"""Bytes of one report."""
POLICY_WORDS: Final = ("5.7.", "5.2.3", "5.3.4", "5.6.")
"""Refused for what it is or says: the address itself is alive."""


@dataclass(frozen=True)
class Bounce:
    """What a report says of one address. Printing it does not show the address."""

    address: str = field(repr=False)
    action: str
    status: str

    @property
    def is_dead(self) -> bool:
        """Whether the address will not take anything: failed for good, and not for the sake of the content."""
        return (
            self.action == "failed"
            and self.status.startswith("5.")
            and not self.status.startswith(POLICY_WORDS)
        )


def bounces_in(report: bytes) -> Iterator[Bounce]:
    """The recipients that a report speaks of; nothing where it is none."""
    try:
        mail = message_from_bytes(report[:MOST], policy=policy.default)
    except (MessageError, ValueError, LookupError):
        return
    if mail.get_content_type() != "multipart/report":
        return
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            yield from _recipients(part)


def _recipients(part: Message | EmailMessage) -> Iterator[Bounce]:
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if not isinstance(block, Message):
            continue
        address = _address(str(block.get("Original-Recipient", "") or block.get("Final-Recipient", "")))
        if address:
            action = str(block.get("Action", "")).strip().lower()
            status = str(block.get("Status", "")).split("(")[0].strip()[:20]
            yield Bounce(address, action, status)


def _address(value: str) -> str:
    """The address of `rfc822; someone@example.com` as it is stored."""
    kind, _sep, address = value.partition(";")
    if kind.strip().lower() not in ("rfc822", "utf-8"):
        return ""
    try:
        return mails.tidy(address.strip().strip("<>"))
    except Unusable:
        return ""
