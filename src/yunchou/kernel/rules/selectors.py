"""Evaluating rules with the parameters of a date and what people have ruled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject

from .models import Parameter, Ruling
from .registry import Params, Rule, as_declared
from .verdicts import Severity, Verdict


def params_on(rules: Iterable[Rule[Any]], day: date | None = None) -> dict[str, Params]:
    """The parameters of each rule as valid on a day (default today), in one query."""
    rules = list(rules)
    values = {rule.id: dict(rule.params) for rule in rules}
    stored = Parameter.objects.filter(rule__in=values, valid_from__lte=day or clock.today()).order_by(
        "valid_from", "pk"
    )
    defaults = {rule.id: rule.params for rule in rules}
    for row in stored:
        if row.name in defaults[row.rule]:
            values[row.rule][row.name] = as_declared(defaults[row.rule][row.name], row.value)
    return {rule_id: Params(found) for rule_id, found in values.items()}


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
    """Pair verdicts with the rulings that still hold for them."""
    rulings = {
        (r.rule, r.fingerprint): r for r in Ruling.objects.filter(subject=subject).select_related("made_by")
    }
    return [Judged(v, rulings.get((v.rule_id, v.fingerprint)) if not v.passed else None) for v in verdicts]
