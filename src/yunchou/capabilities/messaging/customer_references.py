"""What messages keep of the addresses of customers: it goes under the keys of the store apart together with them (CUS-06)."""

from __future__ import annotations

from yunchou.directory.customers.models import Customer
from yunchou.directory.customers.references import Reference, declare
from yunchou.kernel.core.sealing import HIDDEN

from . import people
from .models import Message, Suppression


def _addresses(customer: Customer, channel: str) -> tuple[list[str], str]:
    """Every digest of the address that is known now, and the one under the keys of the store apart."""
    address = people.reach([customer.pk], channel).get(customer.pk, "")
    if not address:
        return [], ""
    return people.every_digest(address, channel), people.digest(address, channel, is_apart=True)


def _conceal_messages(customer: Customer) -> None:
    """Of older addresses nothing is kept: a bounce from there is no news any more."""
    for channel in people.FIELD:
        sent = Message.objects.filter(customer=customer, channel=channel).exclude(digest="")
        present, anew = _addresses(customer, channel)
        sent.exclude(digest__in=present).update(digest="")
        sent.update(digest=anew)


def _conceal_stops(customer: Customer) -> None:
    """An address that was left alone is left alone; that it is, or was, this customer's, no mask and no digest tells."""
    for stop in Suppression.objects.filter(customer=customer):
        present, anew = _addresses(customer, stop.channel)
        stop.mask = HIDDEN if stop.mask else ""
        if stop.digest not in present:
            stop.customer = None
        elif (
            Suppression.objects.filter(channel=stop.channel, digest=anew, reason=stop.reason)
            .exclude(pk=stop.pk)
            .exists()
        ):
            stop.delete()
            continue
        else:
            stop.digest = anew
        stop.save(update_fields=["mask", "customer", "digest"])


declare(Reference("messaging.Message", "customer", conceal=_conceal_messages))
declare(Reference("messaging.Suppression", "customer", conceal=_conceal_stops))
