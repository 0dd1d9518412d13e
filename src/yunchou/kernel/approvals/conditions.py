"""Routing rows as data: conditions over declared facts, and the steps they demand. Pure; no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core.money import format_yuan
from yunchou.kernel.core.text import Say, say


class FactType(StrEnum):
    """What a fact is, and so how it is compared and shown."""

    FLAG = "flag"
    NUMBER = "number"
    MONEY = "money"
    TEXT = "text"


@dataclass(frozen=True)
class Fact:
    """Something a route may ask about. `label` and the values of `choices` are English msgids."""

    label: str
    type: FactType = FactType.TEXT
    choices: Mapping[str, str] = field(default_factory=dict)

    def words(self, value: Any) -> Say | str:
        """The value as people read it."""
        if value is None:
            return say(_("unknown"))
        if self.type is FactType.FLAG:
            return say(_("yes")) if value else say(_("no"))
        if self.type is FactType.NUMBER and not value:
            return "—"
        if self.type is FactType.MONEY:
            return format_yuan(Decimal(str(value)))
        return say(self.choices[value]) if value in self.choices else str(value)


class Kind(models.TextChoices):
    """What a step does. The order of `STRICTNESS` says which of two demands on one role prevails."""

    REVIEW = "review", pgettext_lazy("step", "Review")
    APPROVE = "approve", pgettext_lazy("step", "Approve")
    FILE = "file", pgettext_lazy("step", "File for record")
    COUNTERSIGN = "countersign", pgettext_lazy("step", "All sign")
    ANY = "any", pgettext_lazy("step", "Any one signs")
    IN_TURN = "in_turn", pgettext_lazy("step", "Sign in turn")
    RATIO = "ratio", pgettext_lazy("step", "Sign by ratio")


STRICTNESS = (Kind.FILE, Kind.REVIEW, Kind.ANY, Kind.RATIO, Kind.APPROVE, Kind.IN_TURN, Kind.COUNTERSIGN)
#: Steps that one person decides.
SINGLE = frozenset({Kind.REVIEW, Kind.APPROVE, Kind.FILE})

OPS = ("eq", "ne", "gt", "ge", "lt", "le", "in")
_SIGNS = {"eq": "=", "ne": "≠", "gt": ">", "ge": "≥", "lt": "<", "le": "≤", "in": "∈"}


@dataclass(frozen=True)
class Condition:
    """`fact` `op` `value`, with an op of `OPS`."""

    fact: str
    op: str
    value: Any

    def to_json(self) -> dict[str, Any]:
        value = str(self.value) if isinstance(self.value, Decimal) else self.value
        return {
            "fact": self.fact,
            "op": self.op,
            "value": list(value) if isinstance(value, tuple | set) else value,
        }

    def holds(self, facts: Mapping[str, Any], declared: Mapping[str, Fact]) -> bool:
        """Whether the facts meet it; a fact that is not known meets nothing."""
        known = facts.get(self.fact)
        if known is None:
            return False
        kind = declared[self.fact].type
        here = _comparable(known, kind)
        if self.op == "in":
            return here in [_comparable(value, kind) for value in self.value]
        there = _comparable(self.value, kind)
        return bool(
            {
                "eq": lambda: here == there,
                "ne": lambda: here != there,
                "gt": lambda: here > there,
                "ge": lambda: here >= there,
                "lt": lambda: here < there,
                "le": lambda: here <= there,
            }[self.op]()
        )

    def words(self, declared: Mapping[str, Fact]) -> Say:
        """`Cost > 100,000`."""
        fact = declared[self.fact]
        values = self.value if self.op == "in" else [self.value]
        shown = (
            say("{a}", a=fact.words(values[0])) if len(values) == 1 else say("/".join(str(v) for v in values))
        )
        return say("{fact} {sign} {value}", fact=say(fact.label), sign=_SIGNS[self.op], value=shown)


@dataclass(frozen=True)
class StepSpec:
    """One demanded step: what a position does at a level (lower levels come first). `ratio` in percent."""

    kind: str
    position: str
    level: int
    ratio: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {"kind": str(self.kind), "position": self.position, "level": self.level, "ratio": self.ratio}


@dataclass(frozen=True)
class Row:
    """When all of `conditions` hold, all of `steps` are demanded, under this rule and clause.

    `sentence` is an English msgid that may name facts: `_("In plan, {cost} yuan, not large")`. `watches` names further
    facts whose change makes what its steps decided void, besides those of the conditions and the sentence.
    """

    rule: str
    clause: str
    sentence: str
    conditions: tuple[Condition, ...]
    steps: tuple[StepSpec, ...]
    watches: tuple[str, ...] = ()

    def matches(self, facts: Mapping[str, Any], declared: Mapping[str, Fact]) -> bool:
        return all(condition.holds(facts, declared) for condition in self.conditions)

    def watched(self, declared: Mapping[str, Fact]) -> frozenset[str]:
        """The facts that the row's steps decide about: of its conditions, its sentence and `watches`."""
        named = {name for name in declared if "{" + name + "}" in self.sentence}
        return frozenset({condition.fact for condition in self.conditions} | named | set(self.watches))

    def reason(self, facts: Mapping[str, Any], declared: Mapping[str, Fact]) -> Reason:
        """Why the row speaks, with the facts as they are."""
        words = {name: fact.words(facts.get(name)) for name, fact in declared.items()}
        used = {name: value for name, value in words.items() if "{" + name + "}" in self.sentence}
        return Reason(self.rule, self.clause, say(self.sentence, **used))

    def check(self, declared: Mapping[str, Fact]) -> None:
        """Raise `ImproperlyConfigured` when the row names what does not exist or compares what cannot be compared."""
        for condition in self.conditions:
            self._check_condition(condition, declared)
        if unknown := set(self.watches) - set(declared):
            raise ImproperlyConfigured(f"routing row {self.rule}: no fact {sorted(unknown)} is declared")
        if not self.steps:
            raise ImproperlyConfigured(f"routing row {self.rule}: no steps")
        for step in self.steps:
            if step.kind not in Kind.values or not step.position:
                raise ImproperlyConfigured(f"routing row {self.rule}: unknown step {step}")
            if (step.kind == Kind.RATIO) != (step.ratio is not None and 0 < step.ratio <= 100):
                raise ImproperlyConfigured(
                    f"routing row {self.rule}: a ratio is 1 to 100, for steps by ratio only"
                )

    def _check_condition(self, condition: Condition, declared: Mapping[str, Fact]) -> None:
        if condition.fact not in declared:
            raise ImproperlyConfigured(f"routing row {self.rule}: no fact {condition.fact!r} is declared")
        kind = declared[condition.fact].type
        ordered = condition.op in {"gt", "ge", "lt", "le"}
        if condition.op not in OPS or (ordered and kind in {FactType.FLAG, FactType.TEXT}):
            raise ImproperlyConfigured(
                f"routing row {self.rule}: {condition.op!r} cannot compare {condition.fact!r}"
            )
        values = condition.value if condition.op == "in" else [condition.value]
        try:
            for value in values:
                _comparable(value, kind)
        except (InvalidOperation, TypeError, ValueError):
            raise ImproperlyConfigured(
                f"routing row {self.rule}: {condition.value!r} is no {kind.value}"
            ) from None


