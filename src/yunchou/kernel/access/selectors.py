"""Answers to "may this person, and why", for one object and for whole lists, always from the same grounds."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from yunchou.kernel.core import clock
from yunchou.kernel.core.reading import read_once
from yunchou.kernel.identity.models import Appointment, Position, Unit, User
from yunchou.kernel.subjects.kinds import kinds
from yunchou.kernel.subjects.models import Member, Role, Subject

from .grounds import EVERYWHERE, Ground, Seat, Tie, is_own, place, seats_of
from .models import ExtraGrant, Grant
from .registry import Right, Scope, is_outside, reserves, rights

NOTHING = Q(pk__in=[])
EVERYTHING = Q(pk__isnull=False)
# So many subjects outside a person's units are named one by one in a list's query; more are looked up by the database.
NAMED_AT_MOST = 200


@dataclass(frozen=True)
class Reach:
    """Where a person holds rights by position: for each right the paths of the units it reaches ("/" is everywhere)."""

    seats: dict[str, tuple[Seat, ...]]
    whole: dict[str, frozenset[str]] = field(init=False)
    own: dict[str, frozenset[int]] = field(init=False)

    def __post_init__(self) -> None:
        whole = {
            right: frozenset[str]().union(*(s.below for s in held)) for right, held in self.seats.items()
        }
        own = {right: frozenset[int]().union(*(s.only for s in held)) for right, held in self.seats.items()}
        object.__setattr__(self, "whole", whole)
        object.__setattr__(self, "own", own)

    def of(self, right: str) -> tuple[Seat, ...]:
        return self.seats.get(right, ())

    def covers(self, right: str, unit: Unit) -> bool:
        return any(seat.covers(unit) for seat in self.of(right))

    def anywhere(self, right: str) -> bool:
        return bool(self.of(right))

    def keeps_own(self, right: str) -> bool:
        """Whether the right reaches what the person owns or made, wherever it is."""
        return any(seat.scope == Scope.SELF for seat in self.of(right))


def valid_appointments() -> QuerySet[Appointment]:
    """Appointments in force, with what `grounds.seats_of` needs of them."""
    extra = ExtraGrant.objects.filter(appointment=OuterRef("pk"))
    return (
        Appointment.objects.valid()
        .annotate(is_extended=Exists(extra))
        .select_related("unit__parent", "position", "user")
    )


def lasting_appointments() -> QuerySet[Appointment]:
    """Appointments of people still here that are in force today or on a later day."""
    return Appointment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today()), user__is_active=True
    )


def reach_of(user: User) -> Reach:
    """The person's rights by position, read once per user object (that is, once per request)."""
    cached: Reach | None = getattr(user, "_reach", None)
    if cached is None:
        cached = reach_by(seats_of(valid_appointments().filter(user=user)))
        user._reach = cached  # type: ignore[attr-defined]
    return cached


def reach_by(seats: Iterable[Seat]) -> Reach:
    """What these seats reach together."""
    by_right: dict[str, list[Seat]] = defaultdict(list)
    for seat in seats:
        by_right[seat.right].append(seat)
    return Reach({right: tuple(held) for right, held in by_right.items()})


def limit_rights(user: User, to: Iterable[str]) -> None:
    """For the rest of this request let this user object use only some of the person's rights (API tokens)."""
    user._right_limit = frozenset(to)  # type: ignore[attr-defined]


def within_limit(user: User, right: str) -> bool:
    """Whether a right may be used at all by whatever acts for the person in this request."""
    limit: frozenset[str] | None = getattr(user, "_right_limit", None)
    return limit is None or right in limit


# ---------------------------------------------------------------- lists


def units_with(user: User, right: str) -> QuerySet[Unit]:
    """The units in which the person holds a right by position."""
    if not user.is_active or not within_limit(user, right):
        return Unit.objects.none()
    return Unit.objects.filter(_units_condition(reach_of(user), right))


