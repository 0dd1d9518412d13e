"""Tallies and histories: kept by the same transaction that moves a guest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, F, Q

from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..models import Guest, GuestEntry, Happening, Tally

Moves = Counter[tuple[str, bool]]
"""By how many guests a reply grows or shrinks: (reply, whether they are companions)."""


def moved(guests: Iterable[Guest], before: str | None, after: str | None) -> Moves:
    """The moves of guests that go from one reply to another; None is not being there."""
    moves: Moves = Counter()
    for guest in guests:
        is_companion = guest.companion_of_id is not None
        if before is not None:
            moves[before, is_companion] -= 1
        if after is not None:
            moves[after, is_companion] += 1
    return moves


def count(subject_id: int, moves: Moves) -> None:
    """Move the tallies of an event, always in the same order. The last thing that a transaction locks."""
    changes: dict[str, list[int]] = {}
    for (reply, is_companion), number in moves.items():
        changes.setdefault(reply, [0, 0])[is_companion] += number
    for reply, (guests, companions) in sorted(changes.items()):
        if not guests and not companions:
            continue
        found = Tally.objects.filter(subject_id=subject_id, reply=reply)
        change = {"guests": F("guests") + guests, "companions": F("companions") + companions}
        if not found.update(**change):
            Tally.objects.get_or_create(subject_id=subject_id, reply=reply)
            found.update(**change)


@transaction.atomic
def recount(subject: Subject) -> None:
    """Count every guest anew: after rows came in from outside, and as a proof in tests."""
    is_head = Q(companion_of=None)
    found = (
        Guest.objects.filter(subject=subject)
        .order_by()
        .values("reply")
        .annotate(guests=Count("pk", filter=is_head), companions=Count("pk", filter=~is_head))
    )
    Tally.objects.filter(subject=subject).delete()
    Tally.objects.bulk_create(Tally(subject=subject, **row) for row in found)


def tell(
    guest: Guest, what: Happening, *, by: User | None = None, note: str = "", people: int = 1
) -> GuestEntry:
    """A line of a guest's history."""
    entry: GuestEntry = GuestEntry.objects.create(
        guest=guest, what=what, by=by, note=note[:200], people=people
    )
    return entry
