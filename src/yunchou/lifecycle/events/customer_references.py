"""What guest lists keep of customers: erased, they were somebody by number; merged, they are guests under the new record."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.directory.customers.models import Customer
from yunchou.directory.customers.references import Reference, declare

from . import hooks
from .models import Guest
from .models.guests import new_token


def _forget(customer: Customer) -> int:
    """Names, organisation, diet, words and links go, of companions too; that somebody came stays."""
    guests = Guest.objects.filter(customer=customer)
    people = [*guests, *Guest.objects.filter(companion_of__in=guests)]
    for guest in people:
        hooks.forgotten(guest)
        guest.name = f"#{guest.pk}"
        guest.organisation = guest.title = guest.phone_tail = guest.transport = guest.note = ""
        guest.diet, guest.diet_note, guest.answers = [], "", {}
        guest.allows_pictures = False
        guest.token, guest.ticket = new_token(), new_token()
        guest.save()
    return len(people)


def _conceal(customer: Customer) -> None:
    """The last four digits go: of an important customer no list shows a part of the number."""
    Guest.objects.filter(customer=customer).exclude(phone_tail="").update(phone_tail="")


declare(Reference("events.MediaReport", "contact", label=_("Media reports")))
declare(Reference("events.Guest", "customer", label=_("Guest lists"), forget=_forget, conceal=_conceal))
