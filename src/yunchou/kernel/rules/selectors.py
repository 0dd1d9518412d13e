"""Evaluating rules with the parameters of a date and what people have ruled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from yunchou.kernel.core import clock
from yunchou.kernel.core.reading import read_once
from yunchou.kernel.subjects.models import Subject

from .models import Parameter, Ruling
from .registry import Params, Rule, as_declared
from .verdicts import Severity, Verdict

Stored: TypeAlias = list[tuple[str, str, Any]]


def params_on(rules: Iterable[Rule[Any]], day: date | None = None) -> dict[str, Params]:
    """The parameters of each rule as valid on a day (default today), in one query."""
    defaults = {rule.id: rule.params for rule in rules}
    values = {rule_id: dict(declared) for rule_id, declared in defaults.items()}
    for rule_id, name, value in parameters_on(day or clock.today()):
        if name in defaults.get(rule_id, ()):
            values[rule_id][name] = as_declared(defaults[rule_id][name], value)
    return {rule_id: Params(found) for rule_id, found in values.items()}


class Timeline:
    """The parameters of every day, from one query: for reads that judge many things, each by its own day.

    `override` holds values that are only tried: {rule: {parameter: value}}, on whatever day.
    """

    def __init__(self, override: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.override = override or {}
        self._set: dict[str, list[tuple[date, str, Any]]] = {}
        found = Parameter.objects.order_by("valid_from", "pk")
        for rule_id, name, value, day in found.values_list("rule", "name", "value", "valid_from"):
            self._set.setdefault(rule_id, []).append((day, name, value))
        self._kept: dict[tuple[str, date | None], Params] = {}

    def on(self, rule: Rule[Any], day: date) -> Params:
        """The parameters of a rule as valid on a day, with what is tried in their place."""
        changes = self._set.get(rule.id, ())
        since = max((valid for valid, _name, _value in changes if valid <= day), default=None)
        key = (rule.id, since)
        if key not in self._kept:
            values = dict(rule.params)
            for valid, name, value in changes:
                if valid <= day and name in values:
                    values[name] = as_declared(values[name], value)
            self._kept[key] = Params(values | dict(self.override.get(rule.id, {})))
        return self._kept[key]


@read_once
def parameters_on(day: date) -> Stored:
    """What was set for any rule until a day, the latest last: few rows, however many rules there are."""
    set_until = Parameter.objects.filter(valid_from__lte=day).order_by("valid_from", "pk")
    return list(set_until.values_list("rule", "name", "value"))


@dataclass(frozen=True)
class Judged:
    """A verdict together with what somebody ruled about it."""

    verdict: Verdict
    ruling: Ruling | None = None

    @property
    def is_open(self) -> bool:
        return not self.verdict.passed and self.ruling is None

    @property
    def stops(self) -> bool:
        """Whether it blocks: an exception, asked with a reason, trades the block for one more approver."""
        return self.verdict.blocks and self.ruling is None


def evaluate(rules: Iterable[Rule[Any]], context: Any, *, day: date | None = None) -> list[Verdict]:
    """Every verdict of the rules on `context`, those that failed first, worst first."""
    rules = list(rules)
    params = params_on(rules, day)
    verdicts = [verdict for rule in rules for verdict in rule.check(context, params[rule.id])]
    return sorted(verdicts, key=lambda v: (v.passed, ORDER[v.severity]))


ORDER = {Severity.BLOCK: 0, Severity.NEED_APPROVAL: 1, Severity.WARN: 2, Severity.REMIND: 3}


def with_rulings(verdicts: Iterable[Verdict], subject: Subject) -> list[Judged]:
    """Pair verdicts with the rulings that still hold for them; without a query where all have passed."""
    verdicts = list(verdicts)
    failed = any(not verdict.passed for verdict in verdicts)
    rulings = {(r.rule, r.fingerprint): r for r in rulings_of(subject.pk)} if failed else {}
    return [Judged(v, rulings.get((v.rule_id, v.fingerprint)) if not v.passed else None) for v in verdicts]


@read_once
def rulings_of(subject: int) -> tuple[Ruling, ...]:
    """What people ruled about the findings on a subject, by its key."""
    return tuple(Ruling.objects.filter(subject=subject).select_related("made_by"))
