"""The rules of the house, each declared once, beside the facts it judges."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import wraps
from typing import Any, Generic, TypeVar

from django.core.exceptions import ImproperlyConfigured

from yunchou.kernel.core.registry import Registry

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
class Rule(Generic[C]):
    """One executable clause. Call `check` with its context; no database, no clock behind its back."""

    id: str
    clause: str
    severity: Severity
    judge: Judge[C]
    params: Mapping[str, Any] = field(default_factory=dict)
    assumed: frozenset[str] = frozenset()

    def check(self, context: C, params: Params | None = None) -> list[Verdict]:
        """Every verdict of the rule on `context`; a rule that answers with nothing has passed."""
        return [self._signed(verdict) for verdict in self._answers(context, params)]

    def of(self, adapt: Callable[[D], C]) -> Rule[D]:
        """The same rule for a larger context, of which `adapt` takes the part that the rule judges."""
        judge = self.judge
        return Rule(
            self.id,
            self.clause,
            self.severity,
            wraps(judge)(lambda context, params: judge(adapt(context), params)),
            self.params,
            self.assumed,
        )

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


rules: Registry[Rule[Any]] = Registry("rule")


def rule(
    rule_id: str,
    *,
    clause: str,
    severity: Severity,
    params: Mapping[str, Any] | None = None,
    assumed: Iterable[str] = (),
) -> Callable[[Judge[C]], Rule[C]]:
    """Declare a pure function `(context, params) -> Verdict | iterable of Verdict` as a rule.

    `params` are the defaults; `assumed` names those that the source does not state.
    """
    if not RULE_ID.match(rule_id):
        raise ImproperlyConfigured(f"{rule_id!r} is not a rule id")

    def declare(judge: Judge[C]) -> Rule[C]:
        made = Rule(rule_id, clause, severity, judge, dict(params or {}), frozenset(assumed))
        rules.add(rule_id, made)
        return made

    return declare


def as_declared(default: Any, stored: Any) -> Any:
    """A stored (JSON) parameter in the type of its declared default."""
    if isinstance(default, Decimal):
        return Decimal(str(stored))
    if isinstance(default, date):
        return date.fromisoformat(stored)
    return stored
