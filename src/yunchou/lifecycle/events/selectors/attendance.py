"""Who came of those who were invited, once an event is on (R-EVA-04)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Count, Exists, Max, Min, OuterRef, Q

from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject

from ..attendance import Attendance
from ..models import Guest, Place, PlaceState, Reply, Session

INVITED: Final = Q(is_walk_in=False) & Q(
    reply__in=[Reply.INVITED, Reply.ACCEPTED, Reply.WAITING, Reply.DECLINED]
)
ACCEPTED: Final = Q(is_walk_in=False, reply=Reply.ACCEPTED)
CAME: Final = Q(arrived_at__isnull=False)


def is_due(*states: PlaceState) -> Q:
    """Who could be there by now: one of their sessions is on or over, or they have none. `states` says which sessions count."""
    places = Place.objects.filter(guest=OuterRef("pk"), session__removed_at=None)
    theirs = places.filter(state__in=states) if states else places
    return ~Q(Exists(theirs)) | Q(Exists(theirs.filter(session__starts_at__lte=clock.now())))


def attendance_of(subject: Subject) -> Attendance:
    """One statement over the guests of an event. Whose sessions are all still to come is not missing yet, and not counted."""
    head = Q(companion_of=None)
    found = Guest.objects.filter(subject=subject).aggregate(
        invited=Count("pk", filter=head & INVITED & (CAME | is_due())),
        accepted=Count("pk", filter=head & ACCEPTED & (CAME | is_due(PlaceState.HELD))),
        came=Count("pk", filter=head & INVITED & CAME),
        came_accepted=Count("pk", filter=head & ACCEPTED & CAME),
        people=Count("pk", filter=CAME),
    )
    return Attendance(**found)


def has_begun(subject: Subject) -> bool:
    """Whether the first session is on or over: before that nobody is missing."""
    first = Session.objects.filter(subject=subject, removed_at=None).aggregate(at=Min("starts_at"))["at"]
    return first is not None and first <= clock.now()


def running_since(moment: datetime) -> set[int]:
    """The events that have begun and whose last session ended after `moment`, by subject."""
    sessions = Session.objects.filter(removed_at=None).order_by().values("subject")
    told = sessions.annotate(first=Min("starts_at"), last=Max("ends_at"))
    return set(told.filter(first__lte=clock.now(), last__gte=moment).values_list("subject", flat=True))
