"""The register of the service network, by region (ORG-03)."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.identity.models import Unit, User

from ..models import DepartmentKind, ServicePoint
from ..permissions import Perm
from .tree import Kind, company_of


def is_regional_club(unit: Unit) -> bool:
    """Whether a unit is the customer club of a regional company or of one of its projects."""
    profile = getattr(unit, "department", None)
    is_club = profile is not None and profile.kind == DepartmentKind.CUSTOMER_CLUB
    return is_club and company_of(unit).kind != Kind.GROUP


def points_seen(user: User, *, words: str = "", with_closed: bool = True) -> QuerySet[ServicePoint]:
    """The points whose club the person may see: the own region's, and for people of the group every region's."""
    found = ServicePoint.objects.filter(unit__in=units_with(user, Perm.SEE_POINTS))
    if not with_closed:
        found = found.filter(closed_on__isnull=True)
    for word in words.split():
        found = found.filter(
            Q(community__icontains=word)
            | Q(name__icontains=word)
            | Q(address__icontains=word)
            | Q(unit__parent__name__icontains=word)
        )
    return found.select_related("unit__parent", "keeper")


def clubs_kept(user: User) -> list[Unit]:
    """The regional customer clubs for which the person keeps the register."""
    clubs = units_with(user, Perm.KEEP_POINTS).filter(
        is_active=True, department__kind=DepartmentKind.CUSTOMER_CLUB
    )
    found = clubs.select_related("parent", "department").order_by("path")
    return [unit for unit in found if is_regional_club(unit)]
