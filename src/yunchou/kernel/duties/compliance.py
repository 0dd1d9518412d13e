"""How well the rules are kept: of the duties that fell due, how many were fulfilled in time. Reads only.

What was dropped or is history from before this system counts nowhere; what is open and late counts as not in time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, F, Q
from django.db.models.expressions import Combinable

from yunchou.kernel.access.selectors import reach_of
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Text
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject

from .kinds import kinds
from .models import Duty, DutyQuerySet, about, overseen
from .permissions import Perm

#: What the figures can be told by, with what the database groups by: sums, as to bare columns SQLite goes along their own
#: indexes and looks at each of a hundred thousand duties, which takes three times as long as going along the times.
BY: Mapping[str, Combinable] = {"rule": F("kind"), "unit": F("subject__unit") + 0, "person": F("owner") + 0}


@dataclass(frozen=True)
class Compliance:
    """Duties that fell due under one heading. `key` is the kind, or the primary key of the unit or person."""

    key: str
    label: Text
    total: int
    on_time: int
    done_late: int
    rule: str = ""
    clause: str = ""

    @property
    def share(self) -> float | None:
        return self.on_time / self.total if self.total else None

    @property
    def open_late(self) -> int:
        return self.total - self.on_time - self.done_late

    @property
    def late(self) -> int:
        return self.total - self.on_time

    @property
    def level(self) -> str:
        """The colour of the share: nothing late is fine, a fifth late asks for action."""
        if not self.late:
            return "fine"
        return "act" if self.late * 5 >= self.total else "watch"


def overseen_by(user: User) -> DutyQuerySet:
    """Duties whose figures a person may see: the own ones, and those on subjects of the units he or she oversees."""
    return Duty.objects.filter(Q(owner=user) | overseen(user))


def units_overseen(user: User) -> list[Unit]:
    """Units in and below which the person oversees, in the order of the tree."""
    covered = reach_of(user)
    units = Unit.objects.filter(is_active=True).order_by("path")
    return [unit for unit in units if covered.covers(Perm.OVERSEE, unit)]


def due_in(duties: DutyQuerySet, since: datetime, now: datetime) -> DutyQuerySet:
    """Those that count: due in [since, now], or done already."""
    counted = duties.filter(due_at__gte=since, is_history=False, state__in=(Duty.State.OPEN, Duty.State.DONE))
    return counted.filter(Q(due_at__lte=now) | Q(state=Duty.State.DONE))


def late_in(duties: DutyQuerySet, since: datetime, now: datetime) -> DutyQuerySet:
    """Of those that count, what was or is not fulfilled in time."""
    late = Q(state=Duty.State.DONE, is_late=True) | Q(state=Duty.State.OPEN, due_at__lte=now)
    return due_in(duties, since, now).filter(late)


def narrowed(duties: DutyQuerySet, by: str, key: str) -> DutyQuerySet:
    """Those under one heading; a unit takes all below it. None where the key names nothing."""
    if by == "rule":
        return duties.filter(kind=key)
    number = int(key) if key.isdecimal() and len(key) < 19 else 0
    if by == "person":
        return duties.filter(owner=number)
    unit = Unit.objects.filter(pk=number).first()
    return duties.filter(_below(unit)) if unit else duties.none()


def _below(unit: Unit) -> Q:
    return about(Subject.objects.filter(unit__path__startswith=unit.path))


def compliance(whose: User | Unit, since: datetime, now: datetime | None = None) -> list[Compliance]:
    """By rule, of duties of a person, or on subjects in and below a unit, due in [since, now]. One query."""
    mine = Q(owner=whose) if isinstance(whose, User) else _below(whose)
    return compliance_by("rule", Duty.objects.filter(mine), since, now)


def compliance_by(
    by: str, duties: DutyQuerySet, since: datetime, now: datetime | None = None, top: Unit | None = None
) -> list[Compliance]:
    """The figures of the duties that fell due in [since, now], one for each heading of `by`, those with most late first.

    `by` is one of BY. Units are told as those right below `top` (the highest where none), each with all below it.
    Two queries at most.
    """
    rows = _figures(due_in(duties, since, now or clock.now()), BY[by])
    if by == "rule":
        told = [_of_kind(row) for row in rows if row.key in kinds]
    elif by == "unit":
        told = _of_units(rows, top)
    else:
        people = User.objects.in_bulk([int(row.key) for row in rows])
        told = [replace(row, label=str(people[int(row.key)])) for row in rows]
    return sorted(told, key=lambda row: (-row.late, str(row.label)))


def _figures(duties: DutyQuerySet, heading: Combinable) -> list[Compliance]:
    """The figures by a heading. Counted by state and added up here, which takes the database a third of the time."""
    found: dict[str, Counter[tuple[str, bool]]] = defaultdict(Counter)
    told = duties.order_by().annotate(heading=heading).values_list("heading", "state", "is_late")
    counted = told.annotate(count=Count("*"))
    for key, state, is_late, count in counted:
        found[str(key)][state, is_late] = count
    done = Duty.State.DONE
    return [
        Compliance(key, "", each.total(), each[done, False], each[done, True]) for key, each in found.items()
    ]


def total_of(rows: Iterable[Compliance]) -> Compliance:
    """All headings together."""
    rows = list(rows)
    return Compliance(
        "", "", sum(r.total for r in rows), sum(r.on_time for r in rows), sum(r.done_late for r in rows)
    )


def _of_kind(row: Compliance) -> Compliance:
    kind = kinds[row.key]
    return replace(row, label=kind.label or kind.verb, rule=kind.rule, clause=kind.clause)


def _of_units(rows: list[Compliance], top: Unit | None) -> list[Compliance]:
    """The figures of units gathered under their ancestors right below `top`; its own stand under itself."""
    units: Mapping[int, Unit] = {unit.pk: unit for unit in Unit.objects.all()}
    gathered: dict[int, list[Compliance]] = {}
    for row in rows:
        line = units[int(row.key)].ancestor_ids[::-1]
        depth = line.index(top.pk) + 1 if top and top.pk in line else 1
        heading = line[min(depth, len(line) - 1)]
        gathered.setdefault(heading, []).append(row)
    return [replace(total_of(group), key=str(pk), label=units[pk].name) for pk, group in gathered.items()]