def reach(user: User, right: str, *, path: str = "", is_list: bool = False) -> Q:
    """The condition that limits rows to what the person reaches with `right`.

    `path` leads from the row to its subject ("subject__", or "" for subjects themselves). With `is_list` one small query
    finds out first what the person is tied to outside the own units: as a rule nothing, and then the condition has no
    alternative, which lets the database go by its index (counting 10,000 campaigns takes a third of the time).
    """
    if not user.is_active or not user.is_authenticated or not within_limit(user, right):
        return NOTHING
    held = reach_of(user)
    if EVERYWHERE in held.whole.get(right, ()):
        # Not an empty Q: that would vanish when somebody joins it to another condition with `|`.
        return EVERYTHING
    by_unit = held.whole.get(right) or held.own.get(right)
    units = Unit.objects.filter(_units_condition(held, right)).order_by().values("pk")
    condition = Q(**{f"{path}unit__in": units}) if by_unit else NOTHING
    tied = _tied(user, rights[right], keeps_own=held.keeps_own(right))
    if tied is None:
        return condition
    if is_list and by_unit:
        outside = _outside(user, right)
        if len(outside) <= NAMED_AT_MOST:
            return condition | Q(**{f"{path}pk__in": outside}) if outside else condition
    return condition | Q(**{f"{path}pk__in": tied.values("pk")})


@read_once
def _outside(user: User, right: str) -> tuple[int, ...]:
    """What the person is tied to outside the units that the right reaches; cut where it is too much to be named."""
    held = reach_of(user)
    tied = _tied(user, rights[right], keeps_own=held.keeps_own(right))
    if tied is None:
        return ()
    units = Unit.objects.filter(_units_condition(held, right)).order_by().values("pk")
    found = tied.exclude(unit__in=units).order_by().values_list("pk", flat=True)
    return tuple(found[: NAMED_AT_MOST + 1])


def _units_condition(held: Reach, right: str) -> Q:
    return _units(held.whole.get(right, frozenset()), held.own.get(right, frozenset()))


def _units(whole: frozenset[str], own: frozenset[int]) -> Q:
    """The condition on a unit that it lies at or below these paths, or is one of these."""
    if EVERYWHERE in whole:
        return EVERYTHING
    condition = Q(pk__in=own)
    for prefix in whole:
        condition |= Q(path__startswith=prefix)
    return condition


def _tied(user: User, right: Right, *, keeps_own: bool) -> QuerySet[Subject] | None:
    """The subjects that the right reaches by relation, or None where no relation brings it."""
    own = {Role.OWNER} if keeps_own else set()
    roles = {*right.relations, *own}
    if not roles:
        return None
    ties = Member.objects.filter(user=user)
    condition = Q(pk__in=ties.filter(role__in=roles).values("subject"))
    if right.kinds:
        condition &= Q(kind__in=right.kinds) | Q(pk__in=ties.filter(role__in=own).values("subject"))
    if keeps_own:
        condition |= Q(created_by=user)
    return Subject.objects.filter(condition)


def visible_subjects(user: User) -> QuerySet[Subject]:
    """Every subject the person may see, of whatever kind.

    Kinds that are reached in the same way are asked for together: by the same units, and by the relations to them in one go.
    """
    if not user.is_active or not user.is_authenticated:
        return Subject.objects.filter(NOTHING)
    held = reach_of(user)
    placed: dict[tuple[frozenset[str], frozenset[int]], list[str]] = defaultdict(list)
    tied: dict[frozenset[str], list[str]] = defaultdict(list)
    made: list[str] = []
    for kind in kinds:
        right = rights[kind.view_perm]
        if not within_limit(user, right.key):
            continue
        whole, own = held.whole.get(right.key, frozenset()), held.own.get(right.key, frozenset())
        placed[whole, own].append(kind.key)
        if EVERYWHERE in whole:
            continue
        roles = right.relations if right.is_of(kind.key) else frozenset()
        if held.keeps_own(right.key):
            roles |= {Role.OWNER}
            made.append(kind.key)
        tied[roles].append(kind.key)
    condition = Q(kind__in=made, created_by=user) if made else NOTHING
    for (whole, own), keys in placed.items():
        condition |= Q(kind__in=keys) & _in_units(whole, own)
    return Subject.objects.filter(condition | Q(pk__in=_ties(user, tied)))


def _in_units(whole: frozenset[str], own: frozenset[int]) -> Q:
    """The condition on a subject that its unit lies at or below these paths, or is one of these."""
    if EVERYWHERE in whole:
        return EVERYTHING
    if not whole and not own:
        return NOTHING
    return Q(unit__in=Unit.objects.filter(_units(whole, own)).order_by().values("pk"))


