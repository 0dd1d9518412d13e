"""Where everybody else could sit, worked out from the plan as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from yunchou.kernel.ui.seen import stamp
from yunchou.lifecycle.events.models import Place, Session

from ..models import COMING, Apart, Sitting, Table
from ..proposing import Bench, Person, Spot, propose

NEEDED: Final = (
    "session", "guest__name", "guest__is_vip", "guest__organisation", "guest__companion_of__is_vip",
    "guest__companion_of__organisation",
)  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """Seats for those who have none: place → (table, number). `left` are places without one; `stamp` says of what plan."""

    spots: dict[int, Spot]
    left: tuple[int, ...]
    stamp: str


def proposal_of(session: Session) -> Proposal:
    """The proposal for a session; five statements. The same plan and guests give the same one."""
    places = list(
        Place.objects.filter(COMING, session=session)
        .select_related("guest__companion_of")
        .only(*NEEDED)
        .order_by("guest_id")
    )
    of_guest = {one.guest_id: one.pk for one in places}
    tables = list(Table.objects.filter(plan=session.pk).order_by("serving", "y", "x", "pk"))
    sittings = Sitting.objects.filter(place__in=of_guest.values(), table__isnull=False)
    rows = sittings.values_list("pk", "table", "number")
    taken: dict[Spot, int] = {(table, number): place for place, table, number in rows if table and number}
    people = [_person(one) for one in places]
    benches = [Bench(one.pk, one.seats, one.shape, one.is_vip) for one in tables]
    apart = [[of_guest[pk] for pk in group if pk in of_guest] for group in groups_apart(session.subject_id)]
    spots = propose(people, benches, taken, apart)
    sits = {*taken.values(), *spots}
    return Proposal(
        spots,
        tuple(one.pk for one in places if one.pk not in sits),
        stamp(sorted(spots.items()), sorted(taken.items()), len(places)),
    )


def _person(place: Place) -> Person:
    guest = place.guest
    head = guest.companion_of or guest
    return Person(place.pk, head.pk, guest.is_vip or head.is_vip, head.organisation)


def groups_apart(subject_id: int) -> list[list[int]]:
    """The guests who are kept apart, group by group."""
    found: dict[int, list[int]] = {}
    rows = Apart.guests.through.objects.filter(apart__subject=subject_id).order_by("apart_id", "guest_id")
    for apart, guest in rows.values_list("apart_id", "guest_id"):
        found.setdefault(apart, []).append(guest)
    return list(found.values())
