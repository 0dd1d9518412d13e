"""Who decides on a subject, in which order, and why. Reads only; the route shown before sending is the one that is used."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.selectors import supervisors_of
from yunchou.kernel.identity.models import Appointment, Position, Unit, User
from yunchou.kernel.identity.selectors import holders
from yunchou.kernel.rules.verdicts import Severity, Verdict
from yunchou.kernel.subjects.models import Member, Role, Subject

from .conditions import SINGLE, Demand, Kind, Reason, distinct, stricter, union
from .models import Definition, Delegation, Task
from .registry import Approvable, definitions
from .rules import Conflict, Merged, nobody_decides_on_his_own, routes_are_merged

#: Past tasks of a position that the usual waiting time is read from, and how many there must be.
HISTORY = 200
ENOUGH = 3

Barred = Mapping[int, Say]


class NoRoute(RuleRefused):
    """No routing row applies, or nobody can decide: the administrators have to look."""

    code = "no_route"


@dataclass(frozen=True)
class Seat:
    """A person who acts in a step, perhaps in place of the holder."""

    user: User
    instead_of: User | None = None


@dataclass(frozen=True)
class PlannedStep:
    """A step as it will be: kind, position, people, reasons; `skip` says why nobody is asked."""

    kind: str
    position: Position
    unit: Unit
    level: int
    ratio: int | None
    seats: tuple[Seat, ...]
    reasons: tuple[Reason, ...]
    usual: timedelta | None = None
    skip: Say | None = None

    @property
    def blocks(self) -> bool:
        return self.kind != Kind.FILE

    @property
    def kind_label(self) -> Any:
        return Kind(self.kind).label

    # What `{% route %}` draws.
    @property
    def person(self) -> User:
        return self.seats[0].user

    @property
    def name(self) -> str:
        return str(self.position)

    @property
    def caption(self) -> Any:
        return Kind(self.kind).label

    @property
    def state(self) -> str:
        return "todo"


@dataclass(frozen=True)
class Route:
    """A computed route. Where `obstacle` is set nothing can be sent, and `steps` is as far as it goes."""

    definition: Definition
    facts: Mapping[str, Any]
    steps: tuple[PlannedStep, ...] = ()
    reasons: tuple[Reason, ...] = ()
    obstacle: Say | None = None

    @property
    def usual(self) -> timedelta | None:
        """How long all deciding steps together usually take, where every one of them is known."""
        asked = [step for step in self.steps if step.blocks and step.skip is None]
        waits = [step.usual for step in asked if step.usual is not None]
        return sum(waits, timedelta()) if waits and len(waits) == len(asked) else None


def current_definition(key: str) -> Definition:
    """The version of a definition in force today; `NoRoute` where none was installed."""
    found = Definition.objects.filter(key=key, valid_from__lte=clock.today()).order_by("-version").first()
    if found is None:
        raise NoRoute(
            say(_("No routes are laid down for “{definition}”."), definition=str(definitions[key].label))
        )
    return found


def barred_people(subject: Subject, declared: Approvable, initiator: User) -> dict[int, Say]:
    """People who may not decide on the subject, each with the reason: initiator, creator, owners, and whom the room names."""
    found: dict[int, Say] = {}
    if declared.interested:
        found |= {person.pk: share for person, share in declared.interested(subject).items()}
    leading = Member.objects.filter(subject=subject, role__in=[Role.OWNER, Role.LEAD]).values_list(
        "user_id", flat=True
    )
    found |= dict.fromkeys(leading, say(_("is its owner")))
    if subject.created_by_id:
        found[subject.created_by_id] = say(_("is its creator"))
    found[initiator.pk] = say(_("is the one who sent it"))
    return found


def plan_route(subject: Subject, definition: str, actor: User) -> Route:
    """The route that sending the subject now would take. An obstacle is told, not raised."""
    declared = definitions[definition]
    current = current_definition(definition)
    facts = declared.facts_of(subject)
    rows = [row.as_row() for row in current.rows.all()]
    matched = [
        (row.reason(facts, declared.facts), row.steps) for row in rows if row.matches(facts, declared.facts)
    ]
    if not matched:
        words = say(
            _("No routing row applies to these facts; the administrators have to complete the routes.")
        )
        return Route(current, facts, obstacle=words)
    demands = union(matched)
    reasons = tuple(reason for reason, _steps in matched)
    if len(matched) > 1:
        reasons += (_merged(matched, demands),)
    barred = barred_people(subject, declared, actor)
    try:
        steps = _staffed(demands, subject.unit, barred, definition)
    except NoRoute as missing:
        return Route(current, facts, reasons=reasons, obstacle=_said(missing))
    return Route(current, facts, _with_usual_waits(steps, definition), reasons)


def _merged(matched: Sequence[tuple[Reason, Sequence[Any]]], demands: Sequence[Demand]) -> Reason:
    """What R-APR-14 says of the merged route; a route against it would be a fault of the engine."""
    demanded = frozenset(step.position for _reason, steps in matched for step in steps)
    merged = Merged(
        len(matched), demanded, tuple(d.position for d in demands), tuple(d.level for d in demands)
    )
    [verdict] = routes_are_merged.check(merged)
    assert verdict.passed, str(verdict.reason)
    return as_reason(verdict)


def _staffed(demands: Sequence[Demand], unit: Unit, barred: Barred, definition: str) -> list[PlannedStep]:
    positions = Position.objects.in_bulk([demand.position for demand in demands], field_name="code")
    steps = []
    for demand in demands:
        if (position := positions.get(demand.position)) is None:
            raise NoRoute(
                say(_("The route names a position that does not exist: {code}"), code=demand.position)
            )
        seats, reasons = staff(position, demand.kind, unit, barred, definition)
        steps.append(
            PlannedStep(
                demand.kind, position, unit, demand.level, demand.ratio, seats, (*demand.reasons, *reasons)
            )
        )
    return _asked_once(steps)


def _asked_once(steps: list[PlannedStep]) -> list[PlannedStep]:
    """Skip a single person's step where the same person decides again at a higher one, under the stricter demand."""
    result = list(steps)
    for number, step in enumerate(steps):
        if step.kind not in SINGLE or not step.blocks:
            continue
        for later in range(number + 1, len(steps)):
            other = result[later]
            if other.kind in SINGLE and other.blocks and other.person.pk == step.person.pk:
                words = say(
                    _("{person} decides again as {position}."), person=str(step.person), position=other.name
                )
                result[later] = replace(
                    other,
                    kind=stricter(other.kind, step.kind),
                    reasons=distinct((*step.reasons, *other.reasons)),
                )
                result[number] = replace(step, skip=words)
                break
    return result


