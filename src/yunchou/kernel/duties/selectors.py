"""Inbox, overdue lists, next duties, and who is above whom. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from yunchou.kernel.access.models import Grant
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.identity.models import Appointment, User
from yunchou.kernel.identity.selectors import holders
from yunchou.kernel.subjects.models import Member

from .kinds import OWNER, SUPERVISOR
from .models import Duty, DutyQuerySet
from .permissions import Perm

#: How many duties an inbox lists; the counts are of all.
SHOWN = 100


@dataclass(frozen=True)
class Inbox:
    """What a person owes, by time: late, until the end of this day, and after it. `total` and `late` count all."""

    overdue: list[Duty] = field(default_factory=list)
    today: list[Duty] = field(default_factory=list)
    later: list[Duty] = field(default_factory=list)
    total: int = 0
    late: int = 0

    @property
    def duties(self) -> list[Duty]:
        return [*self.overdue, *self.today, *self.later]


@dataclass(frozen=True)
class Group:
    """Duties under one heading of an inbox."""

    label: Text
    duties: Sequence[Duty]
    level: str = ""
    count: int | None = None

    @property
    def size(self) -> int:
        return len(self.duties) if self.count is None else self.count


def owed_by(user: User) -> DutyQuerySet:
    """Open duties of a person with what a list shows of them, soonest first."""
    return Duty.objects.open().filter(owner=user).select_related("subject", "owner").order_by("due_at", "pk")


def inbox(
    user: User, now: datetime | None = None, *, without: Collection[str] = (), limit: int = SHOWN
) -> Inbox:
    """The person's open duties in two queries, those of kinds in `without` left out."""
    now = now or clock.now()
    midnight = end_of_day(now)
    mine = owed_by(user).exclude(kind__in=without) if without else owed_by(user)
    duties = list(mine[:limit])
    counts = mine.order_by().aggregate(total=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    return Inbox(
        overdue=[d for d in duties if d.due_at < now],
        today=[d for d in duties if now <= d.due_at < midnight],
        later=[d for d in duties if d.due_at >= midnight],
        **counts,
    )


def grouped(box: Inbox, by: str = "due") -> list[Group]:
    """The inbox under headings: by due time ("due"), by what it concerns ("subject") or by rule ("rule")."""
    if by == "due":
        groups = [
            Group(say(gettext_noop("Overdue")), box.overdue, "act", box.late),
            Group(say(gettext_noop("Due today")), box.today),
            Group(say(gettext_noop("Coming up")), box.later),
        ]
        return [group for group in groups if group.duties]
    found: dict[Any, list[Duty]] = {}
    for duty in box.duties:
        found.setdefault(duty.subject if by == "subject" else _clause_of(duty), []).append(duty)
    return [Group(str(title), duties) for title, duties in found.items()]


def _clause_of(duty: Duty) -> str:
    return " · ".join(part for part in (duty.rule, duty.clause) if part) or _("No rule")


def end_of_day(now: datetime) -> datetime:
    """Midnight after `now` in Shanghai."""
    return clock.moment(clock.local(now).date() + timedelta(days=1))


def open_count(user: User) -> int:
    """How many things the person owes."""
    return owed_by(user).count()


def overdue_count(user: User, now: datetime | None = None) -> int:
    """How many of the person's duties are late."""
    return Duty.objects.overdue(now).filter(owner=user).count()


def overdue_below(user: User, now: datetime | None = None) -> DutyQuerySet:
    """Late duties of other people that this person answers for, or that were escalated to him or her."""
    return (
        Duty.objects.overdue(now)
        .visible_to(user)
        .exclude(owner=user)
        .select_related("subject", "owner")
        .order_by("due_at", "pk")
    )


def next_duty(subject_ids: Iterable[int]) -> dict[int, Duty]:
    """The soonest open duty of each subject, in one query."""
    soonest = (
        Duty.objects.open().filter(subject=OuterRef("subject")).order_by("due_at", "pk").values("pk")[:1]
    )
    found = (
        Duty.objects.open()
        .filter(subject__in=list(subject_ids), pk=Subquery(soonest))
        .select_related("owner", "subject")
    )
    return {duty.subject_id: duty for duty in found}


def supervisors_of(user: User) -> list[User]:
    """Who is next above a person: holders of `duties.oversee` in the nearest unit above (or the own one).

    Where the person oversees the own unit, the search begins above it; heads come before deputies.
    """
    appointments = list(Appointment.objects.valid().filter(user=user, is_deputy=False).select_related("unit"))
    above: dict[int, list[Appointment]] = {}
    ids = {pk for a in appointments for pk in a.unit.ancestor_ids}
    seated = (
        Appointment.objects.valid()
        .filter(unit__in=ids, position__grants__in=Grant.objects.given().filter(right=Perm.OVERSEE))
        .select_related("user")
        .order_by("is_deputy", "position__order", "pk")
        .distinct()
    )
    for seat in seated:
        above.setdefault(seat.unit_id, []).append(seat)
    for appointment in appointments:
        for unit_id in appointment.unit.ancestor_ids:
            seats = above.get(unit_id, [])
            if seats and all(seat.user_id != user.pk for seat in seats):
                return list(dict.fromkeys(seat.user for seat in seats))
    return []


class Hearers:
    """The people whom the rungs of ladders name. Whoever was asked for once is remembered: one is for one run."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], list[User]] = {}

    def of(self, whom: str, duty: Duty) -> list[User]:
        """Who hears of the duty on a rung for `whom`: see `kinds`."""
        sort, _colon, name = whom.partition(":")
        if whom == OWNER:
            return [duty.owner]
        if whom == SUPERVISOR:
            return self._once(whom, duty.owner_id, lambda: supervisors_of(duty.owner)[:1])
        if sort == "role":
            return self._once(whom, duty.subject_id, lambda: _in_role(name, duty))
        return self._once(whom, duty.subject.unit_id, lambda: _in_position(name, duty))

    def _once(self, whom: str, about: int, find: Callable[[], list[User]]) -> list[User]:
        if (whom, about) not in self._known:
            self._known[whom, about] = find()
        return self._known[whom, about]


def _in_role(name: str, duty: Duty) -> list[User]:
    members = Member.objects.filter(subject=duty.subject, role=name, user__is_active=True)
    return [member.user for member in members.select_related("user").order_by("pk")]


def _in_position(code: str, duty: Duty) -> list[User]:
    seats = holders(code, duty.subject.unit)
    return [seat.user for seat in seats if not seat.is_deputy] or [seat.user for seat in seats]
