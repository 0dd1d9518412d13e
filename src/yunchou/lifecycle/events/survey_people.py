"""Guests as people who are asked afterwards (EVA-04): who came, and who accepted. Companions reply with their guest."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from yunchou.capabilities.surveys.audiences import Person, audience_of
from yunchou.kernel.subjects.models import Subject

from .kinds import CAMPAIGN
from .models import Guest, Reply


@audience_of(CAMPAIGN, "came", _("Guests who came"), is_default=True)
def guests_who_came(subject: Subject) -> Iterable[Person]:
    """Everybody the door let in, asked when the event ends."""
    return _people(subject, arrived_at__isnull=False)


@audience_of(CAMPAIGN, "accepted", _("Guests who accepted"))
def guests_who_accepted(subject: Subject) -> Iterable[Person]:
    """Everybody who said they would come, whether they came or not."""
    return _people(subject, reply=Reply.ACCEPTED)


def _people(subject: Subject, **conditions: object) -> list[Person]:
    guests = Guest.objects.live().heads().filter(subject=subject, **conditions).order_by("pk")
    return [Person(name, customer) for name, customer in guests.values_list("name", "customer_id")]
