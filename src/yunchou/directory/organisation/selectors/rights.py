"""What a person may do and why, who may do something, and what a position brings: as pages tell it (ORG-12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext

from yunchou.kernel.access.grounds import Ground, place_of
from yunchou.kernel.access.models import ExtraGrant, Grant
from yunchou.kernel.access.registry import Right, Scope, rights
from yunchou.kernel.access.rooms import by_room, in_order, room_word
from yunchou.kernel.access.selectors import Effect, grants_of, lasting_appointments, why
from yunchou.kernel.accounts.models import ApiToken
from yunchou.kernel.approvals.models import Delegation
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Appointment, Position, Unit, User
from yunchou.kernel.subjects.models import Member, Role, Subject


@dataclass(frozen=True)
class TiedTo:
    """How many things a person is tied to by one relation."""

    role: Role
    count: int


@dataclass(frozen=True)
class RightLine:
    """One right of one person: every ground, the relations that bring it, and the API tokens that may use it."""

    right: Right
    grounds: tuple[Ground, ...] = ()
    ties: tuple[TiedTo, ...] = ()
    tokens: tuple[str, ...] = ()

    @property
    def is_held(self) -> bool:
        return bool(self.grounds or self.ties)


@dataclass
class RoomLines:
    """The rights of one room."""

    label: str | Promise
    lines: list[RightLine] = field(default_factory=list)


@dataclass(frozen=True)
class PersonRights:
    """All rights of a person by room: those held, and those not."""

    held: list[RoomLines]
    missing: list[RightLine]
    count: int


def rights_of(person: User, *, words: str = "", about: Subject | None = None) -> PersonRights:
    """What a person may do, everywhere or on one thing, and why; `words` narrow the rights by name or by ground."""
    roles = {} if about else _roles_of(person)
    tokens = list(ApiToken.objects.usable().filter(user=person))
    held: dict[str, RoomLines] = {}
    missing: list[RightLine] = []
    count = 0
    for right in rights:
        line = RightLine(
            right,
            tuple(why(person, right.key, about)),
            tuple(
                TiedTo(role, n)
                for role in Role
                if role in right.relations and person.is_active
                if (
                    n := sum(
                        many for (tied, kind), many in roles.items() if tied == role and right.is_of(kind)
                    )
                )
            ),
            tuple(token.name for token in tokens if right.key in token.rights),
        )
        if words and not _says(line, words.lower()):
            continue
        if not line.is_held:
            missing.append(line)
            continue
        count += 1
        held.setdefault(right.room, RoomLines(room_word(right.room))).lines.append(line)
    return PersonRights([held[room] for room in in_order(held)], missing, count)


def _says(line: RightLine, words: str) -> bool:
    told = " ".join([str(line.right.label), line.right.key, *(str(ground) for ground in line.grounds)])
    return words in told.lower()


def _roles_of(person: User) -> dict[tuple[str, str], int]:
    """To how many subjects of each kind the person is tied by each role."""
    counted = Member.objects.filter(user=person).values_list("role", "subject__kind")
    return {(role, kind): n for role, kind, n in counted.annotate(n=Count("subject", distinct=True))}


@dataclass(frozen=True)
class Brings:
    """What would bring somebody a right: positions that carry it, and relations."""

    positions: tuple[str, ...]
    relations: tuple[str, ...]


def what_brings(lines: Iterable[RightLine]) -> list[tuple[RightLine, Brings]]:
    """For rights that somebody does not hold: whom to ask for them. One query."""
    positions: dict[str, list[str]] = defaultdict(list)
    for grant in Grant.objects.given().select_related("position").order_by("position__order"):
        positions[grant.right].append(str(grant.position))
    return [
        (
            line,
            Brings(
                tuple(positions[line.right.key]),
                tuple(str(role.label) for role in Role if role in line.right.relations),
            ),
        )
        for line in lines
    ]


@dataclass(frozen=True)
class PostLine:
    """A post of a person with the further grants that it alone carries."""

    appointment: Appointment
    extras: tuple[ExtraGrant, ...]

    @property
    def place(self) -> str:
        return place_of(self.appointment.unit)

    def labels(self) -> list[tuple[str, str, str]]:
        """Right, units and reason of each."""
        return [
            (str(rights[e.right].label) if e.right in rights else e.right, _names(e.units.all()), e.reason)
            for e in self.extras
        ]


def posts_with_extras(person: User) -> list[PostLine]:
    """The posts a person holds now or later, with further grants."""
    held = (
        lasting_appointments()
        .filter(user=person)
        .select_related("unit__parent", "position", "user")
        .prefetch_related("extra_grants__units")
    )
    return [PostLine(one, tuple(one.extra_grants.all())) for one in held]


@dataclass(frozen=True)
class Standing:
    """Somebody decides approvals in somebody's stead for some days."""

    person: User
    is_given: bool
    valid_from: date
    valid_to: date


