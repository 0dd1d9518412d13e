"""Which department does which work, and where it is."""

from __future__ import annotations

from dataclasses import dataclass

from yunchou.kernel.identity.models import Appointment, Unit, User

from ..models import DepartmentProfile, WorkType, WorkTypeRoute
from .people import head_of

Kind = Unit.Kind


def department_for(work_type: str, unit: Unit) -> Unit | None:
    """The department that does a type of work for `unit`: of the nearest company upwards that has one (ORG-05).

    A region without a design department is served by the group's, never by another region's.
    """
    route = WorkTypeRoute.objects.filter(work_type=work_type).first()
    return department_of_kind(route.department_kind, unit) if route else None


def department_of_kind(kind: str, unit: Unit) -> Unit | None:
    """The active department of a kind that is nearest to `unit`, looking upwards company by company."""
    profiles = DepartmentProfile.objects.filter(kind=kind, unit__is_active=True).select_related("unit")
    departments = [profile.unit for profile in profiles]
    above = Unit.objects.in_bulk({pk for place in (*departments, unit) for pk in place.ancestor_ids})

    def company(place: Unit) -> int | None:
        return next((pk for pk in place.ancestor_ids if above[pk].kind != Kind.DEPARTMENT), None)

    for pk in unit.ancestor_ids:
        near = [d for d in departments if d.pk == pk or company(d) == pk]
        if near:
            return min(near, key=lambda d: (len(d.ancestor_ids), d.pk))
    return None


def desk_for(work_type: str, unit: Unit) -> list[User]:
    """Who takes in a type of work for `unit`: the head of the department that does it, else everybody there."""
    department = department_for(work_type, unit)
    if department is None:
        return []
    if head := head_of(department):
        return [head]
    held = Appointment.objects.valid().filter(unit=department, is_deputy=False, user__is_active=True)
    return sorted({one.user for one in held.select_related("user")}, key=lambda user: user.pk)


@dataclass(frozen=True)
class Destination:
    """Where a type of work of a unit goes."""

    department: Unit | None
    desk: tuple[User, ...]


def destinations(unit: Unit) -> dict[str, Destination]:
    """Where each type of work of a unit goes by the routes in force."""
    return {
        work_type: Destination(department_for(work_type, unit), tuple(desk_for(work_type, unit)))
        for work_type in WorkType.values
    }


def work_of(kind: str) -> list[WorkTypeRoute]:
    """The work that goes to departments of a kind."""
    return list(WorkTypeRoute.objects.filter(department_kind=kind).order_by("pk"))


def work_routes() -> dict[str, str]:
    """The kind of department by type of work."""
    return dict(WorkTypeRoute.objects.order_by("pk").values_list("work_type", "department_kind"))
