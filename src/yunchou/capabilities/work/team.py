"""The team of a subject for pages: who stands in which tier, which modules nobody leads, and what the standard asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from yunchou.directory.organisation.models import DepartmentProfile
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.selectors import colleagues
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.models import Member, Role, Subject

from .deliveries import covers
from .models import Outsider, Seat, StandardPart, TeamStandard, Tier
from .occasions import occasion_of
from .permissions import Perm
from .rules import modules_are_covered
from .tables import AssignmentRow


@dataclass(frozen=True)
class Someone:
    """A member of the team, with or without an account. `pk` is that of the tie, or of the external person."""

    pk: int
    tier: str
    duty: str
    part: str
    user: User | None = None
    outsider: Outsider | None = None

    @property
    def name(self) -> str:
        return self.user.name if self.user else self.outsider.name if self.outsider else ""


@dataclass(frozen=True)
class Roster:
    """Everybody in a team; a person stands in the highest tier only (TEA-01)."""

    people: tuple[Someone, ...]

    def of(self, tier: str) -> list[Someone]:
        return [one for one in self.people if one.tier == tier]

    @property
    def tiers(self) -> list[tuple[Tier, list[Someone]]]:
        """The three tiers from the top."""
        return [(tier, self.of(tier)) for tier in Tier]

    @cached_property
    def parts(self) -> Counter[str]:
        """How many people play each part."""
        return Counter(one.part for one in self.people if one.part)


RANK = (Role.LEAD, Role.OWNER, Role.MODULE_LEAD, Role.MEMBER)


def roster_of(subject: Subject) -> Roster:
    """Everybody in a team, the lead first; three queries. Where nobody leads, the owner stands for the lead."""
    ties = list(Member.objects.filter(subject=subject, role__in=RANK).select_related("user").order_by("pk"))
    parts = dict(Seat.objects.filter(member__subject=subject).values_list("member", "part"))
    has_lead = any(tie.role == Role.LEAD for tie in ties)
    highest: dict[int, Member] = {}
    for tie in sorted(ties, key=lambda one: RANK.index(Role(one.role))):
        if tie.role != Role.OWNER or not has_lead:
            highest.setdefault(tie.user_id, tie)
    known = [
        Someone(tie.pk, _tier(tie.role), tie.duty, parts.get(tie.pk, ""), user=tie.user)
        for tie in sorted(highest.values(), key=lambda one: one.pk)
    ]
    others = [
        Someone(one.pk, one.tier, one.duty, one.part, outsider=one)
        for one in Outsider.objects.filter(subject=subject)
    ]
    return Roster((*known, *others))


def _tier(role: str) -> str:
    return Tier.LEAD.value if role == Role.OWNER else role


def sees_contacts(user: User, subject: Subject) -> bool:
    """Who belongs to the team sees how its external people are reached, and who puts it together; nobody else."""
    in_team = Member.objects.filter(subject=subject, user=user).exclude(role=Role.APPROVER).exists()
    return in_team or holds(user, Perm.TEAM, subject)


# ---------------------------------------------------------------- modules


@dataclass(frozen=True)
class Module:
    """One of the modules every team has: who leads it, and how many tasks it has."""

    name: str
    leads: tuple[str, ...]
    tasks: int
    owners: tuple[str, ...]

    @property
    def level(self) -> str:
        """A signal: without tasks nobody does it, without a lead nobody answers for it."""
        return "act" if not self.tasks else "fine" if self.leads or self.owners else "watch"


def modules_of(roster: Roster, assignments: Sequence[AssignmentRow]) -> tuple[Module, ...]:
    """The modules of K-TEA-02 with their leads and tasks, and those that the division of work has beside them."""
    names = list(params_on([modules_are_covered])[modules_are_covered.id].modules)
    others = dict.fromkeys(row.module for row in assignments if row.module)
    names += [own for own in others if not any(name in own for name in names)]
    return tuple(_module(name, roster, [row for row in assignments if name in row.module]) for name in names)


def _module(name: str, roster: Roster, rows: Sequence[AssignmentRow]) -> Module:
    leads = [one.name for one in roster.of(Tier.MODULE_LEAD) if covers(one.duty, name)]
    owners = dict.fromkeys(row.owner.name for row in rows if row.owner and not row.owner.is_team)
    return Module(name, tuple(leads), len(rows), tuple(owners))


# ---------------------------------------------------------------- standards


@dataclass(frozen=True)
class Staffed:
    """One part of the standard: how many people it wants and how many play it (TEA-07)."""

    part: StandardPart
    actual: int

    @property
    def gap(self) -> int:
        """How many are missing."""
        return max(0, self.part.people - self.actual)

    @property
    def level(self) -> str:
        return "fine" if not self.gap else "act" if not self.actual else "watch"


@dataclass(frozen=True)
class Staffing:
    """A team beside the standard of its kind; `loose` are people who play no part of it."""

    standard: TeamStandard
    parts: tuple[Staffed, ...]
    loose: tuple[Someone, ...]

    @property
    def wanted(self) -> int:
        return sum(one.part.people for one in self.parts)

    @property
    def actual(self) -> int:
        """How many of the people wanted are there; more than wanted of one part make up for no other."""
        return sum(min(one.actual, one.part.people) for one in self.parts)

    @property
    def gap(self) -> int:
        return self.wanted - self.actual


def standard_for(subject: Subject) -> TeamStandard | None:
    """The standard of the kind of a subject, that of the nearest unit; two queries."""
    kind = occasion_of(subject).kind
    found = TeamStandard.objects.of(subject.unit).filter(kind=kind).select_related("unit").order_by("pk")
    return max(found, key=lambda one: len(one.unit.path) if one.unit else 0, default=None) if kind else None


def staffing_of(roster: Roster, standard: TeamStandard) -> Staffing:
    """A team checked against a standard; one query. Who leads the team plays the part of its lead, named or not."""
    parts = list(standard.parts.all())
    names = {part.name for part in parts}
    leads = roster.of(Tier.LEAD)
    played = {part.name: len(leads) for part in parts if part.tier == Tier.LEAD}
    return Staffing(
        standard,
        tuple(Staffed(part, max(roster.parts[part.name], played.get(part.name, 0))) for part in parts),
        tuple(one for one in roster.people if one.part not in names and not (played and one in leads)),
    )


@dataclass(frozen=True)
class Proposed:
    """One part, and who may play it: colleagues of the department it comes from, those of the region where none is named."""

    part: StandardPart
    people: tuple[User, ...]
    chosen: tuple[User, ...]


def proposals(subject: Subject, standard: TeamStandard) -> tuple[Proposed, ...]:
    """The parts of a standard with the people who suit them; those who play a part already are chosen. Five queries."""
    around = list(colleagues(subject.unit).order_by("name_pinyin", "pk"))
    departments = dict(DepartmentProfile.objects.values_list("unit", "kind"))
    by_kind: dict[str, set[int]] = {}
    posts = User.objects.filter(pk__in=[one.pk for one in around]).values_list("pk", "appointments__unit")
    for person, unit in posts:
        if unit in departments:
            by_kind.setdefault(departments[unit], set()).add(person)
    roster = roster_of(subject)
    return tuple(
        Proposed(part, _suiting(part, around, by_kind), _playing(part, roster.people))
        for part in standard.parts.all()
    )


def _suiting(part: StandardPart, around: Iterable[User], by_kind: dict[str, set[int]]) -> tuple[User, ...]:
    """Those of the department first; everybody of the region may be chosen."""
    near = by_kind.get(part.department, set())
    return tuple(sorted(around, key=lambda user: user.pk not in near))


def _playing(part: StandardPart, people: Iterable[Someone]) -> tuple[User, ...]:
    if part.tier == Tier.LEAD:
        return tuple(one.user for one in people if one.user and one.tier == Tier.LEAD)
    return tuple(one.user for one in people if one.user and one.part == part.name)
