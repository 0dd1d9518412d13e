"""Records that nobody has confirmed for long: their relationship owners owe a look (CUS-04, R-CUS-04)."""

from __future__ import annotations

from typing import Final

from yunchou.directory.organisation.positions import CUSTOMER_SERVICE_MANAGER
from yunchou.kernel.access.selectors import holders_of
from yunchou.kernel.core import clock
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.identity.models import Appointment, Unit, User

from .. import duties
from ..models import Customer
from ..permissions import Perm
from ..selectors.register import outdated_before

A_NIGHT: Final = 2_000
"""So many records at most are laid down as duties in one night, the oldest first."""
EACH: Final = 25
"""So many of one owner: more would not be done anyway, and come the next nights."""


def owe_verifications() -> int:
    """Lay the duties down; says how many records were looked at. Runs each night."""
    due = Customer.objects.living().filter(verified_at__lt=outdated_before())
    done: dict[int, int] = {}
    heads: dict[int, User | None] = {}
    count = 0
    for customer in due.select_related("subject__unit", "keeper").order_by("verified_at", "pk")[:A_NIGHT]:
        owner = customer.keeper if customer.keeper and customer.keeper.is_active else None
        if owner is None:
            # Nobody keeps it any more: whoever heads customer service there looks, and says who keeps it from now on.
            unit = customer.subject.unit
            if unit.pk not in heads:
                heads[unit.pk] = head_of(unit)
            owner = heads[unit.pk]
        if owner is None or done.setdefault(owner.pk, 0) >= EACH:
            continue
        done[owner.pk] += 1
        count += 1
        owe(
            kind=duties.VERIFICATION.key,
            subject=customer.subject,
            owner=owner,
            due_at=duties.due_from(clock.now()),
            key=_key(customer),
        )
    return count


def head_of(unit: Unit) -> User | None:
    """Who answers for the customers of a company: its customer service manager, else somebody else who may merge them."""
    holders = holders_of(Perm.MERGE, unit).order_by("pk")
    manages = Appointment.objects.valid().filter(position__code=CUSTOMER_SERVICE_MANAGER).values("user")
    return holders.filter(pk__in=manages).first() or holders.first()


def fulfil_verification(customer: Customer, actor: User) -> None:
    """What is owed on the record is done."""
    fulfil(kind=duties.VERIFICATION.key, subject=customer.subject, actor=actor)


def _key(customer: Customer) -> str:
    """One duty for each time that a record grows old."""
    stamp = customer.verified_at.date().isoformat() if customer.verified_at else ""
    return f"{duties.VERIFICATION.key}:{customer.pk}:{stamp}"
