"""The customers behind messages: who may be written to, where, and what is remembered of it. The one door to that room."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yunchou.directory.customers import cards
from yunchou.directory.customers.actions.consents import withdraw_consent
from yunchou.directory.customers.actions.touches import TouchRow, record_touches
from yunchou.directory.customers.models import (
    Basis,
    Consent,
    ContactCard,
    Customer,
    Purpose,
    Touch,
    TouchKind,
)
from yunchou.directory.customers.models import Channel as ConsentChannel
from yunchou.directory.customers.selectors.consents import may_contact
from yunchou.directory.customers.selectors.contact import apart_among, reach_of
from yunchou.kernel.core.sealing import APART, GENERAL, digest_of

from .models import Channel

CONSENT: Final = {Channel.EMAIL.value: ConsentChannel.EMAIL, Channel.SMS.value: ConsentChannel.SMS}
FIELD: Final = {Channel.EMAIL.value: "email", Channel.SMS.value: "phone"}
"""The field of the contact card by which a channel reaches somebody."""


@dataclass(frozen=True)
class Known:
    """Where somebody is reached as pages may show it."""

    mask: str
    digest: str


def allowed(ids: Collection[int], purpose: Purpose, channel: str) -> set[int]:
    """Those of the customers who may be reached by this channel for this purpose.

    What was agreed is run without a consent of its own (PIPL 13), until somebody says that they do not want it this way.
    """
    if purpose != Purpose.SERVICE:
        return may_contact(ids, purpose, CONSENT[channel])
    withdrawn = Consent.objects.filter(
        customer__in=ids, purpose=purpose, is_given=False, channel__in=[CONSENT[channel], ConsentChannel.ANY]
    )
    return set(ids) - set(withdrawn.values_list("customer", flat=True))


def known(ids: Collection[int], channel: str) -> dict[int, Known]:
    """Masks and digests of those who have an address, nothing deciphered."""
    field = FIELD[channel]
    found = ContactCard.objects.filter(customer__in=ids).exclude(**{f"{field}_mask": ""})
    rows = found.values_list("customer", f"{field}_mask", f"{field}_digest")
    return {customer: Known(mask, digest) for customer, mask, digest in rows}


def reach(ids: Collection[int], channel: str) -> dict[int, str]:
    """Addresses in clear, for what sends and for nothing else."""
    return reach_of(ids, CONSENT[channel])


def kept_apart(ids: Collection[int]) -> set[int]:
    """Important customers among these: what is kept of their addresses is made under keys of its own."""
    return apart_among(ids)


def digest(address: str, channel: str, *, is_apart: bool = False) -> str:
    """What is kept of an address."""
    use = cards.EMAIL_USE if channel == Channel.EMAIL else cards.PHONE_USE
    return digest_of(address, use, APART if is_apart else GENERAL)


def every_digest(address: str, channel: str) -> list[str]:
    """Whatever may have been kept of it, under older keys too; the newest first."""
    return cards.email_digests(address) if channel == Channel.EMAIL else cards.phone_digests(address)


def withdraw(customer: Customer, purpose: Purpose, channel: str, proof: str) -> None:
    """The customer said by the link of a message that they want no more by this channel."""
    withdraw_consent(
        customer=customer, purpose=purpose, channel=CONSENT[channel], basis=Basis.LINK, proof=proof
    )


@dataclass(frozen=True)
class Told:
    """A message that went out, as the customer's line of time keeps it."""

    message_id: int
    customer_id: int
    kind: TouchKind
    at: datetime
    channel: str
    subject_id: int
    by_id: int | None


def remember(rows: Iterable[Told]) -> None:
    """Write down what went out; what is written already stays one."""
    record_touches(
        TouchRow(
            customer_id=row.customer_id,
            kind=row.kind,
            at=row.at,
            channel=CONSENT.get(row.channel, ""),
            subject_id=row.subject_id,
            by_id=row.by_id,
            key=f"message:{row.message_id}",
        )
        for row in rows
    )


def touches(
    ids: Collection[int], kinds: Collection[TouchKind], since: datetime
) -> Mapping[int, list[datetime]]:
    """When the company turned to these customers since a moment, oldest first."""
    found: dict[int, list[datetime]] = {}
    rows = Touch.objects.filter(customer__in=ids, kind__in=list(kinds), at__gte=since).order_by("at")
    for customer, at in rows.values_list("customer", "at"):
        found.setdefault(customer, []).append(at)
    return found
