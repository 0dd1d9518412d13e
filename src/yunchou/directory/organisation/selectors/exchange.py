"""What a person may export of the organisation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Appointment, Unit, User

from ..permissions import Perm
from .people import sees_contact
from .tree import units_seen

Row: TypeAlias = Mapping[str, str | date | None]
BATCH = 500
"""So many rows are read at once."""


@dataclass(frozen=True)
class Listing:
    """The lines of each sheet, made while they are read, and how many there are."""

    rows: Mapping[str, Iterable[Row]]
    counts: Mapping[str, int]


def listing_for(reader: User) -> Listing:
    """Units in reach of `organisation.export`, the posts in them that have not ended, and the people who hold them."""
    units = units_seen(reader, Perm.EXPORT).select_related("parent", "department").order_by("path")
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today())
    held = Appointment.objects.filter(lasting, unit__in=units.order_by(), user__is_active=True)
    places: dict[int, set[int]] = {}
    for person, unit in held.order_by().values_list("user", "unit"):
        places.setdefault(person, set()).add(unit)
    # Whoever keeps accounts also sees those without a post.
    everybody = User.objects.active()
    people = (
        everybody if holds(reader, Perm.MANAGE) else everybody.filter(pk__in=held.order_by().values("user"))
    )
    posts = held.select_related("user", "unit__parent", "position").order_by("user__username", "pk")
    rows = {
        "units": map(_unit, units.iterator(BATCH)),
        "people": _people(people, reader, places),
        "posts": map(_post, posts.iterator(BATCH)),
    }
    return Listing(rows, {"units": units.count(), "people": people.count(), "posts": posts.count()})


def _people(people: QuerySet[User], reader: User, places: Mapping[int, set[int]]) -> Iterator[Row]:
    units = Unit.objects.in_bulk({unit for held in places.values() for unit in held})
    keeps_accounts = holds(reader, Perm.MANAGE)
    for person in people.order_by("username").iterator(BATCH):
        where = [units[unit] for unit in sorted(places.get(person.pk, ()))]
        shows = keeps_accounts or sees_contact(reader, person, where)
        yield _person(person, shows=shows)


def _unit(unit: Unit) -> dict[str, Any]:
    profile = getattr(unit, "department", None)
    return {
        "code": unit.code,
        "name": unit.name,
        "parent": unit.parent.code if unit.parent else "",
        "kind": unit.get_kind_display(),
        "department": profile.get_kind_display() if profile else "",
        "duties": profile.duties if profile else "",
        "authority": profile.authority if profile else "",
        "active": _("Yes"),
    }


def _person(person: User, *, shows: bool) -> dict[str, Any]:
    return {
        "username": person.username,
        "employee_no": person.employee_no,
        "name": person.name,
        "email": person.email if shows else "",
        "phone": person.phone if shows else "",
        "active": _("Yes"),
    }


def _post(post: Appointment) -> dict[str, Any]:
    return {
        "person": post.user.employee_no or post.user.username,
        "unit": post.unit.code,
        "position": str(post.position),
        "main": _("Yes") if post.is_main else "",
        "deputy": _("Yes") if post.is_deputy else "",
        "valid_from": post.valid_from,
        "valid_to": post.valid_to,
    }
