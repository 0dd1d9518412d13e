"""Keeping the register of the service network (ORG-03)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind

from .. import journal
from ..models import PointKind, ServicePoint
from ..permissions import Perm
from ..selectors import is_regional_club
from .people import PHONE


@transaction.atomic
def register_point(
    *,
    unit: Unit,
    community: str,
    name: str,
    kind: str,
    address: str,
    services: str = "",
    hours: str = "",
    phone: str = "",
    keeper: User | None = None,
    opened_on: date | None = None,
    actor: User,
) -> ServicePoint:
    """Put a point of the service network into the register of a region's customer club.

    Refuses without `organisation.keep_points` on the club, units that are no customer club of a region, missing words
    and a point of this name in the same community; records `organisation.point_registered`.
    """
    require(actor, Perm.KEEP_POINTS, unit)
    if not unit.is_active or not is_regional_club(unit):
        raise _invalid("unit", _("Service points are registered by the customer club of a regional company."))
    point = ServicePoint(unit=unit, opened_on=opened_on or clock.today())
    _fill(point, community, name, kind, address, services, hours, phone, keeper)
    point.save()
    _tell(journal.POINT_REGISTERED, point, actor)
    return point


@transaction.atomic
def change_point(
    *,
    point: ServicePoint,
    community: str,
    name: str,
    kind: str,
    address: str,
    services: str = "",
    hours: str = "",
    phone: str = "",
    keeper: User | None = None,
    actor: User,
) -> ServicePoint:
    """Change what the register says of a point; the club stays. Records `organisation.point_changed`, if it differs."""
    locked = _lock(point, actor)
    before = _facts(locked)
    _fill(locked, community, name, kind, address, services, hours, phone, keeper)
    if (after := _facts(locked)) != before:
        locked.save()
        changes = {key: [before[key], after[key]] for key in after if after[key] != before[key]}
        _tell(journal.POINT_CHANGED, locked, actor, changes=changes)
    return locked


@transaction.atomic
def close_point(*, point: ServicePoint, actor: User) -> ServicePoint:
    """Say that a point serves nobody any more; it stays in the register. Records `organisation.point_closed`."""
    locked = _lock(point, actor)
    if locked.closed_on is not None:
        raise WrongState(say(_("“{point}” is closed already."), point=str(locked)))
    locked.closed_on = max(clock.today(), locked.opened_on)
    locked.save(update_fields=["closed_on"])
    _tell(journal.POINT_CLOSED, locked, actor)
    return locked


@transaction.atomic
def reopen_point(*, point: ServicePoint, actor: User) -> ServicePoint:
    """Take a closed point into use again. Records `organisation.point_reopened`."""
    locked = _lock(point, actor)
    if locked.closed_on is None:
        raise WrongState(say(_("“{point}” is open."), point=str(locked)))
    locked.closed_on = None
    locked.save(update_fields=["closed_on"])
    _tell(journal.POINT_REOPENED, locked, actor)
    return locked


def _lock(point: ServicePoint, actor: User) -> ServicePoint:
    found = ServicePoint.objects.select_for_update(of=("self",)).select_related("unit", "keeper")
    locked = found.get(pk=point.pk)
    require(actor, Perm.KEEP_POINTS, locked.unit)
    return locked


def _fill(
    point: ServicePoint,
    community: str,
    name: str,
    kind: str,
    address: str,
    services: str,
    hours: str,
    phone: str,
    keeper: User | None,
) -> None:
    texts = {"community": community, "name": name, "address": address, "services": services, "hours": hours}
    for field, text in texts.items():
        clean = " ".join(text.split())
        if not clean and field in ("community", "name", "address"):
            raise _invalid(field, _("Please fill this in."))
        setattr(point, field, clean)
    if kind not in PointKind.values:
        raise _invalid("kind", _("There is no such kind of service point."))
    if phone.strip() and not PHONE.fullmatch(phone.strip()):
        raise _invalid("phone", _("A phone number has 5 to 19 digits, spaces or hyphens."))
    same = ServicePoint.objects.filter(unit=point.unit, community=point.community, name=point.name)
    if same.exclude(pk=point.pk).exists():
        raise _invalid("name", _("This community has a service point of this name already."))
    point.kind, point.phone, point.keeper = kind, phone.strip(), keeper


def _facts(point: ServicePoint) -> dict[str, str]:
    names = ("community", "name", "kind", "address", "services", "hours", "phone")
    return {name: getattr(point, name) for name in names} | {
        "keeper": point.keeper.username if point.keeper else ""
    }


def _tell(kind: Kind, point: ServicePoint, actor: User, **more: object) -> None:
    data = {"point": str(point), "unit": point.unit.name, "code": point.unit.code, "id": point.pk, **more}
    record(kind, actor=actor, data=data)


def _invalid(field: str, message: str) -> Invalid:
    told = say(message)
    return Invalid(told, fields={field: told})
