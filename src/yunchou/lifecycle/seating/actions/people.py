"""Who sits where: one guest, a whole party, two who swap, and all the rest at once (EXE-04, EXE-10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NoReturn

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.core.refusing import wrong
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.ui.seen import refuse_stale
from yunchou.lifecycle.events.models import Place, Session
from yunchou.lifecycle.events.permissions import Perm

from .. import journal
from ..models import COMING, Sitting, Table
from ..neighbours import beside, seat_text
from ..rules import Seated, block_is_for_vips
from ..selectors.proposals import proposal_of
from .opening import Opened, changed, open_plan, stand_up, write_seats

UNSEEN = "?"
"""Whoever moves somebody without having seen where they sit."""


@transaction.atomic
def seat_guest(
    *, place: Place, table: Table, number: int, actor: User, seen: str = UNSEEN, why: str = ""
) -> Sitting:
    """Seat a guest, or move them to another seat. Records `seating.seated`.

    Refused: a seat that somebody has (409, with their name), a guest who is not where the page showed them (`seen`, a seat's
    text or nothing; 409), one who does not come, and a VIP block for others (K-SEA-01) unless somebody who keeps the plan
    says why.
    """
    opened = open_plan(place.session, actor)
    there = _of(opened, place)
    spot = _table(opened, table, number)
    _demand_seen(there, seen)
    if there.table_id == spot.pk and there.number == number:
        return there
    _demand_free(spot, number)
    reason = _demand_allowed(opened, there, spot, number, actor, why)
    _sit(there, spot, number, reason)
    changed([opened.session.pk])
    record(
        journal.SEATED,
        actor=actor,
        subject=opened.subject,
        data={
            "guest": there.place.guest_id,
            "seat": seat_text(spot.name, number),
            "session": opened.session.name,
            "reason": say(": {text}", text=reason) if reason else "",
        },
    )
    return there


@transaction.atomic
def seat_party(
    *,
    place: Place,
    table: Table,
    actor: User,
    number: int = 0,
    seen: str = UNSEEN,
    why: str = "",
    seen_all: Mapping[str, str] | None = None,
) -> list[Sitting]:
    """Seat a guest and all who come with them at one table, next to each other where it can be. Records `seating.party_seated`.

    From `number` on where it is given. Who sits at this table stays there; refused where the table has too few free seats, and
    where the guest, or somebody who comes with them, is not where the page showed them (`seen`; `seen_all` by the number of the
    place, without those who had no seat).
    """
    opened = open_plan(place.session, actor)
    spot = _table(opened, table, number or 1)
    there = _of(opened, place)
    _demand_seen(there, seen)
    head = there.place.guest.companion_of_id or there.place.guest_id
    party = _party(opened, head)
    if seen_all is not None:
        for one in party:
            _demand_seen(one, seen_all.get(str(one.pk), ""))
    coming = [one for one in party if one.table_id != spot.pk]
    taken = dict(spot.sittings.values_list("number", "pk"))
    free = [n for n in range(1, spot.seats + 1) if n not in taken]
    if len(free) < len(coming):
        raise wrong(
            _("{table} has {free} free seats, the party needs {count}."),
            table=spot.name,
            free=len(free),
            count=len(coming),
        )
    near = number or next((one.number for one in party if one.table_id == spot.pk and one.number), 0)
    numbers = _in_a_row(spot, free, near, len(coming))
    reasons = [
        _demand_allowed(opened, one, spot, n, actor, why) for one, n in zip(coming, numbers, strict=True)
    ]
    for one, n, reason in zip(coming, numbers, reasons, strict=True):
        _sit(one, spot, n, reason)
    changed([opened.session.pk])
    told = {"count": len(coming), "guest": head, "table": spot.name, "session": opened.session.name}
    record(journal.PARTY, actor=actor, subject=opened.subject, data=told)
    return coming


def _in_a_row(table: Table, free: Collection[int], near: int, count: int) -> list[int]:
    """Free seats that hang together as well as they can, from the wanted one on."""
    first = near if near in free else min(free, key=lambda n: abs(n - near) if near else n, default=0)
    run: list[int] = [first] if count else []
    while len(run) < count:
        rest = [n for n in free if n not in run]
        next_to = [n for one in run for n in beside(table.shape, table.seats, one) if n in rest]
        run.append(next_to[0] if next_to else rest[0])
    return run


@transaction.atomic
def swap(
    *, place: Place, other: Place, actor: User, seen: str = UNSEEN, seen_other: str = UNSEEN, why: str = ""
) -> None:
    """Let two guests change seats; where one has none, the other stands up for them. Records `seating.swapped`.

    Refused where either is not on the seat on which the page showed them: nobody lands on a seat that nobody saw.
    """
    opened = open_plan(place.session, actor)
    one, two = _of(opened, place), _of(opened, other)
    _demand_seen(one, seen)
    _demand_seen(two, seen_other)
    if one.pk == two.pk or two.table is None or two.number is None:
        raise wrong(_("Nobody sits there any more. Look again."))
    mine, theirs = (one.table, one.number, one.why), (two.table, two.number)
    reason = _demand_allowed(opened, one, theirs[0], theirs[1], actor, why)
    back = _demand_allowed(opened, two, mine[0], mine[1], actor, why) if mine[0] and mine[1] else ""
    stand_up([one, two])
    _sit(one, theirs[0], theirs[1], reason)
    if mine[0] and mine[1]:
        _sit(two, mine[0], mine[1], back)
    changed([opened.session.pk])
    told = {
        "guest": one.place.guest_id, "other": two.place.guest_id, "session": opened.session.name,
    }  # fmt: skip
    record(journal.SWAPPED, actor=actor, subject=opened.subject, data=told)


@transaction.atomic
def unseat(*, place: Place, actor: User, seen: str = UNSEEN) -> None:
    """Take a guest from their seat. Records `seating.unseated`; nothing for somebody who has none."""
    opened = open_plan(place.session, actor)
    there = _of(opened, place)
    _demand_seen(there, seen)
    if there.table is None:
        return
    seat = _text(there)
    stand_up([there])
    changed([opened.session.pk])
    told = {"guest": there.place.guest_id, "seat": seat, "session": opened.session.name}
    record(journal.UNSEATED, actor=actor, subject=opened.subject, data=told)


@transaction.atomic
def seat_rest(*, session: Session, actor: User, seen: str) -> int:
    """Seat everybody else as it was proposed; how many. Records `seating.rest_seated`.

    `seen` is the stamp of the proposal that was shown: where the plan or the guests changed since, it is shown anew (409).
    """
    opened = open_plan(session, actor, Perm.EDIT)
    proposal = proposal_of(opened.session)
    refuse_stale(seen, proposal.stamp)
    tables = {one.pk: one for one in opened.plan.tables.all()}
    there = {one.pk: one for one in Sitting.objects.filter(pk__in=proposal.spots)}
    now = clock.now()
    sitting: list[Sitting] = []
    fresh: list[Sitting] = []
    for place, (table, number) in sorted(proposal.spots.items()):
        one = there.get(place) or Sitting(place_id=place)
        one.table, one.number, one.why, one.left, one.changed_at = tables[table], number, "", "", now
        (sitting if place in there else fresh).append(one)
    Sitting.objects.bulk_update(sitting, ["table", "number", "why", "left", "changed_at"])
    Sitting.objects.bulk_create(fresh)
    write_seats([*sitting, *fresh])
    changed([opened.session.pk])
    told = {"count": len(proposal.spots), "session": opened.session.name}
    record(journal.REST, actor=actor, subject=opened.subject, data=told)
    return len(proposal.spots)


# ---------------------------------------------------------------- what is asked first


def _of(opened: Opened, place: Place) -> Sitting:
    """Where a guest of this session sits now; refuses one who does not come."""
    found = (
        Place.objects.filter(COMING, pk=place.pk, session=opened.session)
        .select_related("guest__companion_of")
        .first()
    )
    if found is None:
        raise wrong(_("This guest does not come to this session any more."))
    there, _made = Sitting.objects.select_related("table").get_or_create(place=found)
    there.place = found
    return there


def _party(opened: Opened, head: int) -> list[Sitting]:
    """The guest with this number and their companions, as they sit now."""
    every = Place.objects.filter(COMING, session=opened.session).select_related("guest__companion_of")
    mine = sorted(
        (*every.filter(guest=head), *every.filter(guest__companion_of=head)), key=lambda p: p.guest_id
    )
    return [_of(opened, place) for place in mine]


def _table(opened: Opened, table: Table, number: int) -> Table:
    spot = opened.plan.tables.filter(pk=table.pk).first()
    if spot is None:
        raise wrong(_("Somebody took this table out of the plan meanwhile."))
    if not 1 <= number <= spot.seats:
        raise wrong(_("This seat is not there any more."))
    return spot


def _text(there: Sitting) -> str:
    return seat_text(there.table.name, there.number or 0) if there.table else ""


def _demand_seen(there: Sitting, seen: str) -> None:
    """A page that shows a guest somewhere else is too old to move them."""
    now = _text(there)
    if seen in (UNSEEN, now):
        return
    name = there.place.guest.name
    if now:
        raise wrong(_("Somebody has moved {name} to {seat} meanwhile."), name=name, seat=now)
    raise wrong(_("{name} has no seat any more. Look again."), name=name)


def _demand_free(table: Table, number: int) -> None:
    sits = Sitting.objects.filter(table=table, number=number).select_related("place__guest").first()
    if sits:
        seat = seat_text(table.name, number)
        raise wrong(_("{name} sits at {seat} already."), name=sits.place.guest.name, seat=seat)


def _demand_allowed(opened: Opened, there: Sitting, table: Table, number: int, actor: User, why: str) -> str:
    """The reason that lets somebody into a VIP block, empty where none is needed; refuses where one is missing."""
    guest = there.place.guest
    is_important = guest.is_vip or bool(guest.companion_of and guest.companion_of.is_vip)
    reason = why.strip()[:120] if holds(actor, Perm.EDIT, opened.subject) else ""
    seat = seat_text(table.name, number)
    facts = Seated(guest.name, seat, is_important, table.is_vip, reason)
    for verdict in block_is_for_vips.failures(facts):
        raise RuleRefused(verdict.reason, verdicts=[verdict], fields={"why": verdict.reason})
    return reason if table.is_vip and not is_important else ""


def _sit(there: Sitting, table: Table, number: int, why: str) -> None:
    """Write it down. The database lets one person sit on one seat, whoever was quicker."""
    there.table, there.number, there.why = table, number, why
    there.left, there.changed_at = "", clock.now()
    try:
        with transaction.atomic():
            there.save()
    except IntegrityError:
        _taken(table, number)
    Place.objects.filter(pk=there.pk).update(seat=seat_text(table.name, number))


def _taken(table: Table, number: int) -> NoReturn:
    raise wrong(_("Somebody else was seated at {seat} a moment ago."), seat=seat_text(table.name, number))
