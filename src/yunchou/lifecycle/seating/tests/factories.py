"""A dinner with people who come to it, and tables."""

from __future__ import annotations

from typing import Any

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.lifecycle.events.actions.counting import recount
from yunchou.lifecycle.events.models import Guest, Place, PlaceState, Reply, Session
from yunchou.lifecycle.events.tests.door_factories import make_evening, make_session

from ..actions.furnishing import TableFacts as Facts
from ..actions.furnishing import furnish, keep_table
from ..models import Shape, Table


def make_dinner(firm: Firm, capacity: int = 40) -> Session:
    """A dinner of the owner's event to which nobody comes yet."""
    subject = make_evening(firm, 0, capacity=capacity)
    return Session.objects.select_related("subject__unit").get(subject=subject)


def coming(session: Session, name: str, of: Guest | None = None, **fields: Any) -> Guest:
    """Somebody whose seat is promised."""
    guest = Guest(subject=session.subject, name=name, reply=Reply.ACCEPTED, companion_of=of, **fields)
    guest.save()
    Place.objects.create(guest=guest, session=session, state=PlaceState.HELD)
    recount(session.subject)
    Session.objects.filter(pk=session.pk).update(taken=session.places.filter(state=PlaceState.HELD).count())
    return guest


def place(session: Session, guest: Guest) -> Place:
    """The guest's place as it is now."""
    found: Place = Place.objects.select_related("guest", "session__subject__unit").get(
        session=session, guest=guest
    )
    return found


def make_tables(session: Session, firm: Firm, count: int = 2, seats: int = 4, **fields: Any) -> list[Table]:
    return furnish(
        session=session,
        shape=fields.pop("shape", Shape.ROUND),
        count=count,
        seats=seats,
        actor=firm.owner,
        **fields,
    )


def change(table: Table, firm: Firm, **fields: Any) -> Table:
    """Change some of what is known of a table."""
    table.refresh_from_db()
    names = ("name", "shape", "seats", "is_vip", "serving", "x", "y")
    return keep_table(
        table=table, facts=Facts(**{name: getattr(table, name) for name in names} | fields), actor=firm.owner
    )


__all__ = ["change", "coming", "make_dinner", "make_session", "make_tables", "place"]