def _ties(user: User, tied: Mapping[frozenset[str], Collection[str]]) -> QuerySet[Any]:
    """The subjects to which the person has one of the roles that count for their kind."""
    condition = NOTHING
    for roles, keys in tied.items():
        if roles:
            condition |= Q(role__in=roles, subject__kind__in=keys)
    return Member.objects.filter(condition, user=user).values("subject")


# ---------------------------------------------------------------- one object


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
    return next(_grounds(user, right, obj), None) is not None


def why(user: User, right: str, obj: object | None = None) -> list[Ground]:
    """Every reason why the person holds a right on what `holds` takes; none where the person does not hold it."""
    return list(_grounds(user, right, obj))


def _grounds(user: User, right: str, obj: object | None) -> Iterator[Ground]:
    declared = rights.get(right)
    if declared is None or not user.is_active or not within_limit(user, right):
        return
    seats = reach_of(user).of(right)
    if obj is None:
        yield from seats
    elif isinstance(obj, Unit):
        yield from (seat for seat in seats if seat.covers(obj))
    elif subject := subject_of(obj):
        yield from (seat for seat in seats if seat.covers(subject.unit))
        if declared.relations or any(seat.scope == Scope.SELF for seat in seats):
            yield from _by_relation(user, declared, seats, subject)


def _by_relation(user: User, right: Right, seats: Iterable[Seat], subject: Subject) -> Iterator[Ground]:
    roles = roles_on(user, subject)
    if right.is_of(subject.kind):
        yield from (
            Tie(right.key, role, subject) for role in Role if role in roles and role in right.relations
        )
    if is_own(user, subject, roles):
        yield from (seat for seat in seats if seat.scope == Scope.SELF)


def subject_of(obj: object) -> Subject | None:
    """The subject that an object is or has."""
    subject = obj if isinstance(obj, Subject) else getattr(obj, "subject", None)
    return subject if isinstance(subject, Subject) else None


