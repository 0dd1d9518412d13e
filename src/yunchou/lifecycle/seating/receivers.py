"""What the plan hears of guests: who comes no more gives the seat back, and doors ask which seats changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from yunchou.lifecycle.events.hooks import on_changed, on_forgotten, on_left, on_news
from yunchou.lifecycle.events.models import Guest

from .actions.opening import give_back
from .models import Plan, Sitting


@on_left
@on_changed
def free_the_seats(guest: Guest) -> None:
    """Give back the seats of a guest and their companions that are not promised any more; the sessions are locked."""
    give_back(list(Plan.objects.filter(session__places__guest=guest).values_list("pk", flat=True)))


@on_forgotten
def say_nothing(guest: Guest) -> None:
    """Why somebody sat in a VIP block goes with them."""
    Sitting.objects.filter(place__guest=guest).exclude(why="").update(why="")


@on_news
def moved_seats(subject_id: int, since: datetime) -> QuerySet[Sitting, Any]:
    """The places whose seats changed since then."""
    return Sitting.objects.filter(place__session__subject=subject_id, changed_at__gte=since).values("pk")
