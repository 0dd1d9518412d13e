"""Addresses in clear, for what sends messages. Pages never call this: they show masks and unmask one value at a time."""

from __future__ import annotations

from collections.abc import Collection

from ..models import Channel, ContactCard

COLUMNS = {
    Channel.SMS: "phone",
    Channel.PHONE: "phone",
    Channel.EMAIL: "email",
    Channel.WECHAT: "wechat",
    Channel.POST: "address",
}


def reach_of(ids: Collection[int], channel: str) -> dict[int, str]:
    """Where living customers are reached by a channel, in clear; those without an address are left out.

    The caller has asked for consent and writes one journal entry for the whole wave.
    """
    column = COLUMNS[Channel(channel)]
    found: dict[int, str] = {}
    keys = list(ids)
    for start in range(0, len(keys), 1000):
        cards = ContactCard.objects.filter(
            customer__in=keys[start : start + 1000], customer__merged_into=None, customer__erased_at=None
        )
        for pk, sealed in cards.values_list("customer", column):
            if address := sealed.open():
                found[pk] = address
    return found
