"""Reading reports of mail servers on what could not be delivered (RFC 3464). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, message_from_string, policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from typing import Final

from yunchou.directory.customers import mails
from yunchou.directory.customers.phones import Unusable

MOST: Final = 1_000_000
"""Bytes of one report."""
POLICY_WORDS: Final = ("5.7.", "5.2.3", "5.3.4", "5.6.")
"""Refused for what it is or says: the address itself is alive."""
PROOF: Final = "X-Yunchou-Message"
"""The header of our mails by which a report on one proves that it is: nobody else knows what stands in it."""


@dataclass(frozen=True)
class Bounce:
    """What a report says of one address. Printing it does not show the address."""

    address: str = field(repr=False)
    action: str
    status: str
    token: str = field(default="", repr=False)
    """That of the message which was sent back with the report, "" where none was."""

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
    token = _token_in(mail)
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            yield from _recipients(part, token)


def _token_in(mail: Message | EmailMessage) -> str:
    """Which message came back: whole, or only its headers (RFC 3462)."""
    for part in mail.walk():
        is_headers = part.get_content_type() == "text/rfc822-headers"
        back = message_from_string(str(part.get_payload()), policy=policy.default) if is_headers else part
        token = str(back.get(PROOF, "")).strip()
        if token.isascii() and token.isprintable() and token:
            return token
    return ""


def _recipients(part: Message | EmailMessage, token: str) -> Iterator[Bounce]:
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if not isinstance(block, Message):
            continue
        address = _address(str(block.get("Original-Recipient", "") or block.get("Final-Recipient", "")))
        if address:
            action = str(block.get("Action", "")).strip().lower()
            status = str(block.get("Status", "")).split("(")[0].strip()[:20]
            yield Bounce(address, action, status, token)


def _address(value: str) -> str:
    """The address of `rfc822; someone@example.com` as it is stored."""
    kind, _sep, address = value.partition(";")
    if kind.strip().lower() not in ("rfc822", "utf-8"):
        return ""
    try:
        return mails.tidy(address.strip().strip("<>"))
    except Unusable:
        return ""
