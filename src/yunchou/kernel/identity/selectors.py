"""Who holds a role for a unit, and how people are found."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from .models import Appointment, Unit, User


def holders(position: str, unit: Unit) -> list[Appointment]:
    """Appointments to `position` in `unit` or, where it has none, in the nearest unit above; heads before deputies."""
    ids = unit.ancestor_ids
    found = list(
        Appointment.objects.valid()
        .filter(position__code=position, unit_id__in=ids)
        .select_related("user", "unit", "position")
    )
    for unit_id in ids:
        if here := [a for a in found if a.unit_id == unit_id]:
            return sorted(here, key=lambda a: (a.is_deputy, a.pk))
    return []


def find_people(words: str, among: QuerySet[User] | None = None) -> QuerySet[User]:
    """People whose name, pinyin, initials or user name contains `words`."""
    people = User.objects.active() if among is None else among
    key = words.strip().lower().replace(" ", "")
    if not key:
        return people
    return people.filter(
        Q(name__icontains=key)
        | Q(name_pinyin__contains=key)
        | Q(name_initials__startswith=key)
        | Q(username__startswith=key)
    )


def colleagues(unit: Unit) -> QuerySet[User]:
    """People with an appointment in the region (or group) that `unit` belongs to."""
    root = Unit.objects.filter(pk__in=unit.ancestor_ids, kind=Unit.Kind.REGION).first() or unit
    return User.objects.active().filter(appointments__unit__path__startswith=root.path).distinct()


def people_by_id(ids: Iterable[int | None]) -> dict[int, User]:
    """People by primary key, in one query."""
    return User.objects.in_bulk([pk for pk in ids if pk is not None])
