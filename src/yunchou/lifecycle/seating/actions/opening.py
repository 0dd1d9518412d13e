"""How every change of a plan begins and ends: one at a time, the seats of those who come no more given back, doors told.

The session is locked before places, as replies do, so that a reply that gives a seat up and a move never wait for each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.actions.seats import lock
from yunchou.lifecycle.events.kinds import demand_open
from yunchou.lifecycle.events.models import Place, Session
from yunchou.lifecycle.events.permissions import Perm

from ..models import COMING, Plan, Sitting
from ..neighbours import seat_text


@dataclass(frozen=True)
class Opened:
    """A plan that nobody else changes until the transaction ends."""

    session: Session
    plan: Plan
    subject: Subject


def open_plan(session: Session, actor: User, right: str = Perm.ADD) -> Opened:
    """The plan of a session, locked; made where there is none yet. Refuses without the right, and once the event is over."""
    subject = session.subject
    require(actor, right, subject)
    demand_open(subject)
    locked = lock([session.pk]).get(session.pk)
    if locked is None or locked.removed_at:
        raise wrong(_("Somebody removed this session meanwhile."))
    plan, _made = Plan.objects.get_or_create(session=locked, defaults={"made_by": actor})
    give_back([locked.pk])
    return Opened(locked, plan, subject)


def give_back(sessions: Collection[int]) -> int:
    """Free the seats of those who come no more; how many. The plan keeps which seats these were.

    The sessions are locked by whoever calls.
    """
    gone = list(
        Sitting.objects.filter(place__session__in=sessions, table__isnull=False)
        .exclude(pk__in=Place.objects.filter(COMING, session__in=sessions))
        .select_related("table", "place")
        .order_by("pk")
    )
    for one in gone:
        one.left = seat_text(one.table.name, one.number or 0) if one.table else ""
    stand_up(gone)
    changed({one.place.session_id for one in gone})
    return len(gone)


def stand_up(sittings: Collection[Sitting]) -> None:
    """Take people from their seats."""
    now = clock.now()
    for one in sittings:
        one.table = one.number = None
        one.why, one.changed_at = "", now
    Sitting.objects.bulk_update(sittings, ["table", "number", "why", "left", "changed_at"])
    Place.objects.filter(pk__in=[one.pk for one in sittings]).exclude(seat="").update(seat="")


def write_seats(sittings: Iterable[Sitting]) -> None:
    """Tell the door and the guest's page where people sit; the tables stand beside the rows."""
    there = {one.pk: one for one in sittings if one.table}
    places = list(Place.objects.filter(pk__in=there).order_by("pk"))
    for place in places:
        one = there[place.pk]
        place.seat = seat_text(one.table.name, one.number or 0) if one.table else ""
    Place.objects.bulk_update(places, ["seat"])


def changed(sessions: Collection[int]) -> None:
    """Pages that show these plans look again."""
    if sessions:
        Plan.objects.filter(pk__in=sessions).update(version=F("version") + 1)
