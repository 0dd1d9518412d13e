"""What a person may export of the organisation."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Appointment, Unit, User

from ..permissions import Perm
from .people import sees_contact
from .tree import units_seen

Rows = dict[str, list[dict[str, str | date | None]]]


def rows_for(reader: User) -> Rows:
    """Units in reach of `organisation.export`, the posts in them that have not ended, and the people who hold them."""
    units = list(units_seen(reader, Perm.EXPORT).select_related("parent", "department").order_by("path"))
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today())
    posts = list(
        Appointment.objects.filter(lasting, unit__in=units, user__is_active=True)
        .select_related("user", "unit__parent", "position")
        .order_by("user__username", "pk")
    )
    places: dict[User, list[Unit]] = {}
    for post in posts:
        places.setdefault(post.user, []).append(post.unit)
    if holds(reader, Perm.MANAGE):
        # Whoever keeps accounts also sees those without a post.
        for person in User.objects.active().exclude(pk__in=[p.pk for p in places]).order_by("username"):
            places[person] = []
    return {
        "units": [_unit(unit) for unit in units],
        "people": [_person(person, reader, held) for person, held in places.items()],
        "posts": [_post(post) for post in posts],
    }


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


def _person(person: User, reader: User, units: list[Unit]) -> dict[str, Any]:
    shows = sees_contact(reader, person, units) or holds(reader, Perm.MANAGE)
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
