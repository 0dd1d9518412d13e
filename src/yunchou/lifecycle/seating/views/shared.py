"""What the pages of a seating plan have in common."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui import dialogs
from yunchou.lifecycle.events.kinds import is_over
from yunchou.lifecycle.events.models import Place, Session
from yunchou.lifecycle.events.permissions import Perm

from ..models import Table
from ..selectors.rooms import Room, room_of

BOTH: Final = ["GET", "HEAD", "POST"]
WIDE: Final = {"guests", "why", "place", "spot"}
dialog = partial(dialogs.dialog, wide=WIDE)


def session_of(subject: Subject, pk: int) -> Session:
    """A session of the event that still takes place."""
    session: Session = get_object_or_404(Session, subject=subject, removed_at=None, pk=pk)
    session.subject = subject
    return session


def table_of(session: Session, pk: int) -> Table:
    table: Table = get_object_or_404(Table, plan=session.pk, pk=pk)
    table.plan.session = session
    return table


def place_of(session: Session, pk: int) -> Place:
    place: Place = get_object_or_404(Place.objects.select_related("guest"), session=session, pk=pk)
    place.session = session
    return place


def plan_url(session: Session) -> str:
    return f"{reverse('seating:plan_detail', args=[session.subject_id])}?session={session.pk}"


def rights(request: SignedInRequest, subject: Subject) -> dict[str, bool]:
    """What the person may do to the plan."""
    is_open = is_over(subject) is None
    return {
        "may_seat": is_open and holds(request.user, Perm.ADD, subject),
        "may_edit": is_open and holds(request.user, Perm.EDIT, subject),
        "may_diet": holds(request.user, Perm.DOOR, subject),
    }


def parts_of(request: SignedInRequest, room: Room, subject: Subject) -> dict[str, Any]:
    """What the parts of the plan are drawn from."""
    return {"room": room, "session": room.session, "subject": subject, **rights(request, subject)}


def changes(request: SignedInRequest, before: Room, subject: Subject) -> HttpResponse:
    """The answer to a move: only what is drawn otherwise than before, each part in its place. An open dialog closes."""
    room = room_of(before.session)
    was = {one.table.pk: _drawn(one.chairs) for one in before.furniture}
    sat = {one.place: (one.seat, one.is_arrived) for one in before.people}
    context = parts_of(request, room, subject) | {
        "tables": [one for one in room.furniture if was.get(one.table.pk) != _drawn(one.chairs)],
        "moved": [one for one in room.people if sat.get(one.place) != (one.seat, one.is_arrived)],
        "is_swapped": True,
    }
    response = render(request, "seating/parts/changes.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _drawn(chairs: list[Any]) -> list[tuple[Any, ...]]:
    return [
        (
            one.number,
            one.is_warned,
            one.sitter.place if one.sitter else 0,
            bool(one.sitter and one.sitter.is_arrived),
        )
        for one in chairs
    ]
