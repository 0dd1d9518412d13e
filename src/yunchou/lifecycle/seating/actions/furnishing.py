"""Tables and rows: put into the room, many at once, changed, moved and taken out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import listed
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.ui.seen import refuse_stale, stamp
from yunchou.lifecycle.events.models import Session
from yunchou.lifecycle.events.permissions import Perm

from .. import journal
from ..models import CELLS, SEATS, TABLES, Plan, Shape, Sitting, Table
from .opening import changed, open_plan, stand_up, write_seats

PEOPLE = 5_000
"""So many seats one plan has at most."""
ACROSS = 4
"""So many tables stand next to each other, unless somebody moves them."""


@dataclass(frozen=True)
class TableFacts:
    """What is entered of a table or a row."""

    name: str
    shape: str
    seats: int
    is_vip: bool = False
    serving: int | None = None
    x: int = 1
    y: int = 1


@transaction.atomic
def furnish(
    *, session: Session, shape: str, count: int, seats: int, actor: User, is_vip: bool = False
) -> list[Table]:
    """Put so many tables, or rows, with so many seats behind what stands in the room. Records `seating.furnished`.

    Tables are numbered on, rows lettered on. Refuses what is more than a plan may hold.
    """
    opened = open_plan(session, actor, Perm.EDIT)
    if shape not in Shape.values:
        raise at_field("shape", _("Choose a kind of furniture."))
    if not 1 <= seats <= SEATS:
        raise at_field("seats", _("Between 1 and {most}."), most=SEATS)
    there = list(opened.plan.tables.all())
    room = TABLES - len(there)
    if not 1 <= count <= room:
        raise at_field("count", _("Between 1 and {most}."), most=max(room, 1))
    if sum(one.seats for one in there) + count * seats > PEOPLE:
        raise at_field("seats", _("A plan holds at most {most} seats."), most=PEOPLE)
    across = 1 if shape == Shape.ROW else ACROSS
    first = max((one.y for one in there), default=0) + 1
    if first + (count - 1) // across > CELLS and across < CELLS:
        across = min(CELLS, max(across, -(-count // max(1, CELLS - first + 1))))
    lines = count if shape == Shape.ROW else -(-count // across)
    if first > CELLS or first + lines - 1 > CELLS:
        raise at_field("count", _("There is no more room at the back: at most {most} lines."), most=CELLS)
    made = Table.objects.bulk_create(
        Table(
            plan=opened.plan, name=name, shape=shape, seats=seats, is_vip=is_vip,
            x=1 + n % across, y=first + n // across,
        )
        for n, name in enumerate(_names(shape, count, {one.name for one in there}))
    )  # fmt: skip
    changed([session.pk])
    told = {"count": count, "seats": seats, "session": opened.session.name}
    record(journal.FURNISHED, actor=actor, subject=opened.subject, data=told)
    return made


def _names(shape: str, count: int, taken: Collection[str]) -> list[str]:
    """Numbers for tables, letters for rows, none that is there."""
    found: list[str] = []
    number = 0
    while len(found) < count:
        number += 1
        name = _letters(number) if shape == Shape.ROW else str(number)
        if name not in taken:
            found.append(name)
    return found


def _letters(number: int) -> str:
    """A, B … Z, AA, AB …"""
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def stamp_of(table: Table) -> str:
    """How a table stands, for a form that changes it."""
    return stamp(table.name, table.shape, table.seats, table.is_vip, table.serving, table.x, table.y)


@transaction.atomic
def keep_table(*, table: Table, facts: TableFacts, actor: User, seen: str = "") -> Table:
    """Change a table or a row. Doors hear of a new name. Records `seating.table_kept`.

    Refuses a name and a spot that are taken, fewer seats than the highest that is occupied, and to write over a newer change.
    """
    opened = open_plan(table.plan.session, actor, Perm.EDIT)
    kept = _again(opened.plan, table)
    refuse_stale(seen, stamp_of(kept))
    name = wanted(facts.name, "name", 24)
    others = opened.plan.tables.exclude(pk=kept.pk)
    if others.filter(name=name).exists():
        raise at_field("name", _("There is a “{name}” in this plan already."), name=name)
    if facts.shape not in Shape.values:
        raise at_field("shape", _("Choose a kind of furniture."))
    if not 1 <= facts.seats <= SEATS:
        raise at_field("seats", _("Between 1 and {most}."), most=SEATS)
    _demand_room(kept, facts.seats)
    _demand_spot(others, facts.x, facts.y)
    is_renamed = kept.name != name
    kept.name, kept.shape, kept.seats = name, facts.shape, facts.seats
    kept.is_vip, kept.serving, kept.x, kept.y = facts.is_vip, facts.serving, facts.x, facts.y
    kept.save()
    if is_renamed:
        sittings = list(kept.sittings.select_related("table"))
        Sitting.objects.filter(pk__in=[one.pk for one in sittings]).update(changed_at=clock.now())
        write_seats(sittings)
    changed([opened.session.pk])
    told = {"table": name, "session": opened.session.name}
    record(journal.KEPT, actor=actor, subject=opened.subject, data=told)
    return kept


def _demand_room(table: Table, seats: int) -> None:
    """Nobody loses a seat because a table shrinks."""
    beyond = table.sittings.filter(number__gt=seats).select_related("place__guest").order_by("number")
    names = [one.place.guest.name for one in beyond[:5]]
    if names:
        raise at_field("seats", _("Seat these somewhere else first: {names}"), names=listed(names))


def _demand_spot(others: object, x: int, y: int) -> None:
    if not (1 <= x <= CELLS and 1 <= y <= CELLS):
        raise at_field("x", _("Between 1 and {most}."), most=CELLS)
    if others.filter(x=x, y=y).exists():  # type: ignore[attr-defined]
        raise at_field("x", _("Something else stands there."))


@transaction.atomic
def place_table(*, table: Table, x: int, y: int, actor: User) -> Table:
    """Move a table to another spot of the room; what stands there takes its old one. Records `seating.table_kept`."""
    opened = open_plan(table.plan.session, actor, Perm.EDIT)
    kept = _again(opened.plan, table)
    if not (1 <= x <= CELLS and 1 <= y <= CELLS):
        raise wrong(_("That is outside the room."))
    if (kept.x, kept.y) == (x, y):
        return kept
    other = opened.plan.tables.filter(x=x, y=y).first()
    was = kept.x, kept.y
    if other:
        # No two stand on one spot, not even for a moment: it steps aside first.
        spare = (opened.plan.tables.aggregate(last=Max("x"))["last"] or 0) + 1
        Table.objects.filter(pk=other.pk).update(x=spare)
    Table.objects.filter(pk=kept.pk).update(x=x, y=y)
    if other:
        Table.objects.filter(pk=other.pk).update(x=was[0], y=was[1])
    kept.x, kept.y = x, y
    changed([opened.session.pk])
    told = {"table": kept.name, "session": opened.session.name}
    record(journal.KEPT, actor=actor, subject=opened.subject, data=told)
    return kept


@transaction.atomic
def remove_table(*, table: Table, actor: User) -> int:
    """Take a table out of the room; whoever sat there has no seat any more. How many. Records `seating.table_removed`."""
    opened = open_plan(table.plan.session, actor, Perm.EDIT)
    kept = _again(opened.plan, table)
    sat = list(kept.sittings.order_by("pk"))
    stand_up(sat)
    kept.delete()
    changed([opened.session.pk])
    told = {"table": table.name, "session": opened.session.name, "count": len(sat)}
    record(journal.REMOVED, actor=actor, subject=opened.subject, data=told)
    return len(sat)


def _again(plan: Plan, table: Table) -> Table:
    """The table as it is now."""
    kept = plan.tables.filter(pk=table.pk).first()
    if kept is None:
        raise wrong(_("Somebody took this table out of the plan meanwhile."))
    return kept
