"""The product with one guard taken away, served like the product: what the race of `test_last_seat` proves itself by."""

from __future__ import annotations

from collections.abc import Iterable

from yunchou.config.wsgi import application
from yunchou.lifecycle.events.actions import seats
from yunchou.lifecycle.events.models import Session

__all__ = ["application"]


def _take(session: Session, people: int) -> bool:
    """Looks first, and counts afterwards: what the statement with the condition is there to prevent."""
    found = Session.objects.get(pk=session.pk)
    if found.taken + people > found.capacity:
        return False
    Session.objects.filter(pk=session.pk).update(taken=min(found.taken + people, found.capacity))
    return True


def _lock(session_ids: Iterable[int]) -> dict[int, Session]:
    return {session.pk: session for session in Session.objects.filter(pk__in=set(session_ids))}


seats.take, seats.lock = _take, _lock
