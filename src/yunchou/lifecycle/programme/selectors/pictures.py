"""The shot list, and pictures with who is in them and whether they may be shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, QuerySet

from yunchou.directory.customers.models import Channel, Consent, Purpose
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Guest

from ..models import Picture, PictureState, Shot
from ..rules import InPicture


def shots_of(subject: Subject) -> list[Shot]:
    """The shot list in order; one query."""
    return list(Shot.objects.filter(subject=subject).select_related("item", "done_by"))


def pictures_of(subject: Subject, state: str = "") -> QuerySet[Picture]:
    """The pictures of an event that are filed, newest first; of one state where it is given."""
    found = Picture.objects.filter(subject=subject, attachment__removed_at=None)
    if state in PictureState.values:
        found = found.filter(state=state)
    return found.select_related("attachment__file", "item", "shot").prefetch_related("guests")


def states_of(subject: Subject) -> dict[str, int]:
    """How many pictures are how far; one query."""
    rows = Picture.objects.filter(subject=subject, attachment__removed_at=None).order_by()
    found = dict(rows.values_list("state").annotate(n=Count("pk")))
    return {state: found.get(state, 0) for state in PictureState.values}


def unwilling(guests: Iterable[Guest]) -> set[int]:
    """Those who have not agreed to be shown; one query.

    A guest's own word for this event counts, a companion's is that of whoever brings them. A customer who withdrew the
    consent to pictures is never shown; one who gave it need not be asked again for every event.
    """
    people = list(guests)
    customers = {one.customer_id for one in people if one.customer_id}
    said = dict(
        Consent.objects.filter(
            customer__in=customers, purpose=Purpose.IMAGE, channel=Channel.ANY
        ).values_list("customer", "is_given")
    )
    heads = {one.pk: one for one in people}
    missing = {
        one.companion_of_id for one in people if one.companion_of_id and one.companion_of_id not in heads
    }
    heads |= {one.pk: one for one in Guest.objects.filter(pk__in=missing)} if missing else {}
    found = set()
    for one in people:
        own = one.allows_pictures
        if own is None and one.companion_of_id:
            own = heads[one.companion_of_id].allows_pictures
        known = said.get(one.customer_id or 0)
        if own is False or known is False or (own is None and not known):
            found.add(one.pk)
    return found


def facts_of(pictures: Iterable[Picture]) -> list[InPicture]:
    """What the rule of publication asks of each picture; its guests are read with it."""
    every = list(pictures)
    people = {guest.pk: guest for picture in every for guest in picture.guests.all()}
    against = unwilling(people.values())
    return [
        InPicture(
            str(picture),
            picture.people_checked_at is not None,
            tuple(guest.name for guest in picture.guests.all() if guest.pk in against),
        )
        for picture in every
    ]


def names_by_picture(pictures: Iterable[Picture]) -> dict[int, list[tuple[str, bool]]]:
    """Who is in each picture, and whether they may be shown."""
    every = list(pictures)
    against = unwilling({guest.pk: guest for one in every for guest in one.guests.all()}.values())
    found: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    for one in every:
        for guest in one.guests.all():
            found[one.pk].append((guest.name, guest.pk not in against))
    return found