def delegations_of(person: User) -> list[Standing]:
    """Delegations of approvals that last: those given and those received."""
    lasting = Delegation.objects.filter(valid_to__gte=clock.today()).select_related("user", "to")
    given = [Standing(d.to, True, d.valid_from, d.valid_to) for d in lasting.filter(user=person)]
    received = [Standing(d.user, False, d.valid_from, d.valid_to) for d in lasting.filter(to=person)]
    return given + received


# ---------------------------------------------------------------- positions


@dataclass(frozen=True)
class GrantLine:
    """One right of a position: how far it reaches, or that it is not given."""

    right: Right
    scope: Scope
    units: tuple[Unit, ...]
    reason: str = ""

    @property
    def is_given(self) -> bool:
        return self.scope != Scope.NONE

    @property
    def reach(self) -> str:
        if self.scope == Scope.CHOSEN:
            return gettext("chosen units: %(units)s") % {"units": _names(self.units)}
        return str(self.scope.label)


def grant_lines(position: Position, words: str = "") -> list[tuple[str, list[GrantLine]]]:
    """Every right of the product under its room, with what the position brings of it."""
    held = grants_of(position)
    key = words.lower()
    found = []
    for room, listed in by_room(rights):
        lines = [_grant_line(right, held.get(right.key)) for right in listed]
        lines = [line for line in lines if key in f"{line.right.label} {line.right.key} {line.reach}".lower()]
        if lines:
            found.append((room, lines))
    return found


def grant_line(position: Position, right: Right) -> GrantLine:
    """What a position brings of one right."""
    return _grant_line(right, grants_of(position).get(right.key))


def _grant_line(right: Right, grant: Grant | None) -> GrantLine:
    if grant is None:
        return GrantLine(right, Scope.NONE, ())
    units = tuple(grant.units.all()) if grant.scope == Scope.CHOSEN else ()
    return GrantLine(right, Scope(grant.scope), units, grant.reason)


@dataclass(frozen=True)
class PositionLine:
    """A position in the list: how many rights it brings to how many people."""

    position: Position
    rights: int
    holders: int


def position_lines() -> list[PositionLine]:
    """All positions in their order; three queries."""
    brings = dict(Grant.objects.given().order_by().values_list("position").annotate(n=Count("pk")))
    held = dict(
        Appointment.objects.valid()
        .order_by()
        .values_list("position")
        .annotate(n=Count("user", distinct=True))
    )
    return [
        PositionLine(position, brings.get(position.pk, 0), held.get(position.pk, 0))
        for position in Position.objects.all()
    ]


def holders_of_position(position: Position) -> QuerySet[Appointment]:
    """Who holds a position today."""
    return Appointment.objects.valid().filter(position=position).select_related("user", "unit__parent")


def is_held_by(position: Position, user: User) -> bool:
    """Whether the person holds the position, now or later, also as a deputy."""
    return lasting_appointments().filter(position=position, user=user).exists()


@dataclass(frozen=True)
class EffectLine:
    """What a change does to one person, in words."""

    user: User
    sentence: str
    is_loss: bool


def effect_lines(effects: Iterable[Effect]) -> list[EffectLine]:
    """The preview of a change: who gains and who loses what."""
    found = list(effects)
    names = dict(Unit.objects.values_list("pk", "name")) if found else {}
    return [EffectLine(e.user, _effect_words(e, names), bool(e.lost or e.ends)) for e in found]


def _effect_words(effect: Effect, names: Mapping[int, str]) -> str:
    parts = []
    if effect.begins and not effect.gained:
        parts.append(gettext("gets the right for own things"))
    if effect.gained:
        parts.append(gettext("gains it in %(units)s") % {"units": _some(effect.gained, names)})
    if effect.ends:
        parts.append(gettext("loses the right"))
    elif effect.lost:
        parts.append(gettext("loses it in %(units)s") % {"units": _some(effect.lost, names)})
    return gettext(", ").join(parts)


def _some(pks: Iterable[int], names: Mapping[int, str], most: int = 4) -> str:
    """The first few names, and how many there are in all."""
    known = [names[pk] for pk in sorted(pks) if pk in names]
    shown = gettext(", ").join(known[:most])
    if len(known) <= most:
        return shown
    return gettext("%(units)s and %(count)s more units") % {"units": shown, "count": len(known) - most}


def _names(units: Iterable[Unit]) -> str:
    return gettext(", ").join(unit.name for unit in units)


def subject_by_code(code: str) -> Subject | None:
    """The one thing with this code, whatever kind it is."""
    found = (
        list(Subject.objects.filter(code__iexact=code.strip()).select_related("unit")[:2])
        if code.strip()
        else []
    )
    return found[0] if len(found) == 1 else None
