"""Which department does which work, and where it is."""

from __future__ import annotations

from yunchou.kernel.identity.models import Unit

from ..models import DepartmentProfile, WorkTypeRoute

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


def work_of(kind: str) -> list[WorkTypeRoute]:
    """The work that goes to departments of a kind."""
    return list(WorkTypeRoute.objects.filter(department_kind=kind).order_by("pk"))


def work_routes() -> dict[str, str]:
    """The kind of department by type of work."""
    return dict(WorkTypeRoute.objects.order_by("pk").values_list("work_type", "department_kind"))
