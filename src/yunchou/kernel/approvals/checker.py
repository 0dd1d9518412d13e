"""Do routing rows hold together? Finds facts that no row covers, rows that never apply, and rows that contradict. Pure.

Every fact that a condition names is reduced to the values that make a difference: a number to its thresholds, what lies
between and beyond them, a text to its choices. Rows are then asked about each combination.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations, product
from math import prod
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say

from .conditions import Condition, Fact, FactType, Kind, Row

ProblemKind = Literal["gap", "overlap", "unreachable", "error"]
#: What stops a publication, what people should look at, and what is only told.
LEVELS = {"error": "act", "gap": "watch", "unreachable": "watch", "overlap": "fine"}
#: Combinations of facts that are looked at; beyond this the rows are refused as too tangled to be read by people either.
MOST = 50_000
OTHER = "\x00other"
Example = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """One thing to know about a set of rows. `rows` are positions from 0, `example` facts with which it shows."""

    kind: ProblemKind
    rows: tuple[int, ...]
    text: Say
    example: Example = field(default_factory=dict)

    @property
    def level(self) -> str:
        return LEVELS[self.kind]

    @property
    def stops(self) -> bool:
        """Whether such rows may not be published."""
        return self.kind == "error"

    @property
    def numbers(self) -> str:
        """The rows as people count them."""
        return _runs(self.rows)


def check_rows(
    rows: Sequence[Row], facts: Mapping[str, Fact], *, positions: Collection[str] | None = None
) -> list[Problem]:
    """Everything that is wrong or worth knowing, errors first.

    Overlaps are legal where R-APR-14 merges and only told; gaps and rows that never apply are warnings, since a
    submission in a gap stops and tells the administrators. Unknown facts, values and (with `positions`) positions are
    errors, and so are circularity (a position twice in a row, or two rows that want opposite orders at once) and facts for
    which rows only file for the record, so that nobody would decide.
    """
    if not rows:
        return [Problem("error", (), say(_("There is no row: nothing could be approved.")))]
    errors = [
        problem for number, row in enumerate(rows) for problem in _of_row(number, row, facts, positions)
    ]
    if any(problem.kind == "error" for problem in errors):
        return errors
    names = _named(rows)
    values = {name: list(_telling(facts[name], _asked(rows, name))) for name in names}
    if prod(len(each) for each in values.values()) > MOST:
        return [*errors, Problem("error", (), say(_("The conditions are too many to be checked together.")))]
    space = _Space(rows, facts, values)
    found = [
        *errors,
        *space.circles(),
        *space.gaps(),
        *space.undecided(),
        *space.unreachable(),
        *space.overlaps(),
    ]
    return sorted(found, key=lambda problem: list(LEVELS).index(problem.kind))


def _named(rows: Iterable[Row]) -> list[str]:
    """The facts that any row asks about, in order."""
    return list(dict.fromkeys(condition.fact for row in rows for condition in row.conditions))


def _asked(rows: Iterable[Row], name: str) -> list[Any]:
    """The values to which rows compare a fact."""
    return [value for row in rows for c in row.conditions if c.fact == name for value in _values(c)]


def _values(condition: Condition) -> Sequence[Any]:
    return list(condition.value) if condition.op == "in" else [condition.value]


def _telling(fact: Fact, asked: Iterable[Any]) -> Iterator[Any]:
    """The values of a fact between which rows can tell, each interval by one of its members."""
    if fact.type is FactType.FLAG:
        yield from (True, False)
    elif fact.type is FactType.TEXT:
        yield from dict.fromkeys([*fact.choices, *map(str, asked), *([] if fact.choices else [OTHER])])
    else:
        limits = sorted({Decimal(str(value)) for value in asked})
        if limits[0] > 0:
            yield limits[0] / 2
        for low, high in zip(limits, [*limits[1:], None], strict=True):
            yield low
            yield low + 1 if high is None else (low + high) / 2


# ---------------------------------------------------------------- one row


def _of_row(
    number: int, row: Row, facts: Mapping[str, Fact], positions: Collection[str] | None
) -> Iterator[Problem]:
    """Errors that a row has by itself."""
    try:
        row.check(facts)
    except ImproperlyConfigured:
        yield from _misfits(number, row, facts)
        return
    for condition in row.conditions:
        choices = facts[condition.fact].choices
        for value in _values(condition):
            if choices and value not in choices:
                yield _error(
                    number,
                    _("Row {row} compares “{fact}” to a value that does not exist: {value}"),
                    fact=say(facts[condition.fact].label),
                    value=str(value),
                )
    for step in row.steps:
        if positions is not None and step.position not in positions:
            yield _error(
                number,
                _("Row {row} names a position that does not exist: {position}"),
                position=step.position,
            )
    yield from _twice(number, row)


def _misfits(number: int, row: Row, facts: Mapping[str, Fact]) -> Iterator[Problem]:
    """What of a row cannot be read at all."""
    unknown = [c.fact for c in row.conditions if c.fact not in facts]
    for name in unknown:
        yield _error(number, _("Row {row} asks about something unknown: {fact}"), fact=name)
    if not row.steps:
        yield _error(number, _("Row {row} has no steps."))
    for step in row.steps:
        if step.kind not in Kind.values or not step.position:
            yield _error(number, _("Row {row} has an incomplete step."))
        elif (step.kind == Kind.RATIO) != (step.ratio is not None and 0 < step.ratio <= 100):
            yield _error(number, _("Row {row}: a ratio is 1 to 100, for steps by ratio only."))
    if not unknown:
        for condition in row.conditions:
            if not _is_comparable(row, condition, facts):
                yield _error(
                    number,
                    _("Row {row} cannot compare “{fact}” in this way."),
                    fact=say(facts[condition.fact].label),
                )


def _is_comparable(row: Row, condition: Condition, facts: Mapping[str, Fact]) -> bool:
    try:
        Row(row.rule, row.clause, row.sentence, (condition,), row.steps[:1]).check(facts)
    except ImproperlyConfigured as refused:
        return "step" in str(refused) or "ratio" in str(refused)
    return True


def _twice(number: int, row: Row) -> Iterator[Problem]:
    """A position that a row asks more than once would wait for itself."""
    asked = [step.position for step in row.steps]
    for position in dict.fromkeys(asked):
        if asked.count(position) > 1:
            yield _error(
                number,
                _("Row {row} is circular: it asks “{position}” more than once."),
                position=position,
            )


def _error(number: int, text: str, **words: Any) -> Problem:
    return Problem("error", (number,), say(text, row=number + 1, **words))


# ---------------------------------------------------------------- all rows together


def _runs(rows: Sequence[int]) -> str:
    """Row numbers as people count them, neighbours together: `1–8, 11`."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    told = (
        f"{run[0] + 1}–{run[-1] + 1}" if len(run) > 2 else ", ".join(str(row + 1) for row in run)
        for run in runs
    )
    return ", ".join(told)


