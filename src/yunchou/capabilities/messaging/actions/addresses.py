"""Addresses that are left alone: their owner said so, or they do not take messages."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop as _

from yunchou.directory.customers.models import Customer
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core.errors import NotAllowed
from yunchou.kernel.core.refusing import wanted
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind

from .. import journal, people
from ..bounces import Bounce
from ..models import Channel, Message, MessageState, Suppression, Why
from ..permissions import Perm
from ..uses import uses

Reason = Suppression.Reason
WAITING = (MessageState.PLANNED, MessageState.LEASED)


@transaction.atomic
def keep_stop(
    *,
    channel: str,
    digest: str,
    reason: Reason,
    customer: Customer | None,
    actor: User | None,
    detail: str = "",
    kind: Kind | None = None,
) -> bool:
    """Leave an address alone from now on, messages that wait included. False where it was left alone already."""
    at = people.known([customer.pk], channel).get(customer.pk) if customer else None
    _row, is_new = Suppression.objects.get_or_create(
        channel=channel,
        digest=digest,
        reason=reason,
        defaults={"mask": at.mask if at else "", "customer": customer, "detail": detail[:120], "by": actor},
    )
    if is_new and kind is not None:
        data = {"channel": journal.channel_word(channel), "reason": str(reason)}
        record(kind, actor=actor, subject=customer.subject if customer else None, data=data)
    return is_new


@transaction.atomic
def opt_out(*, message: Message) -> int:
    """Whoever has the link of a message wants no more of its kind by its channel; returns how many waiting ones are left out.

    Takes effect at once: the consent is withdrawn, the address kept among those left alone, and what waits for this customer
    anywhere is left out. Doing it twice changes nothing. Records `messaging.opted_out` without an address.
    """
    locked = (
        Message.objects.select_for_update(of=("self",))
        .select_related("mailing", "customer__subject")
        .get(pk=message.pk)
    )
    customer, mailing = locked.customer, locked.mailing
    while customer is not None and customer.merged_into_id:
        customer = Customer.objects.select_related("subject").get(pk=customer.merged_into_id)
    if customer is None or customer.erased_at or locked.channel not in people.FIELD:
        return 0
    use = mailing.declared
    digest = locked.digest or _present_digest(customer, locked.channel)
    is_new = not digest or keep_stop(
        channel=locked.channel, digest=digest, reason=Reason.OPTED_OUT, customer=customer, actor=None
    )
    if customer.pk in people.allowed([customer.pk], use.purpose, locked.channel):
        people.withdraw(customer, use.purpose, locked.channel, f"message {locked.pk}")
        is_new = True
    count = _leave_out(customer, locked.channel, [one.key for one in uses if one.purpose == use.purpose])
    if is_new or count:
        data = {"channel": journal.channel_word(locked.channel), "count": count, "message": locked.pk}
        record(journal.OPTED_OUT, actor=None, subject=customer.subject, data=data)
    return count


def _present_digest(customer: Customer, channel: str) -> str:
    address = people.reach([customer.pk], channel).get(customer.pk, "")
    return people.digest(address, channel, is_apart=customer.is_apart) if address else ""


def _leave_out(customer: Customer, channel: str, keys: Iterable[str]) -> int:
    found = Message.objects.filter(
        customer=customer, channel=channel, state__in=WAITING, mailing__use__in=list(keys)
    )
    return found.update(state=MessageState.SKIPPED, why=Why.OPTED_OUT, slot=None, lease="", due_at=None)


@transaction.atomic
def take_bounces(*, bounces: Iterable[Bounce], actor: User | None) -> tuple[int, int]:
    """Stop the addresses that reports call dead for good; returns how many were stopped and how many reports passed over.

    An address is known by the digests of messages sent to it, so that reports on strangers do nothing. Anybody can write what
    looks like a report: one that no person hands in has to bring a message back that was sent to the address. Reports of what is
    only delayed, or refused for what it said, are passed over. Records one entry.
    """
    if actor is not None:
        require(actor, Perm.ADDRESSES)
    stopped = passed = 0
    for bounce in bounces:
        done = bounce.is_dead and _bounced(bounce, actor)
        stopped, passed = stopped + done, passed + (not done)
    record(journal.BOUNCES, actor=actor, data={"stopped": stopped, "passed": passed})
    return stopped, passed


def _bounced(bounce: Bounce, actor: User | None) -> bool:
    digests = people.every_digest(bounce.address, Channel.EMAIL)
    sent = Message.objects.filter(digest__in=digests, channel=Channel.EMAIL)
    if actor is None:
        sent = sent.filter(token=bounce.token)
    last = sent.select_related("customer__subject").order_by("-pk").first()
    if last is None:
        return False
    is_new = keep_stop(
        channel=Channel.EMAIL,
        digest=last.digest,
        reason=Reason.BOUNCED,
        customer=last.customer,
        actor=actor,
        detail=bounce.status,
        kind=journal.ADDRESS_STOPPED,
    )
    went = [MessageState.SENT, MessageState.UNKNOWN]
    sent.filter(pk=last.pk, state__in=went).update(
        state=MessageState.FAILED, why=Why.BOUNCED, slot=None, attempts=F("attempts") + 1
    )
    if last.customer is not None:
        waiting = Message.objects.filter(customer=last.customer, channel=Channel.EMAIL, state__in=WAITING)
        waiting.update(state=MessageState.SKIPPED, why=Why.BOUNCED, slot=None, lease="", due_at=None)
    return is_new


@transaction.atomic
def free_address(*, stop: Suppression, reason: str, actor: User) -> None:
    """Write to an address again: it was mended, or its owner asked for it. A consent is not given back by this."""
    require(actor, Perm.ADDRESSES)
    if stop.customer is not None and not holds(actor, Perm.ADDRESSES, stop.customer):
        raise NotAllowed(say(_("The customer belongs to another region.")))
    reason = wanted(reason, "reason", 200)
    stop.delete()
    data = {"channel": journal.channel_word(stop.channel), "reason": reason}
    record(journal.FREED, actor=actor, subject=stop.customer.subject if stop.customer else None, data=data)
