"""How a company comes into being: positions, default rights, work routes, departments, the first administrator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.actions import install_default_grants
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.models import Grant
from yunchou.kernel.access.registry import rights
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Position, Unit, User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..defaults import (
    GROUP_DEPARTMENTS,
    KERNEL_GRANTS,
    REGION_DEPARTMENTS,
    SMALL_CENTRE,
    SMALL_CENTRE_REASON,
    WORK_ROUTES,
    DepartmentSpec,
)
from ..models import CentreSize, StaffingRule, WorkTypeRoute
from ..permissions import Perm
from ..positions import POSITIONS, SYSTEM_ADMIN
from .appointments import hold
from .people import build_person
from .units import build_unit, create_unit


@dataclass(frozen=True)
class Company:
    """A company just founded: its group and the person who goes on from there."""

    group: Unit
    administrator: User


@transaction.atomic
def install_defaults(*, actor: User | None = None) -> None:
    """Positions, default rights, work routes and the staffing standard where missing; what was changed stays as it is.

    Safe to call at every start: a second call changes nothing and records nothing. A right that was taken from a
    position stays taken. Records `organisation.defaults_installed`.
    """
    data = {"positions": _install_positions(), "grants": _install_grants(), "routes": _install_routes()}
    standard = _install_standard()
    if any(data.values()) or standard:
        record(journal.DEFAULTS_INSTALLED, actor=actor, data=data)


@transaction.atomic
def found_company(
    *, name: str, code: str = "group", username: str, person: str, password: str | None, email: str = ""
) -> Company:
    """The first group with the departments of ORG-04, all defaults, and `person` as its system administrator.

    Nobody is there yet to act, hence no actor. Refuses where a unit exists; records `organisation.founded` and what
    `install_defaults` records.
    """
    if Unit.objects.exists():
        raise WrongState(say(_("There is a company already.")))
    install_defaults()
    group = build_unit(None, kind=Unit.Kind.GROUP, name=name, code=code, department="")
    _build_departments(group, GROUP_DEPARTMENTS)
    administrator = build_person(username=username, name=person, email=email, password=password)
    hold(person=administrator, unit=group, position=SYSTEM_ADMIN)
    record(
        journal.FOUNDED,
        actor=None,
        data={"unit": group.name, "code": group.code, "administrator": administrator.username},
        personal={administrator: {"name": administrator.name, "email": administrator.email}},
    )
    return Company(group, administrator)


@transaction.atomic
def found_region(*, group: Unit, name: str, code: str = "", actor: User) -> Unit:
    """A regional company with the departments a region has from the start (ORG-03, ORG-04).

    Refuses and records what `create_unit` does, for the region; its departments come with it.
    """
    require(actor, Perm.MANAGE, group)
    region = create_unit(parent=group, kind=Unit.Kind.REGION, name=name, code=code, actor=actor)
    _build_departments(region, REGION_DEPARTMENTS)
    return region


def _build_departments(parent: Unit, specs: Iterable[DepartmentSpec]) -> None:
    for spec in specs:
        unit = build_unit(
            parent,
            kind=Unit.Kind.DEPARTMENT,
            name=spec.name,
            code=f"{parent.code}-{spec.kind}".replace("_", "-"),
            department=spec.kind,
            duties=spec.duties,
            authority=spec.authority,
        )
        _build_departments(unit, spec.below)


def _install_positions() -> int:
    there = set(Position.objects.values_list("code", flat=True))
    missing = [
        Position(code=spec.code, name=spec.name, name_en=spec.name_en, order=order)
        for order, spec in enumerate(POSITIONS, 1)
        if spec.code not in there
    ]
    Position.objects.bulk_create(missing)
    return len(missing)


def _install_grants() -> int:
    """What the rooms declare, and what is laid down here for kernel rooms, which know no positions."""
    installed = install_default_grants()
    positions = {p.code: p for p in Position.objects.all()}
    held = set(Grant.objects.values_list("position__code", "right"))
    missing = [
        Grant(position=positions[code], right=rights[right].key, scope=scope)
        for right, holders in KERNEL_GRANTS.items()
        for code, scope in holders.items()
        if (code, right) not in held
    ]
    Grant.objects.bulk_create(missing)
    return installed + len(missing)


def _install_routes() -> int:
    there = set(WorkTypeRoute.objects.values_list("work_type", flat=True))
    missing = [
        WorkTypeRoute(work_type=w, department_kind=d) for w, d in WORK_ROUTES.items() if w not in there
    ]
    WorkTypeRoute.objects.bulk_create(missing)
    return len(missing)


def _install_standard() -> int:
    """The staffing standard of a small centre, unless a standard was ever laid down."""
    if StaffingRule.objects.exists():
        return 0
    positions = Position.objects.filter(code__in=SMALL_CENTRE)
    rules = [
        StaffingRule(
            size=CentreSize.SMALL,
            position=position,
            people=SMALL_CENTRE[position.code],
            valid_from=clock.today(),
            reason=SMALL_CENTRE_REASON,
        )
        for position in positions
    ]
    return len(StaffingRule.objects.bulk_create(rules))
