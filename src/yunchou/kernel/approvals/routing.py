"""Who decides on a subject, in which order, and why. Reads only; the route shown before sending is the one that is used."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from statistics import median
from typing import Any

from django.db.models import Exists, OuterRef, Subquery, Value
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import Refused, RuleRefused
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.selectors import supervisors_of
from yunchou.kernel.identity.models import Appointment, Position, Unit, User
from yunchou.kernel.journal.kinds import kinds
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.rules.verdicts import Severity, Verdict
from yunchou.kernel.subjects.models import Member, Role, Subject

from .conditions import SINGLE, Demand, Kind, Reason, Row, distinct, stricter, union
from .models import Definition, Delegation, RouteRow, Task
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
    """A step as it will be: kind, position, people, reasons; `skip` says why nobody is asked.

    `covered_by` is the place in the route of the step where the same person decides.
    """

    kind: str
    position: Position
    unit: Unit
    level: int
    ratio: int | None
    seats: tuple[Seat, ...]
    reasons: tuple[Reason, ...]
    usual: timedelta | None = None
    skip: Say | None = None
    covered_by: int | None = None
    watches: frozenset[str] = frozenset()

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
    # What was read to compute it.
    seats: Seats | None = field(default=None, repr=False, compare=False)
    barred: Barred = field(default_factory=dict, repr=False, compare=False)

    @property
    def usual(self) -> timedelta | None:
        """How long all deciding steps together usually take, where every one of them is known."""
        asked = [step for step in self.steps if step.blocks and step.skip is None]
        waits = [step.usual for step in asked if step.usual is not None]
        return sum(waits, timedelta()) if waits and len(waits) == len(asked) else None


def rows_in_force(key: str) -> tuple[Definition, list[Row]]:
    """The version of a definition in force today with its rows; `NoRoute` where none was installed. One query."""
    in_force = Definition.objects.in_force(key)
    rows = list(
        RouteRow.objects.filter(definition=Subquery(in_force.values("pk")[:1])).select_related("definition")
    )
    if rows:
        return rows[0].definition, [row.as_row() for row in rows]
    if (empty := in_force.first()) is not None:
        return empty, []
    raise NoRoute(
        say(_("No routes are laid down for “{definition}”."), definition=str(definitions[key].label))
    )


def barred_people(subject: Subject, declared: Approvable, initiator: User) -> dict[int, Say]:
    """People who may not decide on the subject, each with the reason (R-APR-15).

    The one who sent it, its creator, its owners, who edited it last, and whom the room names. One query, besides the
    room's own.
    """
    found: dict[int, Say] = {}
    if declared.interested:
        found |= declared.interested(subject)
    owner, editor = say(_("is its owner")), say(_("was the last to edit it"))
    leading = Member.objects.filter(subject=subject, role__in=[Role.OWNER, Role.LEAD])
    edits = JournalEntry.objects.filter(subject=subject, kind__in=[kind.key for kind in kinds if kind.edits])
    last = JournalEntry.objects.filter(
        pk=Subquery(edits.order_by("-pk").values("pk")[:1]), actor__isnull=False
    )
    shares = leading.values_list("user_id", Value("member")).union(
        last.values_list("actor_id", Value("editor"))
    )
    for person, share in sorted(shares, key=lambda pair: pair[1]):
        found[person] = owner if share == "member" else editor
    if subject.created_by_id:
        found[subject.created_by_id] = say(_("is its creator"))
    found[initiator.pk] = say(_("is the one who sent it"))
    return found


def plan_route(subject: Subject, definition: str, actor: User, *, with_waits: bool = True) -> Route:
    """The route that sending the subject now would take. An obstacle is told, not raised."""
    current, rows = rows_in_force(definition)
    declared = definitions[definition]
    barred = barred_people(subject, declared, actor)
    route = lay_out(current, rows, declared.facts_of(subject), subject.unit, barred)
    return replace(route, steps=_with_usual_waits(route.steps, definition)) if with_waits else route


def lay_out(
    definition: Definition,
    rows: Sequence[Row],
    facts: Mapping[str, Any],
    unit: Unit,
    barred: Barred,
    *,
    may_be_vacant: bool = False,
) -> Route:
    """The route that rows demand of these facts, with people. An obstacle is told, not raised.

    With `may_be_vacant` a step whose seat nobody holds stands in the route without people.
    """
    declared = definition.declared.facts
    matching = [row for row in rows if row.matches(facts, declared)]
    if not matching:
        words = say(
            _("No routing row applies to these facts; the administrators have to complete the routes.")
        )
        return Route(definition, facts, obstacle=words)
    matched = [(row.reason(facts, declared), row.steps) for row in matching]
    demands = union(matched, [row.watched(declared) for row in matching])
    reasons = tuple(reason for reason, _steps in matched)
    if len(matched) > 1:
        reasons += (_merged(matched, demands),)
    if all(demand.kind == Kind.FILE for demand in demands):
        words = say(
            _(
                "The rows for these facts only file it for the record, and nobody decides; the administrators have to "
                "complete the routes."
            )
        )
        return Route(definition, facts, reasons=reasons, obstacle=words)
    seats = Seats([demand.position for demand in demands], definition.key, unit)
    try:
        steps = _asked_once([_staffed(demand, unit, seats, barred, may_be_vacant) for demand in demands])
    except NoRoute as missing:
        return Route(definition, facts, reasons=reasons, obstacle=said(missing))
    return Route(definition, facts, tuple(steps), reasons, seats=seats, barred=barred)


def _merged(matched: Sequence[tuple[Reason, Sequence[Any]]], demands: Sequence[Demand]) -> Reason:
    """What R-APR-14 says of the merged route; a route against it would be a fault of the engine."""
    demanded = frozenset(step.position for _reason, steps in matched for step in steps)
    merged = Merged(
        len(matched), demanded, tuple(d.position for d in demands), tuple(d.level for d in demands)
    )
    [verdict] = routes_are_merged.check(merged)
    assert verdict.passed, str(verdict.reason)
    return as_reason(verdict)


def _staffed(demand: Demand, unit: Unit, seats: Seats, barred: Barred, may_be_vacant: bool) -> PlannedStep:
    people: tuple[Seat, ...] = ()
    reasons: tuple[Reason, ...] = ()
    try:
        people, reasons = seats.staff(demand.position, demand.kind, unit, barred)
    except NoRoute:
        if not may_be_vacant:
            raise
    return PlannedStep(
        demand.kind,
        seats.position(demand.position),
        unit,
        demand.level,
        demand.ratio,
        people,
        (*demand.reasons, *reasons),
        watches=demand.watches,
    )


def _asked_once(steps: list[PlannedStep]) -> list[PlannedStep]:
    """Skip a single person's step where the same person decides again at a higher one, under the stricter demand."""
    result = list(steps)
    for number, step in enumerate(steps):
        if step.kind not in SINGLE or not step.blocks or not step.seats:
            continue
        for later in range(number + 1, len(steps)):
            other = result[later]
            if not (other.kind in SINGLE and other.blocks and other.seats):
                continue
            if other.person.pk == step.person.pk:
                words = say(
                    _("{person} decides again as {position}."), person=str(step.person), position=other.name
                )
                result[later] = replace(
                    other,
                    kind=stricter(other.kind, step.kind),
                    reasons=distinct((*step.reasons, *other.reasons)),
                    watches=step.watches | other.watches,
                )
                result[number] = replace(step, skip=words, covered_by=later)
                break
    return result


