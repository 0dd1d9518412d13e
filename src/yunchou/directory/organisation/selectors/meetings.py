"""Series of meetings, one meeting with what is left from earlier ones, and open items (ORG-11)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from yunchou.kernel.identity.models import User

from ..models import FollowUp, Meeting, Series


@dataclass(frozen=True)
class Item:
    """A follow-up item on an agenda, and through how many meetings it has come."""

    item: FollowUp
    meetings: int


def series_seen(user: User) -> QuerySet[Series]:
    """The series the person may see, with unit, chair, next and last meeting (lists) and the number of open items."""
    planned = Prefetch("meetings", Meeting.objects.filter(is_held=False), to_attr="planned")
    open_items = Count("meetings__follow_ups", filter=Q(meetings__follow_ups__closed_at=None))
    found: QuerySet[Series] = Series.objects.visible_to(user)
    return (
        found.select_related("subject__unit__parent", "chair")
        .prefetch_related(planned)
        .annotate(open_items=open_items)
    )


def own_items(user: User) -> QuerySet[FollowUp]:
    """What the person has to do from meetings, soonest first."""
    found = FollowUp.objects.filter(owner=user, closed_at=None)
    return found.select_related("meeting__series").order_by("due_on", "pk")


def carried_items(meeting: Meeting) -> list[Item]:
    """Items of earlier meetings of the series that were open when this one was held, or are open still.

    They stay on the agenda of every later meeting until closed, so that nothing is forgotten.
    """
    still_open = Q(closed_at=None) | Q(closed_in__number__gte=meeting.number)
    if meeting.recorded_at:
        still_open |= Q(closed_at__gte=meeting.recorded_at)
    earlier = FollowUp.objects.filter(
        still_open, meeting__series=meeting.series_id, meeting__number__lt=meeting.number
    )
    items = earlier.select_related("owner", "meeting", "closed_by").order_by("due_on", "pk")
    return [Item(item, meeting.number - item.meeting.number) for item in items]


def items_of(meeting: Meeting) -> QuerySet[FollowUp]:
    """What was agreed in this meeting."""
    return meeting.follow_ups.select_related("owner", "closed_by").order_by("pk")


def meetings_of(series: Series) -> QuerySet[Meeting]:
    """The meetings of a series, newest first, with how many items were agreed and how many are open."""
    mine = FollowUp.objects.filter(meeting=OuterRef("pk"), closed_at=None)
    return series.meetings.annotate(items=Count("follow_ups"), has_open=Exists(mine)).order_by(
        F("number").desc()
    )
