"""The part of the organisation a person looks at: chosen in the top bar, kept in the session.

It narrows lists for convenience; what a person may see at all is decided by `access`, never here.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from yunchou.kernel.identity.models import Appointment, Unit, User

KEY = "scope_unit"


def units_of(user: User) -> QuerySet[Unit]:
    """The units at and below the person's appointments, without departments, in the order of the tree."""
    paths = list(
        Appointment.objects.valid().filter(user=user).values_list("unit__path", flat=True).distinct()
    )
    if not paths:
        return Unit.objects.none()
    below = reduce(or_, (Q(path__startswith=path) for path in paths))
    return Unit.objects.filter(below, is_active=True).exclude(kind=Unit.Kind.DEPARTMENT)


def choose(request: HttpRequest, unit: Unit | None) -> None:
    """Keep `unit` (None: everything visible) for the rest of the session."""
    if unit is None:
        request.session.pop(KEY, None)
    else:
        request.session[KEY] = {"id": unit.pk, "name": unit.name, "path": unit.path}


def chosen_name(request: HttpRequest) -> str:
    """The name of the chosen unit without asking the database, or nothing."""
    return str(request.session.get(KEY, {}).get("name", "")) if hasattr(request, "session") else ""


def chosen_path(request: HttpRequest) -> str:
    """The path of the chosen unit ("/1/5/"), by which lists are narrowed, or nothing."""
    return str(request.session.get(KEY, {}).get("path", "")) if hasattr(request, "session") else ""


def chosen_id(request: HttpRequest) -> int | None:
    """The chosen unit's primary key, or None for everything visible."""
    return request.session.get(KEY, {}).get("id") if hasattr(request, "session") else None
