"""System administration, security administration and audit are never one person (等保 2.0 三级 8.1.4).

What makes somebody one of them is a right (`Right.duty`), wherever it comes from: a position, a second post, a deputy's
post, a grant to one appointment, now or later. So every appointment and every grant asks here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import Appointment, Position, User

from .models import ExtraGrant, Grant
from .registry import Duty, rights
from .selectors import lasting_appointments


@dataclass(frozen=True)
class Conflict:
    """Two kinds of administration in one person, through one appointment or two whose terms overlap."""

    user: User
    first: Duty
    second: Duty
    through: tuple[Appointment, ...]

    @property
    def sentence(self) -> Say:
        return say(
            _("{person} would hold {first} and {second}: these are never one person."),
            person=self.user.name,
            first=word(self.first),
            second=word(self.second),
        )


def word(duty: Duty) -> Say:
    """The duty's name, to be read in any language."""
    with override(None):
        return Say(str(duty.label))


def conflicts(users: Collection[int] | None = None) -> list[Conflict]:
    """Who of these people (of all, when None) would hold two kinds of administration, today or later."""
    by_person: dict[int, list[Appointment]] = defaultdict(list)
    duties = _duties(users)
    held = Appointment.objects.filter(pk__in=duties).select_related("user", "unit", "position")
    for one in held.order_by("user_id", "pk"):
        by_person[one.user_id].append(one)
    return [found for held in by_person.values() for found in _conflicts_of(held, duties)]


def _conflicts_of(held: list[Appointment], duties: dict[int, set[Duty]]) -> Iterable[Conflict]:
    for one in held:
        for first, second in combinations(sorted(duties[one.pk]), 2):
            yield Conflict(one.user, first, second, (one,))
    for one, other in combinations(held, 2):
        if not _overlap(one, other):
            continue
        for first in sorted(duties[one.pk]):
            for second in sorted(duties[other.pk] - {first}):
                yield Conflict(one.user, first, second, (one, other))


def refuse_conflicts(users: Collection[int]) -> None:
    """Raise `Refused` where one of these people would now hold two kinds of administration; for the end of a write."""
    if found := conflicts(users):
        raise Refused(found[0].sentence, code="separation_of_duties")


def _duties(users: Collection[int] | None) -> dict[int, set[Duty]]:
    """The kinds of administration by appointment, of those that have not ended."""
    keys = {right.key: Duty(right.duty) for right in rights if right.duty}
    lasting = lasting_appointments()
    if users is not None:
        lasting = lasting.filter(user__in=users)
    found: dict[int, set[Duty]] = defaultdict(set)
    by_position = lasting.filter(position__grants__in=Grant.objects.given().filter(right__in=keys))
    for pk, right in by_position.values_list("pk", "position__grants__right"):
        if right in keys:
            found[pk].add(keys[right])
    extras = ExtraGrant.objects.filter(right__in=keys, appointment__in=lasting)
    for pk, right in extras.values_list("appointment", "right"):
        found[pk].add(keys[right])
    return dict(found)


def duties_of(position: Position) -> set[Duty]:
    """The kinds of administration that a position brings."""
    held = Grant.objects.given().filter(position=position).values_list("right", flat=True)
    return {Duty(right.duty) for key in held if (right := rights.get(key)) and right.duty}


def _overlap(one: Appointment, other: Appointment) -> bool:
    """Whether two terms have a day in common."""
    start = max(one.valid_from or date.min, other.valid_from or date.min)
    return start <= min(one.valid_to or date.max, other.valid_to or date.max)
