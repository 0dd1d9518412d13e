"""Who holds a role for a unit, and how people are found."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from yunchou.kernel.core.search import mixed_pattern

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
    """People whose name, pinyin, initials, a mixture of them (`李m`), user name or employee number matches `words`."""
    people = User.objects.active() if among is None else among
    key = words.strip().lower().replace(" ", "")
    if not key:
        return people
    found = Q(name__icontains=key) | Q(username__istartswith=key) | Q(employee_no__istartswith=key)
    if pattern := mixed_pattern(key):
        found |= Q(name_key__regex=pattern)
    return people.filter(found)


def find_units(words: str, among: QuerySet[Unit] | None = None) -> QuerySet[Unit]:
    """Active units whose name, pinyin, initials, a mixture of them, or code matches `words`."""
    units = Unit.objects.filter(is_active=True) if among is None else among
    key = words.strip().lower().replace(" ", "")
    if not key:
        return units
    found = Q(name__icontains=key) | Q(code__istartswith=key)
    if pattern := mixed_pattern(key):
        found |= Q(name_key__regex=pattern)
    return units.filter(found)


def colleagues(unit: Unit) -> QuerySet[User]:
    """People with an appointment in the region (or group) that `unit` belongs to."""
    root = Unit.objects.filter(pk__in=unit.ancestor_ids, kind=Unit.Kind.REGION).first() or unit
    return User.objects.active().filter(appointments__unit__path__startswith=root.path).distinct()


def people_by_id(ids: Iterable[int | None]) -> dict[int, User]:
    """People by primary key, in one query."""
    return User.objects.in_bulk([pk for pk in ids if pk is not None])