def staff(
    position: Position, kind: str, unit: Unit, barred: Barred, definition: str
) -> tuple[tuple[Seat, ...], tuple[Reason, ...]]:
    """The people of one step, and why they are others than the holders where they are (R-APR-15).

    Heads before deputies; who has a share gives way to the deputy, then to the same position above, then to his or her
    supervisor. Filing decides nothing, so that nobody is barred from it. Raises `NoRoute` where nobody is left.
    """
    seated = holders(position.code, unit)
    if not seated:
        raise NoRoute(
            say(
                _("Nobody holds the position “{position}” for {unit}."),
                position=str(position),
                unit=str(unit),
            )
        )
    heads = [seat.user for seat in seated if not seat.is_deputy] or [seat.user for seat in seated]
    excluded: Barred = {} if kind == Kind.FILE else barred
    free = [user for user in heads if user.pk not in excluded]
    if free:
        chosen = free[:1] if kind in SINGLE else free
        kept = [Seat(user) for user in chosen]
        return _with_delegates(kept, (), excluded, definition)
    seat, reason = _substitute(seated, heads[0], position, excluded)
    return _with_delegates([seat], (reason,), excluded, definition)


def _substitute(
    seated: Sequence[Appointment], head: User, position: Position, barred: Barred
) -> tuple[Seat, Reason]:
    """Who decides in place of a head who has a share in the matter."""
    deputies = [seat.user for seat in seated if seat.is_deputy]
    found = _first_free(deputies, barred) or _above(seated[0].unit, position, barred)
    found = found or _first_free(supervisors_of(head), barred)
    share = barred[head.pk]
    [verdict] = nobody_decides_on_his_own.check(Conflict(str(head), share, str(found) if found else ""))
    if found is None:
        raise NoRoute(
            say(_("{reason} There is neither a deputy nor a next level."), reason=verdict.reason),
            verdicts=[verdict],
        )
    return Seat(found, instead_of=head), as_reason(verdict)