# ---------------------------------------------------------------- who


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a right on something, and why."""

    user: User
    grounds: tuple[Ground, ...]


def who(right: str, obj: object | None = None, *, among: Collection[int] | None = None) -> list[Holder]:
    """Everybody who holds a right anywhere, on a unit or on what has a subject, with all grounds; by name.

    A handful of queries whatever the number of people, since what concerns everybody is read at once. `among` asks only
    after the people with these keys.
    """
    declared = rights.get(right)
    if declared is None:
        return []
    seats: dict[int, list[Seat]] = defaultdict(list)
    people: dict[int, User] = {}
    posts = _candidates(right) if among is None else _candidates(right).filter(user__in=among)
    for seat in seats_of(posts, right=right):
        seats[seat.appointment.user_id].append(seat)
        people[seat.appointment.user_id] = seat.appointment.user
    roles = _roles_by_person(subject_of(obj), people, among) if subject_of(obj) else {}
    found = []
    for pk, user in people.items():
        user._reach = reach_by(seats[pk])  # type: ignore[attr-defined]
        if subject := subject_of(obj):
            user.__dict__["_roles"] = {subject.pk: roles.get(pk, frozenset())}
        if grounds := why(user, right, obj):
            found.append(Holder(user, tuple(grounds)))
        # Only one right was read; nobody shall go on with half an answer.
        user.__dict__.pop("_reach")
    return sorted(found, key=lambda holder: (holder.user.name_pinyin, holder.user.pk))


def _candidates(right: str) -> QuerySet[Appointment]:
    """Appointments that may bring the right."""
    extra = ExtraGrant.objects.filter(appointment=OuterRef("pk"), right=right)
    return valid_appointments().filter(Q(position__grants__right=right) | Q(Exists(extra))).distinct()


def _roles_by_person(
    subject: Subject | None, people: dict[int, User], among: Collection[int] | None
) -> dict[int, frozenset[str]]:
    """The relations of everybody to a subject; whoever has one joins `people`."""
    roles: dict[int, set[str]] = defaultdict(set)
    members = Member.objects.filter(subject=subject, user__is_active=True).select_related("user")
    if among is not None:
        members = members.filter(user__in=among)
    for member in members:
        people.setdefault(member.user_id, member.user)
        roles[member.user_id].add(member.role)
    return {pk: frozenset(held) for pk, held in roles.items()}


def holders_of(right: str, obj: object) -> QuerySet[User]:
    """People who hold a right on a unit, by position, or on what has a subject, by position or relation."""
    return User.objects.filter(pk__in=[holder.user.pk for holder in who(right, obj)])


# ---------------------------------------------------------------- grants, and what another one would do


def grants_of(position: Position) -> dict[str, Grant]:
    """What a position brings, by right; those taken from it too."""
    return {grant.right: grant for grant in position.grants.prefetch_related("units")}


@dataclass(frozen=True)
class HeldOutside:
    """A right held outside the positions it is kept to: by a position, or by one appointment of it."""

    right: Right
    position: Position
    reason: str
    appointment: Appointment | None = None


def brings_kept_rights(position: Position) -> bool:
    """Whether a position brings, as one of those they are kept to, rights that are kept to some."""
    kept = {right for one in reserves if position.code in one.positions for right in one.rights}
    return bool(kept) and Grant.objects.given().filter(position=position, right__in=kept).exists()


def held_outside() -> list[HeldOutside]:
    """Rights that are kept to some positions and brought by others, with the reasons; two queries."""
    kept = {right for one in reserves for right in one.rights}
    grants = Grant.objects.given().filter(right__in=kept).select_related("position")
    extras = ExtraGrant.objects.filter(right__in=kept, appointment__in=lasting_appointments())
    extras = extras.select_related("appointment__position", "appointment__user", "appointment__unit")
    found = [HeldOutside(rights[one.right], one.position, one.reason) for one in grants]
    found += [
        HeldOutside(rights[one.right], one.appointment.position, one.reason, one.appointment)
        for one in extras
    ]
    outside = [one for one in found if is_outside(one.position.code, one.right.key)]
    return sorted(outside, key=lambda one: (one.position.order, one.position.code, one.right.key))


def grant_digest(position: Position, right: str) -> str:
    """What a page that shows a grant saw of it, to notice a change in between."""
    grant = Grant.objects.filter(position=position, right=right).first()
    units = sorted(grant.units.values_list("pk", flat=True)) if grant else []
    seen = [position.pk, right, grant.scope if grant else Scope.NONE, units]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Effect:
    """What another grant does to one person: the units in which the right begins and ends to reach."""

    user: User
    gained: frozenset[int]
    lost: frozenset[int]
    had_any: bool
    has_any: bool

    @property
    def begins(self) -> bool:
        """The person did not have the right at all."""
        return self.has_any and not self.had_any

    @property
    def ends(self) -> bool:
        """The person does not have the right at all any more."""
        return self.had_any and not self.has_any


def effects_of(position: Position, right: str, scope: str, units: Collection[Unit] = ()) -> list[Effect]:
    """Whom another grant would give or take something today, whatever else brings them the right; by name."""
    thought = Grant(position=position, right=right, scope=scope)
    thought.thought_units = tuple(units)  # type: ignore[attr-defined]
    people = valid_appointments().filter(position=position).values("user")
    held = list(valid_appointments().filter(user__in=people))
    now = seats_of(held, right=right)
    kept = [seat for seat in now if seat.appointment.position_id != position.pk or seat.reason]
    at_post = [one for one in held if one.position_id == position.pk]
    then = kept + (place(at_post, [thought]) if scope != Scope.NONE else [])
    paths = list(Unit.objects.filter(is_active=True).order_by("path"))
    before, after = _by_person(now), _by_person(then)
    found = []
    for user in {one.user_id: one.user for one in held}.values():
        was, will = before.get(user.pk, []), after.get(user.pk, [])
        had, has = _covered(was, paths), _covered(will, paths)
        if had != has or bool(was) != bool(will):
            found.append(Effect(user, has - had, had - has, bool(was), bool(will)))
    return sorted(found, key=lambda effect: (effect.user.name_pinyin, effect.user.pk))


def _by_person(seats: Iterable[Seat]) -> dict[int, list[Seat]]:
    found: dict[int, list[Seat]] = defaultdict(list)
    for seat in seats:
        found[seat.appointment.user_id].append(seat)
    return found


def _covered(seats: list[Seat], units: list[Unit]) -> frozenset[int]:
    return frozenset(unit.pk for unit in units if any(seat.covers(unit) for seat in seats))
