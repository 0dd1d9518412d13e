"""Answers to "may this person", for one object and for whole lists, always from the same appointments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from yunchou.kernel.identity.models import Appointment, Unit, User
from yunchou.kernel.subjects.kinds import kinds
from yunchou.kernel.subjects.models import Member, Subject

from .models import Grant
from .registry import Scope, rights

NOTHING = Q(pk__in=[])
EVERYTHING = Q(pk__isnull=False)
# Rights that only show or hand out something.
READING = (".view", ".contact", ".take")


@dataclass(frozen=True)
class Reach:
    """Where a person holds rights by position: for each right the paths of the units it reaches ("/" is everywhere)."""

    whole: dict[str, frozenset[str]]
    own: dict[str, frozenset[int]]

    def covers(self, right: str, unit: Unit) -> bool:
        if unit.pk in self.own.get(right, ()):
            return True
        return any(unit.path.startswith(path) for path in self.whole.get(right, ()))

    def anywhere(self, right: str) -> bool:
        return bool(self.whole.get(right) or self.own.get(right))


def reach_of(user: User) -> Reach:
    """The person's rights by position, read once per user object (that is, once per request)."""
    cached: Reach | None = getattr(user, "_reach", None)
    if cached is None:
        cached = _read_reach(user)
        user._reach = cached  # type: ignore[attr-defined]
    return cached


def limit_rights(user: User, to: Iterable[str]) -> None:
    """For the rest of this request let this user object use only some of the person's rights (API tokens)."""
    user._right_limit = frozenset(to)  # type: ignore[attr-defined]


def within_limit(user: User, right: str) -> bool:
    """Whether a right may be used at all by whatever acts for the person in this request."""
    limit: frozenset[str] | None = getattr(user, "_right_limit", None)
    return limit is None or right in limit


def _read_reach(user: User) -> Reach:
    appointments = list(Appointment.objects.valid().filter(user=user).select_related("unit"))
    grants = list(Grant.objects.filter(position__in={a.position_id for a in appointments}))
    regions = _regions([a.unit for a in appointments]) if any(g.scope == Scope.REGION for g in grants) else {}
    whole: dict[str, set[str]] = {}
    own: dict[str, set[int]] = {}
    for appointment in appointments:
        for grant in grants:
            if grant.position_id != appointment.position_id:
                continue
            if grant.scope == Scope.UNIT:
                own.setdefault(grant.right, set()).add(appointment.unit_id)
                continue
            home = regions.get(appointment.unit_id, Home(appointment.unit.path, appointment.unit.path))
            path = {
                Scope.ALL: "/",
                Scope.BELOW: appointment.unit.path,
                Scope.REGION: home.read if grant.right.endswith(READING) else home.write,
            }[Scope(grant.scope)]
            if path:
                whole.setdefault(grant.right, set()).add(path)
            if grant.scope == Scope.REGION and home.group:
                own.setdefault(grant.right, set()).add(home.group)
    return Reach({k: frozenset(v) for k, v in whole.items()}, {k: frozenset(v) for k, v in own.items()})


@dataclass(frozen=True)
class Home:
    """What "own region" means for an appointment: the paths for reading and for writing, and the group, if it is its home."""

    read: str
    write: str | None
    group: int | None = None


def _regions(units: list[Unit]) -> dict[int, Home]:
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


def reach(user: User, right: str, *, path: str = "") -> Q:
    """The condition that limits rows to what the person reaches with `right`.

    `path` leads from the row to its subject ("subject__", or "" for subjects themselves).
    """
    if not user.is_active or not user.is_authenticated or not within_limit(user, right):
        return NOTHING
    held = reach_of(user)
    if "/" in held.whole.get(right, ()):
        # Not an empty Q: that would vanish when somebody joins it to another condition with `|`.
        return EVERYTHING
    condition = NOTHING
    if whole := held.whole.get(right):
        below = Q()
        for prefix in whole:
            below |= Q(path__startswith=prefix)
        condition |= Q(**{f"{path}unit__in": Unit.objects.filter(below).values("pk")})
    if own := held.own.get(right):
        condition |= Q(**{f"{path}unit__in": own})
    if roles := rights[right].relations:
        mine = Member.objects.filter(user=user, role__in=roles).values("subject")
        condition |= Q(**{f"{path}pk__in": mine})
    return condition


def visible_subjects(user: User) -> QuerySet[Subject]:
    """Every subject the person may see, of whatever kind."""
    condition = NOTHING
    for kind in kinds:
        condition |= Q(kind=kind.key) & reach(user, kind.view_perm)
    return Subject.objects.filter(condition)


def roles_on(user: User, subject: Subject) -> frozenset[str]:
    """The person's relations to a subject, read once per user object and subject."""
    cache: dict[int, frozenset[str]] = user.__dict__.setdefault("_roles", {})
    if subject.pk not in cache:
        cache[subject.pk] = frozenset(
            Member.objects.filter(user=user, subject=subject).values_list("role", flat=True)
        )
    return cache[subject.pk]


def holds(user: User, right: str, obj: object | None = None) -> bool:
    """Whether the person holds a right: anywhere, on a unit, on a subject, or on an object that has a subject."""
    declared = rights.get(right)
    if declared is None or not user.is_active or not within_limit(user, right):
        return False
    if obj is None:
        return reach_of(user).anywhere(right)
    if isinstance(obj, Unit):
        return reach_of(user).covers(right, obj)
    subject = obj if isinstance(obj, Subject) else getattr(obj, "subject", None)
    if not isinstance(subject, Subject):
        return False
    return reach_of(user).covers(right, subject.unit) or bool(declared.relations & roles_on(user, subject))


def holders_of(right: str, unit: Unit) -> QuerySet[User]:
    """People who hold a right on a unit by position."""
    appointments = (
        Appointment.objects.valid().filter(position__grants__right=right).select_related("unit", "user")
    )
    ids = {a.user_id for a in appointments if holds(a.user, right, unit)}
    return User.objects.filter(pk__in=ids)
