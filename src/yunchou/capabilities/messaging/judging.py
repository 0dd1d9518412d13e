"""Who of those meant may get a message at this moment, and why the others may not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from yunchou.directory.customers.models.history import CONTACTS
from yunchou.kernel.core import clock
from yunchou.kernel.rules.selectors import params_on

from . import people
from .models import OPEN, Mailing, Message, MessageState, Suppression, Why
from .rules import Contacts, nobody_is_written_to_too_often, not_again_within
from .uses import Reader, Use, uses

S = MessageState
Reason = Suppression.Reason
NOBODY: Final[frozenset[int]] = frozenset()
HELD: Final = (S.PLANNED, S.LEASED, S.SENDING, S.SENT, S.UNKNOWN)
"""States in which somebody has a message, or may have it, or will."""


def judge(mailing: Mailing, readers: Sequence[Reader]) -> dict[int, Why]:
    """Why not, by `ref`; who may get it is not in it. Nothing is deciphered; the number of queries is fixed."""
    use, channel = mailing.declared, mailing.channel
    ids = {one.customer_id for one in readers if one.customer_id is not None}
    known = people.known(ids, channel)
    stopped = _stopped({one.digest for one in known.values()}, channel, is_marketing=use.is_marketing)
    barred = not_allowed(ids, use, channel) | capped(ids, use)
    already = _already(mailing, [one.ref for one in readers]) if use.is_once else NOBODY
    found: dict[int, Why] = {}
    for one in readers:
        at = known.get(one.customer_id) if one.customer_id is not None else None
        if one.ref in already:
            found[one.ref] = Why.ALREADY
        elif at is None:
            found[one.ref] = Why.NO_ADDRESS
        elif why := stopped.get(at.digest) or barred.get(one.customer_id or 0):
            found[one.ref] = why
    return found


def not_allowed(ids: Collection[int], use: Use, channel: str) -> dict[int, Why]:
    """Those who have not agreed."""
    return dict.fromkeys(set(ids) - people.allowed(ids, use.purpose, channel), Why.NO_CONSENT)


def stops(addresses: Mapping[int, str], channel: str, *, is_marketing: bool) -> dict[int, Why]:
    """Customers whose address is left alone, looked up under every key that may have made its digest."""
    digests = {one: people.every_digest(address, channel) for one, address in addresses.items()}
    found = _stopped({each for many in digests.values() for each in many}, channel, is_marketing=is_marketing)
    return (
        {
            customer: why
            for customer, many in digests.items()
            for each in many
            if (why := found.get(each)) is not None
        }
        if found
        else {}
    )


def _stopped(digests: Collection[str], channel: str, *, is_marketing: bool) -> dict[str, Why]:
    asked = (
        Q(reason=Reason.BOUNCED) | Q(reason=Reason.OPTED_OUT) if is_marketing else Q(reason=Reason.BOUNCED)
    )
    rows = Suppression.objects.filter(asked, channel=channel, digest__in=digests)
    return {
        digest: Why.BOUNCED if reason == Reason.BOUNCED else Why.OPTED_OUT
        for digest, reason in rows.order_by("-reason").values_list("digest", "reason")
    }


def capped(ids: Collection[int], use: Use) -> dict[int, Why]:
    """Those who were written to too often, or a moment ago, or will be; only marketing counts, and is counted."""
    if not use.is_marketing:
        return {}
    now = clock.now()
    params = params_on([nobody_is_written_to_too_often, not_again_within])
    often, again = params[nobody_is_written_to_too_often.id], params[not_again_within.id]
    since = now - timedelta(days=max(often.days, again.days))
    contacts = people.touches(ids, CONTACTS, since)
    queued = _queued(ids, since)
    found: dict[int, Why] = {}
    for customer in contacts.keys() | queued.keys():
        facts = Contacts(now, (*contacts.get(customer, ()), *[now] * queued[customer]))
        if nobody_is_written_to_too_often.failures(facts, often):
            found[customer] = Why.CAPPED
        elif not_again_within.failures(facts, again):
            found[customer] = Why.TOO_SOON
    return found


def _queued(ids: Collection[int], since: datetime) -> Counter[int]:
    """How many messages of marketing wait for each customer, are on their way, or went out and are not remembered yet.

    Of what is still to be confirmed only mailings count that began since then.
    """
    waiting = Q(state__in=OPEN) | Q(state=S.SENT, is_told=False)
    waiting |= Q(state=S.UNKNOWN, mailing__begun_at__gte=since)
    marketing = [use.key for use in uses if use.is_marketing]
    rows = Message.objects.filter(waiting, customer__in=ids, mailing__use__in=marketing)
    return Counter(rows.values_list("customer", flat=True))


def _already(mailing: Mailing, refs: Sequence[int]) -> set[int]:
    """Those who have it by this channel from another mailing, or may have it."""
    rows = Message.objects.filter(
        mailing__subject=mailing.subject_id, mailing__use=mailing.use, ref__in=refs, channel=mailing.channel,
        state__in=HELD,
    ).exclude(mailing=mailing.pk or 0)  # fmt: skip
    return set(rows.values_list("ref", flat=True))


def slot_of(mailing: Mailing, ref: int) -> str | None:
    """What only one living message can hold; None where a use may go out again."""
    return f"{mailing.subject_id}:{mailing.use}:{ref}:{mailing.channel}" if mailing.declared.is_once else None
