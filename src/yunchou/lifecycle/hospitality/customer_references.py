"""Gifts and briefings of customers: gifts count for whom a record became; of one that is erased what hosts were told goes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.directory.customers.models import Customer
from yunchou.directory.customers.references import Reference, declare
from yunchou.lifecycle.events.models import Guest

from .models import Briefing, Substitute


def _forget(customer: Customer) -> int:
    """What was given stays as a number; what the host was told, and that something else was served, goes."""
    own = list(customer.guest_of.values_list("pk", flat=True))
    of_them = [*own, *Guest.objects.filter(companion_of__in=own).values_list("pk", flat=True)]
    Substitute.objects.filter(guest__in=of_them).delete()
    return Briefing.objects.filter(guest__in=of_them).delete()[0]


declare(Reference("hospitality.Gift", "customer", label=_("Gifts of events"), forget=_forget))
