"""The rules of the house, each declared once, beside the facts it judges."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import wraps
from string import Formatter
from typing import Any, Generic, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Text

from .bounds import UNTOLD, YES, Bound
from .verdicts import Severity, Verdict

C = TypeVar("C")
D = TypeVar("D")

# R-… from the list of rules; K-… for checks of our own on figures that contradict each other.
RULE_ID = re.compile(r"^(R|K)-[A-Z]{3}-\d{2}$|^K-[A-Z]\d{1,2}$")


class Params(Mapping[str, Any]):
    """A rule's parameters at one date: `p.lo`, `p["lo"]`; decimals come back as they were declared."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


Judge = Callable[[C, Params], Verdict | Iterable[Verdict]]


@dataclass(frozen=True)
class Word:
    """A piece of a rule's sentence: plain text, or the value of the parameter `param` as it stands in it."""

    text: Text
    param: str = ""


@dataclass(frozen=True)
class Rule(Generic[C]):
    """One executable clause. Call `check` with its context; no database, no clock behind its back.

    `title` and `sentence` are English msgids; the sentence names its parameters in braces. `bounds` describes the
    parameters, `ordered` are pairs of which the first may not exceed the second.
    """

    id: str
    clause: str
    severity: Severity
    judge: Judge[C]
    params: Mapping[str, Any] = field(default_factory=dict)
    assumed: frozenset[str] = frozenset()
    title: str = ""
    sentence: str = ""
    bounds: Mapping[str, Bound] = field(default_factory=dict)
    ordered: tuple[tuple[str, str], ...] = ()

    def check(self, context: C, params: Params | None = None) -> list[Verdict]:
        """Every verdict of the rule on `context`; a rule that answers with nothing has passed."""
        return [self._signed(verdict) for verdict in self._answers(context, params)]

    def of(self, adapt: Callable[[D], C]) -> Rule[D]:
        """The same rule for a larger context, of which `adapt` takes the part that the rule judges."""
        judge = self.judge
        adapted: Judge[D] = wraps(judge)(lambda context, params: judge(adapt(context), params))
        return replace(self, judge=adapted)  # type: ignore[return-value, arg-type]

    def failures(self, context: C, params: Params | None = None) -> list[Verdict]:
        return [self._signed(verdict) for verdict in self._answers(context, params) if not verdict.passed]

    def _answers(self, context: C, params: Params | None) -> Iterable[Verdict]:
        answer = self.judge(context, params or Params(self.params))
        return (answer,) if isinstance(answer, Verdict) else answer

    def _signed(self, verdict: Verdict) -> Verdict:
        """The verdict with what the rule itself says about it."""
        severity = verdict.severity or self.severity
        return replace(verdict, rule_id=self.id, clause=self.clause, severity=severity)

    @property
    def words(self) -> str:
        """What the rule demands, from its docstring's first paragraph."""
        return (self.judge.__doc__ or "").split("\n\n")[0].strip()

    @property
    def name(self) -> str:
        """The rule in a few words, in the reader's language."""
        return gettext(self.title) if self.title else self.id

    @property
    def room(self) -> str:
        """The room that declares it, by the name of its package."""
        return self.judge.__module__.split(".")[2] if self.judge.__module__.startswith("yunchou.") else ""

    def bound(self, name: str) -> Bound:
        """What is known of a parameter; a parameter nobody described may have any value of its type."""
        return self.bounds.get(name) or replace(UNTOLD, label=name)

    def says(self, params: Mapping[str, Any] | None = None) -> Iterator[Word]:
        """The sentence in the reader's language, piece by piece, with these values (the declared ones unless given)."""
        values = {**self.params, **(params or {})}
        if not self.sentence:
            yield Word(self.words)
            return
        for text, name, _spec, _conversion in Formatter().parse(gettext(self.sentence)):
            if text:
                yield Word(text)
            if name:
                yield Word(self.bound(name).words(values[name]), name)


rules: Registry[Rule[Any]] = Registry("rule")


def rule(
    rule_id: str,
    *,
    clause: str,
    severity: Severity,
    params: Mapping[str, Any] | None = None,
    assumed: Iterable[str] = (),
    title: str = "",
    sentence: str = "",
    bounds: Mapping[str, Bound] | None = None,
    ordered: Iterable[tuple[str, str]] = (),
) -> Callable[[Judge[C]], Rule[C]]:
    """Declare a pure function `(context, params) -> Verdict | iterable of Verdict` as a rule.

    `params` are the defaults; `assumed` names those that the source does not state. The rest is how the rulebook shows the
    rule, see `Rule`.
    """
    if not RULE_ID.match(rule_id):
        raise ImproperlyConfigured(f"{rule_id!r} is not a rule id")
    named = {name for _text, name, _spec, _conversion in Formatter().parse(sentence) if name}
    if unknown := (named | {*(bounds or {})}) - {*(params or {})}:
        raise ImproperlyConfigured(f"{rule_id}: no parameter {sorted(unknown)}")

    def declare(judge: Judge[C]) -> Rule[C]:
        made = Rule(
            rule_id,
            clause,
            severity,
            judge,
            dict(params or {}),
            frozenset(assumed),
            title,
            sentence,
            dict(bounds or {}),
            tuple(ordered),
        )
        rules.add(rule_id, made)
        return made

    return declare


def as_declared(default: Any, stored: Any) -> Any:
    """A stored (JSON) parameter in the type of its declared default."""
    if isinstance(default, bool):
        return stored if isinstance(stored, bool) else str(stored).lower() in {"true", YES}
    if isinstance(default, Decimal):
        return Decimal(str(stored))
    if isinstance(default, int):
        return int(stored)
    if isinstance(default, date):
        return date.fromisoformat(stored)
    return stored


def as_stored(value: Any) -> Any:
    """A parameter as JSON keeps it; the opposite of `as_declared`."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
