"""Gifts and briefings of customers: gifts count for whom a record became; of one that is erased what hosts were told goes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.directory.customers.models import Customer
from yunchou.directory.customers.references import Reference, declare
from yunchou.lifecycle.events.models import Guest

from .models import Briefing, Gift, Sharing, Stay, Substitute, Travel


def _forget(customer: Customer) -> int:
    """What was given, fetched and slept stays as a number; what the host was told, that something else was served, and how they
    came goes with every word that was written down."""
    own = list(customer.guest_of.values_list("pk", flat=True))
    of_them = [*own, *Guest.objects.filter(companion_of__in=own).values_list("pk", flat=True)]
    Substitute.objects.filter(guest__in=of_them).delete()
    Travel.objects.filter(guest__in=of_them).delete()
    Stay.objects.filter(guest__in=of_them).update(note="", with_guest=None, sharing=Sharing.ALONE)
    Stay.objects.filter(with_guest__in=of_them).update(with_guest=None)
    Gift.objects.filter(guest__in=of_them).update(reason="")
    return Briefing.objects.filter(guest__in=of_them).delete()[0]


declare(Reference("hospitality.Gift", "customer", label=_("Gifts of events"), forget=_forget))
