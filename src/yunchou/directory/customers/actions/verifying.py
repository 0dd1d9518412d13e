"""Records that nobody has confirmed for long: their relationship owners owe a look (CUS-04, R-CUS-04)."""

from __future__ import annotations

from typing import Final

from yunchou.kernel.core import clock
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.identity.models import User

from .. import duties
from ..models import Customer
from ..selectors.register import outdated_before

A_NIGHT: Final = 2_000
"""So many records at most are laid down as duties in one night, the oldest first."""
EACH: Final = 25
"""So many of one owner: more would not be done anyway, and come the next nights."""


def owe_verifications() -> int:
    """Lay the duties down; says how many records were looked at. Runs each night."""
    due = Customer.objects.living().filter(verified_at__lt=outdated_before(), keeper__is_active=True)
    done: dict[int, int] = {}
    count = 0
    for customer in due.select_related("subject", "keeper").order_by("verified_at", "pk")[:A_NIGHT]:
        assert customer.keeper is not None
        if done.setdefault(customer.keeper_id, 0) >= EACH:
            continue
        done[customer.keeper_id] += 1
        count += 1
        owe(
            kind=duties.VERIFICATION.key,
            subject=customer.subject,
            owner=customer.keeper,
            due_at=duties.due_from(clock.now()),
            key=_key(customer),
        )
    return count


def fulfil_verification(customer: Customer, actor: User) -> None:
    """What is owed on the record is done."""
    fulfil(kind=duties.VERIFICATION.key, subject=customer.subject, actor=actor)


def _key(customer: Customer) -> str:
    """One duty for each time that a record grows old."""
    stamp = customer.verified_at.date().isoformat() if customer.verified_at else ""
    return f"{duties.VERIFICATION.key}:{customer.pk}:{stamp}"