class _Space:
    """All combinations of telling values, and which rows speak at each."""

    def __init__(
        self, rows: Sequence[Row], facts: Mapping[str, Fact], values: Mapping[str, Sequence[Any]]
    ) -> None:
        self.rows, self.facts, self.names = rows, facts, list(values)
        holding = [self._holding(row, values) for row in rows]
        self.matched: dict[tuple[Any, ...], tuple[int, ...]] = {
            point: tuple(n for n, allowed in enumerate(holding) if self._meets(point, allowed))
            for point in product(*values.values())
        }
        self.values = values

    def _holding(self, row: Row, values: Mapping[str, Sequence[Any]]) -> dict[int, frozenset[Any]]:
        """For each fact that a row asks about, by place, the values with which it speaks."""
        return {
            place: frozenset(
                value
                for value in values[name]
                if all(c.holds({name: value}, self.facts) for c in row.conditions if c.fact == name)
            )
            for place, name in enumerate(self.names)
            if any(c.fact == name for c in row.conditions)
        }

    @staticmethod
    def _meets(point: tuple[Any, ...], allowed: Mapping[int, frozenset[Any]]) -> bool:
        return all(point[place] in values for place, values in allowed.items())

    def _example(self, point: tuple[Any, ...], places: Iterable[int] | None = None) -> Example:
        chosen = range(len(self.names)) if places is None else places
        return {self.names[place]: point[place] for place in chosen}

    def _words(self, example: Example) -> Say:
        """`In plan: no; Cost: 50,000`."""
        told = say("")
        for name, value in example.items():
            fact = self.facts[name]
            shown = say(_("anything else")) if value == OTHER else fact.words(value)
            part = say(_("{fact}: {value}"), fact=say(fact.label), value=shown)
            told = say(_("{first}; {second}"), first=told, second=part) if told.msgid else part
        return told

    def gaps(self) -> Iterator[Problem]:
        """Facts for which no row speaks, each told once by as few facts as are needed."""
        empty = {point for point, matched in self.matched.items() if not matched}
        yield from self._told("gap", empty, _("No row applies with {facts}: a submission stops there."))

    def undecided(self) -> Iterator[Problem]:
        """Facts for which rows only file for the record: it would be approved with nobody deciding."""
        deciding = [any(step.kind != Kind.FILE for step in row.steps) for row in self.rows]
        silent = {
            point
            for point, matched in self.matched.items()
            if matched and not any(deciding[n] for n in matched)
        }
        yield from self._told("error", silent, _("With {facts} something is filed, but nobody decides."))

    def _told(self, kind: ProblemKind, points: set[tuple[Any, ...]], text: str) -> Iterator[Problem]:
        left = set(points)
        while left:
            point = min(left, key=lambda p: [str(value) for value in p])
            places = self._needed(point, points)
            example = self._example(point, places)
            yield Problem(kind, (), say(text, facts=self._words(example) if example else "…"), example)
            left = {p for p in left if any(p[place] != point[place] for place in places)}

    def _needed(self, point: tuple[Any, ...], points: set[tuple[Any, ...]]) -> list[int]:
        """The places that must be told, so that every point that agrees in them belongs to `points`."""
        places = list(range(len(self.names)))
        for place in list(places):
            fewer = [other for other in places if other != place]
            if all(p in points for p in self.matched if all(p[o] == point[o] for o in fewer)):
                places = fewer
        return places

    def unreachable(self) -> Iterator[Problem]:
        """Rows whose conditions can never hold together."""
        spoken = {number for matched in self.matched.values() for number in matched}
        for number in range(len(self.rows)):
            if number not in spoken:
                text = say(_("Row {row} never applies: its conditions exclude each other."), row=number + 1)
                yield Problem("unreachable", (number,), text)

    def pairs(self) -> dict[tuple[int, int], tuple[Any, ...]]:
        """Rows that speak together, with the first facts at which they do."""
        found: dict[tuple[int, int], tuple[Any, ...]] = {}
        for point, matched in self.matched.items():
            for pair in combinations(matched, 2):
                found.setdefault(pair, point)
        return found

    def overlaps(self) -> Iterator[Problem]:
        """For each row the earlier ones with which it is merged (R-APR-14)."""
        together: dict[int, list[int]] = {}
        first: dict[int, tuple[Any, ...]] = {}
        for (one, other), point in self.pairs().items():
            together.setdefault(other, []).append(one)
            first.setdefault(other, point)
        for number, others in sorted(together.items()):
            rows = sorted(others)
            text = say(
                _("Row {row} may apply together with {others}; their steps are merged."),
                row=number + 1,
                others=_runs(rows),
            )
            yield Problem("overlap", (number, *rows), text, self._example(first[number]))

    def circles(self) -> Iterator[Problem]:
        """Rows that apply together and want two positions in opposite orders: each would wait for the other."""
        for (one, other), point in self.pairs().items():
            for before, after in self._orders(one):
                if (after, before) in self._orders(other):
                    text = say(
                        _(
                            "Rows {one} and {other} are circular: “{first}” and “{second}” each come before the other."
                        ),
                        one=one + 1,
                        other=other + 1,
                        first=before,
                        second=after,
                    )
                    yield Problem("error", (one, other), text, self._example(point))

    def _orders(self, number: int) -> set[tuple[str, str]]:
        """Which position a row wants before which."""
        steps = self.rows[number].steps
        return {(a.position, b.position) for a in steps for b in steps if a.level < b.level}
