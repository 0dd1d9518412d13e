"""Writing down what the company and its customers did with each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..models import Channel, Customer, Touch, TouchKind
from ..permissions import Perm
from ..words import plain
from .register import lock


@dataclass(frozen=True)
class TouchRow:
    """One touch. `key` makes the same touch, told twice, one; `amount` is in fen; `at` is now where it is left out."""

    customer_id: int
    kind: str
    at: datetime | None = None
    channel: str = ""
    subject_id: int | None = None
    note: str = ""
    amount: int | None = None
    by_id: int | None = None
    key: str | None = None


def record_touches(rows: Iterable[TouchRow]) -> int:
    """Write touches by one statement in the caller's transaction; one whose key is known changes nothing.

    Says how many different ones it was given. The journal tells the acts from which touches come, not the touches.
    """
    now, once = clock.now(), {}
    for n, row in enumerate(rows):
        once[row.key or n] = Touch(
            customer_id=row.customer_id,
            kind=TouchKind(row.kind),
            at=row.at or now,
            channel=row.channel,
            subject_id=row.subject_id,
            note=row.note[:200],
            amount=row.amount,
            by_id=row.by_id,
            key=row.key,
        )
    if once:
        Touch.objects.bulk_create(once.values(), ignore_conflicts=True)
    return len(once)


#: What colleagues write down by hand; the rest is written by the rooms in which it happens.
BY_HAND = (
    TouchKind.CALL,
    TouchKind.VISIT,
    TouchKind.MESSAGE,
    TouchKind.GIFT,
    TouchKind.COMPLAINT,
    TouchKind.ORDERED,
)


@transaction.atomic
def add_touch(
    *,
    customer: Customer,
    kind: str,
    at: datetime,
    note: str,
    actor: User,
    channel: str = "",
    amount: int | None = None,
) -> None:
    """Write a call, visit or other touch of one's own down. Refuses without `customers.manage`; records `customers.touched`."""
    locked = lock(customer, actor, Perm.MANAGE)
    row = TouchRow(
        locked.pk, kind, at, Channel(channel) if channel else "", None, note.strip(), amount, actor.pk
    )
    record_touches([row])
    word = Say(plain(TouchKind(kind).label), context="touch")
    record(journal.TOUCHED, actor=actor, subject=locked.subject, data={"touch": word})