@dataclass(frozen=True)
class Reason:
    """A rule, its clause, and in words what it has to do with this case."""

    rule: str
    clause: str
    text: Say
    level: str = "fine"

    def to_json(self) -> dict[str, Any]:
        return {"rule": self.rule, "clause": self.clause, "text": self.text.to_json(), "level": self.level}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reason:
        return cls(data["rule"], data["clause"], Say.from_json(data["text"]), data.get("level", "fine"))


def distinct(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Each reason once, in order (their sentences hold mappings and cannot be hashed)."""
    found: list[Reason] = []
    for reason in reasons:
        if reason not in found:
            found.append(reason)
    return tuple(found)


@dataclass(frozen=True)
class Demand:
    """A step of the merged route, with every row that demands it."""

    kind: str
    position: str
    level: int
    ratio: int | None
    reasons: tuple[Reason, ...]
    watches: frozenset[str] = frozenset()


def union(
    matched: Sequence[tuple[Reason, Sequence[StepSpec]]], watched: Sequence[frozenset[str]] = ()
) -> list[Demand]:
    """The steps of all matching rows: lower level first, each role once, under the strictest demand on it (R-APR-14).

    `watched` holds the facts that each of the rows watches, in the same order.
    """
    merged: dict[str, Demand] = {}
    for number, (reason, steps) in enumerate(matched):
        facts = watched[number] if watched else frozenset[str]()
        for step in steps:
            known = merged.get(step.position)
            demand = Demand(step.kind, step.position, step.level, step.ratio, (reason,), facts)
            merged[step.position] = _both(known, demand) if known else demand
    return sorted(merged.values(), key=lambda demand: demand.level)


def stricter(one: str, other: str) -> str:
    """The kind that prevails where two are demanded of one role."""
    return max(one, other, key=lambda kind: STRICTNESS.index(Kind(kind)))


def _both(one: Demand, other: Demand) -> Demand:
    kind = stricter(one.kind, other.kind)
    ratio = max(one.ratio or 0, other.ratio or 0) or None
    reasons = distinct((*one.reasons, *other.reasons))
    return Demand(
        kind,
        one.position,
        max(one.level, other.level),
        ratio if kind == Kind.RATIO else None,
        reasons,
        one.watches | other.watches,
    )


def stored(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as JSON keeps them: decimals as text."""
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in facts.items()}


def _comparable(value: Any, kind: FactType) -> Any:
    if kind is FactType.FLAG:
        if not isinstance(value, bool):
            raise TypeError(value)
        return value
    if kind in {FactType.NUMBER, FactType.MONEY}:
        return Decimal(str(value))
    return str(value)
