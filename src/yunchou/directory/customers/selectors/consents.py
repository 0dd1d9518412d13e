"""Who may be contacted for what, and how.

A word on all channels ends what was said on single ones (`actions.consents.note_consent`), so the row of a channel, where
there is one, is the newer one and speaks; else the row of all channels does; else nobody has agreed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from ..models import Channel, Consent, ConsentEntry, Customer, Purpose


def allowed(purpose: str, channel: str = Channel.ANY) -> Q:
    """The condition on customers that they agreed to a purpose by a channel and have not withdrawn it."""
    said = Consent.objects.filter(customer=OuterRef("pk"), purpose=purpose)
    by_any = Q(Exists(said.filter(channel=Channel.ANY, is_given=True)))
    if channel == Channel.ANY:
        return by_any
    own = said.filter(channel=channel)
    return Q(Exists(own.filter(is_given=True))) | (by_any & ~Q(Exists(own.filter(is_given=False))))


def may_contact(ids: Collection[int], purpose: str, channel: str = Channel.ANY) -> set[int]:
    """Those of some living customers who agreed; one query for a thousand."""
    found: set[int] = set()
    keys = list(ids)
    for start in range(0, len(keys), 1000):
        some = Customer.objects.living().filter(allowed(purpose, channel), pk__in=keys[start : start + 1000])
        found.update(some.values_list("pk", flat=True))
    return found


def agrees(customer: Customer, purpose: str, channel: str = Channel.ANY) -> bool:
    """Whether one customer agreed."""
    return Customer.objects.filter(allowed(purpose, channel), pk=customer.pk).exists()


@dataclass(frozen=True)
class Standing:
    """How one purpose stands: by all channels and, where it differs, by single ones; with the newest word on it."""

    purpose: Purpose
    is_given: bool | None
    exceptions: tuple[Consent, ...]
    newest: ConsentEntry | None


def standings(customer: Customer, entries: Collection[ConsentEntry]) -> list[Standing]:
    """Every purpose, whether anything was said on it or not."""
    rows = list(customer.consents.all())
    found = []
    for purpose in Purpose:
        own = [row for row in rows if row.purpose == purpose]
        every = next((row.is_given for row in own if row.channel == Channel.ANY), None)
        special = tuple(row for row in own if row.channel != Channel.ANY and row.is_given != every)
        newest = next((entry for entry in entries if entry.purpose == purpose), None)
        found.append(Standing(purpose, every, special, newest))
    return found


def entries_of(customer: Customer, merged: Collection[int]) -> list[ConsentEntry]:
    """Every word on consent of a customer and of those merged into it, newest first."""
    found = ConsentEntry.objects.filter(customer__in=[customer.pk, *merged])
    return list(found.select_related("notice", "by").order_by("-at", "-pk"))