class Seats:
    """Who holds some positions, and to whom they have delegated: read once, asked often.

    For one unit and those above it, or with no unit for the whole company.
    """

    def __init__(self, codes: Collection[str], definition: str, unit: Unit | None = None) -> None:
        self.definition = definition
        delegating = Delegation.objects.valid(definition).filter(user=OuterRef("user"))
        found = (
            Appointment.objects.valid()
            .filter(position__code__in=set(codes))
            .select_related("user", "unit", "position")
            .annotate(delegates=Exists(delegating))
        )
        if unit is not None:
            found = found.filter(unit__in=unit.ancestor_ids)
        self._held: dict[tuple[str, int], list[Appointment]] = {}
        self._positions: dict[str, Position] = {}
        self._may_delegate = False
        for held in sorted(found, key=lambda held: (held.is_deputy, held.pk)):
            self._held.setdefault((held.position.code, held.unit_id), []).append(held)
            self._positions[held.position.code] = held.position
            self._may_delegate |= bool(held.delegates)  # type: ignore[attr-defined]

    def position(self, code: str) -> Position:
        """The position itself; `NoRoute` where there is none of this code."""
        if code not in self._positions:
            if (found := Position.objects.filter(code=code).first()) is None:
                raise NoRoute(say(_("The route names a position that does not exist: {code}"), code=code))
            self._positions[code] = found
        return self._positions[code]

    def at(self, code: str, unit: Unit) -> list[Appointment]:
        """Who holds the position in the unit or the nearest one above that has it; heads before deputies."""
        return next((here for pk in unit.ancestor_ids if (here := self._held.get((code, pk)))), [])

    def staff(
        self, code: str, kind: str, unit: Unit, barred: Barred
    ) -> tuple[tuple[Seat, ...], tuple[Reason, ...]]:
        """The people of one step, and why they are others than the holders where they are (R-APR-15).

        Heads before deputies; who has a share gives way to the deputy, then to the same position above, then to his or
        her supervisor. Filing decides nothing, so that nobody is barred from it. `NoRoute` where nobody is left.
        """
        position, seated = self.position(code), self.at(code, unit)
        if not seated:
            words = _("Nobody holds the position “{position}” for {unit}.")
            raise NoRoute(say(words, position=str(position), unit=str(unit)))
        heads = [held.user for held in seated if not held.is_deputy] or [held.user for held in seated]
        excluded: Barred = {} if kind == Kind.FILE else barred
        free = [user for user in heads if user.pk not in excluded]
        if free:
            chosen = [Seat(user) for user in (free[:1] if kind in SINGLE else free)]
            return self._with_delegates(chosen, (), excluded)
        seat, reason = self._substitute(seated, heads[0], code, excluded)
        return self._with_delegates([seat], (reason,), excluded)

    def _substitute(
        self, seated: Sequence[Appointment], head: User, code: str, barred: Barred
    ) -> tuple[Seat, Reason]:
        """Who decides in place of a head who has a share in the matter."""
        deputies = [held.user for held in seated if held.is_deputy]
        found = _first_free(deputies, barred) or self._above(seated[0].unit, code, barred)
        found = found or _first_free(supervisors_of(head), barred)
        share = barred[head.pk]
        conflict = Conflict(str(head), share, str(found) if found else "")
        [verdict] = nobody_decides_on_his_own.check(conflict)
        if found is None:
            raise NoRoute(
                say(_("{reason} There is neither a deputy nor a next level."), reason=verdict.reason),
                verdicts=[verdict],
            )
        return Seat(found, instead_of=head), as_reason(verdict)

    def _above(self, unit: Unit, code: str, barred: Barred) -> User | None:
        """The holder of the same position in a unit above, nearest first."""
        for pk in unit.ancestor_ids[1:]:
            if free := _first_free([held.user for held in self._held.get((code, pk), ())], barred):
                return free
        return None

    def delegate_of(self, person: User, barred: Barred, taken: Collection[int] = ()) -> User | None:
        """To whom the person's decisions go today, over several hops where delegates are away themselves.

        Who has a share of his own, or decides in the step already, is passed over; nothing ever comes back.
        """
        here, passed = None, {person.pk}
        current = person.pk
        while True:
            candidates = self._delegations.get(current, ())
            following = (to for to in candidates if to.pk not in passed | set(taken) and to.pk not in barred)
            if (found := next(following, None)) is None:
                return here
            here, current = found, found.pk
            passed.add(current)

    @cached_property
    def _delegations(self) -> dict[int, list[User]]:
        """Everybody who has delegated, with the delegates: those for this definition before those for all."""
        given: dict[int, list[User]] = {}
        valid = Delegation.objects.valid(self.definition).select_related("to")
        for delegation in valid.order_by("-definition", "pk"):
            given.setdefault(delegation.user_id, []).append(delegation.to)
        return given

    def _with_delegates(
        self, seats: list[Seat], reasons: tuple[Reason, ...], barred: Barred
    ) -> tuple[tuple[Seat, ...], tuple[Reason, ...]]:
        """Replace people by those to whom they have delegated."""
        # Who steps in from outside the position was not asked about above.
        if not self._may_delegate and not any(seat.instead_of for seat in seats):
            return tuple(seats), reasons
        taken = {seat.user.pk for seat in seats}
        result, told = [], list(reasons)
        for seat in seats:
            if (delegate := self.delegate_of(seat.user, barred, taken)) is None:
                result.append(seat)
                continue
            taken.add(delegate.pk)
            told.append(has_delegated(seat.user, delegate))
            result.append(Seat(delegate, instead_of=seat.instead_of or seat.user))
        return tuple(result), tuple(told)


def has_delegated(person: User, delegate: User) -> Reason:
    """Why a delegate decides."""
    words = say(_("{person} has delegated to {delegate}."), person=str(person), delegate=str(delegate))
    return Reason("R-APR-15", nobody_decides_on_his_own.clause, words, "watch")


def _first_free(people: Sequence[User], barred: Barred) -> User | None:
    return next((person for person in people if person.pk not in barred), None)


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


def said(refused: Refused) -> Say:
    """A refusal as a sentence that is translated when it is read."""
    return refused.message if isinstance(refused.message, Say) else Say(str(refused.message))
