"""Draws as the page, the wall and the public see them."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count, Prefetch, Q, QuerySet

from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import GONE, SAID_YES, Guest, Place, Reply, Role

from ..models import Draw, Lot, Prize, Who


def draws_of(subject: Subject) -> QuerySet[Draw]:
    """The draws of an event with their prizes and how many take part, win and were given their prize."""
    return (
        Draw.objects.filter(subject=subject)
        .select_related("poll")
        .prefetch_related("prizes__stock")
        .annotate(
            entered=Count("lots"),
            won=Count("lots", filter=Q(lots__prize__isnull=False)),
            handed=Count("lots", filter=Q(lots__handed_at__isnull=False)),
        )
        .order_by("pk")
    )


def rules_of(draw: Draw) -> dict[str, Any]:
    """What is frozen, as plain values."""
    of_list = {"picked": draw.picked_digest} if draw.who == Who.PICKED else {}
    return {
        **of_list,
        "code": draw.code,
        "title": draw.title,
        "rule": draw.rule,
        "who": draw.who,
        "poll": draw.poll.question if draw.poll else "",
        "source": draw.source,
        "commitment": draw.commitment,
        "prizes": [
            {"name": one.name, "value": f"{one.value:.2f}", "number": one.number} for one in draw.prizes.all()
        ],
    }


def taking_part(draw: Draw) -> QuerySet[Guest]:
    """Who would take part now. Staff never does."""
    found = Guest.objects.filter(subject=draw.subject_id).exclude(role=Role.STAFF)
    if draw.who == Who.ARRIVED:
        return found.filter(arrived_at__isnull=False).exclude(reply=Reply.CANCELLED)
    if draw.who == Who.PICKED:
        return found.filter(pk__in=draw.picked.values("pk")).exclude(reply__in=GONE)
    found = found.filter(reply__in=SAID_YES)
    if draw.who == Who.ANSWERED:
        # Devices in the hall answer without a name, and nothing can be given to them.
        by_guests = draw.poll.ballots.filter(guest__isnull=False).values("guest") if draw.poll else None
        return found.filter(pk__in=by_guests) if by_guests is not None else found.none()
    return found


def winners_of(draw: Draw) -> QuerySet[Lot]:
    """Who won, in the order of the draw, with guest, prize and who handed it out."""
    seats = Prefetch("guest__places", Place.objects.exclude(seat="").order_by("session__starts_at"))
    return (
        Lot.objects.filter(draw=draw, prize__isnull=False)
        .select_related("guest", "prize", "handed_by", "move")
        .prefetch_related(seats)
        .order_by("place")
    )


def masked(guest: Guest | None) -> str:
    """A winner on the wall of the hall: the first sign of the name, and the seat, by which they know themselves."""
    if guest is None:
        return "***"
    name = guest.name.strip()
    seat = next((place.seat for place in guest.places.all() if place.seat), "")
    return f"{name[:1]}**" + (f" · {seat}" if seat else "")


ON_THE_WALL: Final = 40
"""So many winners of one prize are read for the wall; the others are counted."""


def prizes_with_winners(draw: Draw) -> list[dict[str, Any]]:
    """The prizes in their order, each with its first winners as the hall sees them and how many there are."""
    prizes: list[Prize] = list(draw.prizes.all())
    counts: dict[int, int] = {}
    winners: dict[int, list[str]] = {}
    if draw.drawn_at:
        won = Lot.objects.filter(draw=draw, prize__isnull=False).order_by()
        counts = dict(won.values_list("prize").annotate(n=Count("pk")))
        for one in prizes:
            shown = winners_of(draw).filter(prize=one)[:ON_THE_WALL]
            winners[one.pk] = [masked(lot.guest) for lot in shown]
    return [
        {
            "name": one.name,
            "number": one.number,
            "winners": winners.get(one.pk, []),
            "count": counts.get(one.pk, 0),
        }
        for one in prizes
    ]


def told_of(draw: Draw) -> dict[str, Any]:
    """What is published of a draw, as the file to verify it: rules, entries by their digests, result; no names."""
    told: dict[str, Any] = {
        "rules": rules_of(draw),
        "rules_digest": draw.rules_digest,
        "entries_digest": draw.entries_digest,
        "entries": list(draw.lots.order_by("number").values_list("code", flat=True))
        if draw.closed_at
        else [],
        "frozen_at": draw.frozen_at,
        "closed_at": draw.closed_at,
        "drawn_at": draw.drawn_at,
        "public_value": draw.public_value,
        "secret": draw.told_secret,
        "result": [],
    }
    if draw.drawn_at:
        won = draw.lots.filter(prize__isnull=False).order_by("place")
        told["result"] = [
            {"place": place, "prize": prize, "entry": code}
            for place, prize, code in won.values_list("place", "prize__name", "code")
        ]
    return told
