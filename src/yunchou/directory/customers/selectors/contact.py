"""Addresses in clear, for what sends messages. Pages never call this: they show masks and unmask one value at a time."""

from __future__ import annotations

import logging
from collections.abc import Collection

from yunchou.kernel.core.sealing import Unopened

from ..models import ApartRecord, Channel, ContactCard

log = logging.getLogger(__name__)
COLUMNS = {
    Channel.SMS: "phone",
    Channel.PHONE: "phone",
    Channel.EMAIL: "email",
    Channel.WECHAT: "wechat",
    Channel.POST: "address",
}


def reach_of(ids: Collection[int], channel: str) -> dict[int, str]:
    """Where living customers are reached by a channel, in clear; those without an address, or with one that no key
    opens, are left out.

    Two queries for a thousand: the cards, and what is kept apart of important customers. The caller has asked for consent
    and writes one journal entry for the whole wave.
    """
    column = COLUMNS[Channel(channel)]
    found: dict[int, str] = {}
    keys = list(ids)
    for start in range(0, len(keys), 1000):
        for model in (ContactCard, ApartRecord):
            cards = model.objects.filter(
                customer__in=keys[start : start + 1000], customer__merged_into=None, customer__erased_at=None
            )
            for pk, sealed in cards.values_list("customer", column):
                try:
                    if address := sealed.open():
                        found[pk] = address
                except Unopened:
                    log.error("customer %s is not reached: no key opens the %s", pk, column)
    return found


def apart_among(ids: Collection[int]) -> set[int]:
    """Whose data are kept apart: what a room keeps of their addresses is made under the keys of that store."""
    found: set[int] = set()
    keys = list(ids)
    for start in range(0, len(keys), 1000):
        some = ApartRecord.objects.filter(customer__in=keys[start : start + 1000])
        found.update(some.values_list("customer", flat=True))
    return found
