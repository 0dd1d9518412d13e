"""Invitations that went out: by a mailing, or handed over by a colleague as a link or a card (PRE-05)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.messaging.actions import hand_over
from yunchou.capabilities.messaging.models import Channel, Message
from yunchou.capabilities.messaging.uses import Reader
from yunchou.kernel.core.refusing import wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..models import Guest, GuestEntry, Happening, Reply
from .counting import count, moved

INVITATION = "events.invitation"


@transaction.atomic
def mark_invited(subject: Subject, at: Mapping[int, datetime]) -> None:
    """Note on the guests what went out, and when; who is invited already, or has replied meanwhile, stays so.

    The mailing tells the journal and the customers' line of time.
    """
    found = list(
        Guest.objects.select_for_update(of=("self",))
        .filter(subject=subject, pk__in=list(at), companion_of=None)
        .order_by("pk")
    )
    fresh = [guest for guest in found if guest.reply == Reply.LISTED]
    for guest in found:
        guest.invited_at = guest.invited_at or at[guest.pk]
    for guest in fresh:
        guest.reply = Reply.INVITED
    Guest.objects.bulk_update(found, ["invited_at", "reply"], batch_size=500)
    GuestEntry.objects.bulk_create(
        GuestEntry(guest=guest, what=Happening.INVITED, at=at[guest.pk], people=1) for guest in fresh
    )
    count(subject.pk, moved(fresh, Reply.LISTED, Reply.INVITED))


def take_link(*, guest: Guest, channel: str, actor: User) -> Message:
    """A colleague takes a guest's personal link or card, to hand it over; the first time invites the guest.

    Raises `NotAllowed` without `events.invite`, `WrongState` where the event lets nothing out or for a companion, who comes with
    whoever brings them. Records `messaging.handed`.
    """
    if guest.companion_of_id is not None:
        raise wrong(_("Companions come by the invitation of whoever brings them."))
    if guest.reply == Reply.CANCELLED:
        raise wrong(_("This guest was taken off the list."))
    reader = Reader(guest.pk, guest.customer_id)
    return hand_over(
        subject=guest.subject, use=INVITATION, reader=reader, channel=Channel(channel), actor=actor
    )
