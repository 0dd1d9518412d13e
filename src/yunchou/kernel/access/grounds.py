"""Why somebody holds a right: the reasons that answers are made of, each with its sentence.

A `Seat` is a right brought by an appointment (its position's grant, or a grant to this appointment alone); a `Tie` is a
right brought by a relation to one subject. Both know where they reach; nothing else brings a right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from django.utils.translation import gettext as _

from yunchou.kernel.identity.models import Appointment, Unit, User
from yunchou.kernel.subjects.models import Role, Subject

from .models import ExtraGrant, Grant
from .registry import Scope, rights

# Rights whose word begins like this only show or hand out something: `campaigns.view`, `organisation.see_meetings`.
READING = frozenset({"view", "see", "contact", "take"})
EVERYWHERE = "/"


@dataclass(frozen=True)
class Seat:
    """A right that an appointment brings.

    It reaches the units whose path begins with one of `below` ("/" is everywhere), the units `only`, and with the scope
    `self` what the person owns or made. `units` are the chosen ones, for the sentence; `reason` was given with a grant to
    this appointment alone.
    """

    right: str
    appointment: Appointment
    scope: Scope
    below: frozenset[str] = frozenset()
    only: frozenset[int] = frozenset()
    units: tuple[Unit, ...] = ()
    reason: str = ""

    def covers(self, unit: Unit) -> bool:
        return unit.pk in self.only or any(unit.path.startswith(path) for path in self.below)

    @property
    def until(self) -> date | None:
        """The last day, where the appointment has one."""
        return self.appointment.valid_to

    @property
    def is_deputy(self) -> bool:
        return self.appointment.is_deputy

    def __str__(self) -> str:
        held = self.appointment
        place = {"position": held.position, "unit": place_of(held.unit), "reach": self.reach}
        if held.is_deputy:
            return _("as deputy %(position)s in %(unit)s: %(reach)s") % place
        return _("as %(position)s in %(unit)s: %(reach)s") % place

    @property
    def reach(self) -> str:
        """How far, in words."""
        if self.scope != Scope.CHOSEN:
            return str(self.scope.label)
        return _("chosen units: %(units)s") % {"units": _listed(unit.name for unit in self.units)}


@dataclass(frozen=True)
class Tie:
    """A right that a relation to one subject brings, wherever the subject and the person stand."""

    right: str
    role: Role
    subject: Subject

    until: date | None = None
    is_deputy: bool = False
    reason: str = ""

    def __str__(self) -> str:
        return _("by relation to this: %(role)s") % {"role": self.role.label}


Ground: TypeAlias = Seat | Tie


def place_of(unit: Unit) -> str:
    """A department with what it belongs to, since every region has a marketing department; other units by name."""
    above = unit.parent if unit.kind == Unit.Kind.DEPARTMENT else None
    return f"{above.name} · {unit.name}" if above else unit.name


def _listed(names: Iterable[str]) -> str:
    return _(", ").join(names)


@dataclass(frozen=True)
class Home:
    """What "own region" means for an appointment: the paths for reading and for writing, and the group, if it is its home."""

    read: str
    write: str | None
    group: int | None = None


def seats_of(appointments: Iterable[Appointment], *, right: str = "") -> list[Seat]:
    """Everything these appointments bring, or one right of it; they come with unit and position.

    Five queries at most, three as a rule: chosen units and further grants are read only where there are any.
    """
    held = list(appointments)
    grants = Grant.objects.given().filter(position__in={one.position_id for one in held})
    extras = _extras(held)
    if right:
        grants = grants.filter(right=right)
        extras = [extra for extra in extras if extra.right == right]
    return place(held, list(grants), extras)


def place(held: list[Appointment], grants: list[Grant], extras: Iterable[ExtraGrant] = ()) -> list[Seat]:
    """Where the grants of their positions reach from the units of these appointments."""
    homes = _homes([one.unit for one in held]) if any(g.scope == Scope.REGION for g in grants) else {}
    chosen = {g.pk: _chosen(g) for g in grants if g.scope == Scope.CHOSEN}
    by_position: dict[int, list[Grant]] = {}
    for grant in grants:
        by_position.setdefault(grant.position_id, []).append(grant)
    seats = [
        _seat(one, grant, homes, chosen.get(grant.pk, ()))
        for one in held
        for grant in by_position.get(one.position_id, ())
    ]
    by_pk = {one.pk: one for one in held}
    return seats + [_extra_seat(extra, by_pk[extra.appointment_id]) for extra in extras]


def _seat(held: Appointment, grant: Grant, homes: Mapping[int, Home], chosen: tuple[Unit, ...]) -> Seat:
    scope = Scope(grant.scope)
    below: set[str] = set()
    only: set[int] = set()
    if scope == Scope.ALL:
        below.add(EVERYWHERE)
    elif scope == Scope.BELOW:
        below.add(held.unit.path)
    elif scope == Scope.UNIT:
        only.add(held.unit_id)
    elif scope == Scope.CHOSEN:
        below |= {unit.path for unit in chosen}
    elif scope == Scope.REGION:
        home = homes[held.unit_id]
        below |= {path for path in (home.read if is_reading(grant.right) else home.write,) if path}
        only |= {home.group} if home.group else set()
    if (declared := rights.get(grant.right)) and declared.is_shared:
        only |= set(held.unit.ancestor_ids)
    return Seat(grant.right, held, scope, frozenset(below), frozenset(only), chosen)


def _extra_seat(extra: ExtraGrant, held: Appointment) -> Seat:
    units = _chosen(extra)
    below = frozenset(unit.path for unit in units)
    return Seat(extra.right, held, Scope.CHOSEN, below, units=units, reason=extra.reason)


def _chosen(grant: Grant | ExtraGrant) -> tuple[Unit, ...]:
    """The chosen units; of a grant that is only being thought of, those it was given."""
    thought: Iterable[Unit] | None = getattr(grant, "thought_units", None)
    return tuple(grant.units.all() if thought is None else thought)


def _extras(held: list[Appointment]) -> list[ExtraGrant]:
    """Grants to single appointments. `is_extended` was read with the appointments, so that nobody asks in vain."""
    ids = [one.pk for one in held if getattr(one, "is_extended", True)]
    return list(ExtraGrant.objects.filter(appointment__in=ids).prefetch_related("units")) if ids else []


def _homes(units: list[Unit]) -> dict[int, Home]:
    """For each unit its region. People of the group read all regions and write in their own branch and for the group.

    ORG-12: regional users see their region, group users read all regions.
    """
    above = Unit.objects.in_bulk({pk for unit in units for pk in unit.ancestor_ids})
    found = {}
    for unit in units:
        chain = [above[pk] for pk in unit.ancestor_ids]
        region = next((u for u in chain if u.kind == Unit.Kind.REGION), None)
        group = next((u for u in chain if u.kind == Unit.Kind.GROUP), None)
        branch = next((u for u in reversed(chain) if u.kind != Unit.Kind.GROUP), None)
        if region:
            found[unit.pk] = Home(region.path, region.path)
        else:
            write = branch.path if branch else None
            found[unit.pk] = Home((group or unit).path, write, group.pk if group else None)
    return found


def is_reading(right: str) -> bool:
    """Whether a right only shows something: people of the group have it for all regions (ORG-12)."""
    return right.rpartition(".")[2].partition("_")[0] in READING


def is_own(user: User, subject: Subject, roles: Iterable[str]) -> bool:
    """What the scope `self` reaches: what the person made or owns."""
    return subject.created_by_id == user.pk or Role.OWNER in roles
