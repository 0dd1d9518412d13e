"""Seats of sessions. Promised and given back only here.

Whoever moves seats locks the sessions first, in the order of their keys, and guests after them; so two replies never wait for
each other. The lock orders the waiting list. That no seat is promised twice rests on the guarded statement alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from ..models import Session


def lock(session_ids: Iterable[int]) -> dict[int, Session]:
    """The sessions as they are now, held until the transaction ends."""
    found = Session.objects.select_for_update(no_key=True).filter(pk__in=set(session_ids)).order_by("pk")
    return {session.pk: session for session in found}


def take(session: Session, people: int) -> bool:
    """Promise seats to a party: all of them or none."""
    free = Session.objects.filter(pk=session.pk, removed_at=None, taken__lte=F("capacity") - people)
    if not free.update(taken=F("taken") + people):
        return False
    session.taken += people
    return True


def give_back(session: Session, people: int) -> None:
    """Take promised seats back."""
    if people:
        Session.objects.filter(pk=session.pk).update(taken=F("taken") - people)
        session.taken -= people