def _first_free(people: Sequence[User], barred: Barred) -> User | None:
    return next((person for person in people if person.pk not in barred), None)


def _above(unit: Unit, position: Position, barred: Barred) -> User | None:
    """The holder of the same position in a unit above, nearest first."""
    above = unit.parent
    while above is not None:
        seated = holders(position.code, above)
        if not seated:
            return None
        if free := _first_free([seat.user for seat in seated], barred):
            return free
        above = seated[0].unit.parent
    return None


def _with_delegates(
    seats: list[Seat], reasons: tuple[Reason, ...], barred: Barred, definition: str
) -> tuple[tuple[Seat, ...], tuple[Reason, ...]]:
    """Replace people by those to whom they have delegated; a delegate with a share of his own is passed over."""
    people = [seat.user.pk for seat in seats]
    given = Delegation.objects.valid(definition).filter(user__in=people).select_related("to").order_by("pk")
    delegates: dict[int, User] = {}
    taken = set(people)
    for delegation in given:
        if (
            delegation.to_id not in barred
            and delegation.to_id not in taken
            and delegation.user_id not in delegates
        ):
            delegates[delegation.user_id] = delegation.to
            taken.add(delegation.to_id)
    result, told = [], list(reasons)
    for seat in seats:
        if (delegate := delegates.get(seat.user.pk)) is None:
            result.append(seat)
            continue
        words = say(_("{person} has delegated to {delegate}."), person=str(seat.user), delegate=str(delegate))
        told.append(Reason("R-APR-15", nobody_decides_on_his_own.clause, words, "watch"))
        result.append(Seat(delegate, instead_of=seat.instead_of or seat.user))
    return tuple(result), tuple(told)


def usual_waits(positions: Collection[int], definition: str) -> dict[int, timedelta]:
    """The median time that past tasks of each position took, where there are enough of them; one query."""
    past = (
        Task.objects.filter(
            step__position__in=positions, step__case__definition__key=definition, state=Task.State.DONE
        )
        .exclude(step__kind=Kind.FILE)
        .order_by("-decided_at")
        .values_list("step__position", "opened_at", "decided_at")[:HISTORY]
    )
    found: dict[int, list[float]] = {}
    for position, opened_at, decided_at in past:
        if position and opened_at and decided_at:
            found.setdefault(position, []).append((decided_at - opened_at).total_seconds())
    return {pk: timedelta(seconds=median(waits)) for pk, waits in found.items() if len(waits) >= ENOUGH}


def _with_usual_waits(steps: Sequence[PlannedStep], definition: str) -> tuple[PlannedStep, ...]:
    waits = usual_waits([step.position.pk for step in steps], definition)
    return tuple(replace(step, usual=waits.get(step.position.pk)) if step.blocks else step for step in steps)


def as_reason(verdict: Verdict) -> Reason:
    """A verdict as one of the reasons that are shown and kept with a case."""
    level = "fine" if verdict.passed else "act" if verdict.severity == Severity.BLOCK else "watch"
    return Reason(verdict.rule_id, verdict.clause, verdict.reason, level)


def _said(refused: NoRoute) -> Say:
    return refused.message if isinstance(refused.message, Say) else Say(str(refused.message))
