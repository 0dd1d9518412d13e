"""Evaluating rules with the parameters of a date and what people have ruled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject

from .models import Parameter, Ruling
from .registry import Params, Rule, as_declared
from .verdicts import Severity, Verdict

Stored: TypeAlias = list[tuple[str, str, Any]]
_read: ContextVar[dict[date, Stored] | None] = ContextVar("parameters_read", default=None)


@contextmanager
def parameters_read_once() -> Iterator[None]:
    """Within the block parameters of a day are read from the database once, for reads that judge many things."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def params_on(rules: Iterable[Rule[Any]], day: date | None = None) -> dict[str, Params]:
    """The parameters of each rule as valid on a day (default today), in one query."""
    defaults = {rule.id: rule.params for rule in rules}
    values = {rule_id: dict(declared) for rule_id, declared in defaults.items()}
    for rule_id, name, value in _stored_on(day or clock.today()):
        if name in defaults.get(rule_id, ()):
            values[rule_id][name] = as_declared(defaults[rule_id][name], value)
    return {rule_id: Params(found) for rule_id, found in values.items()}


def _stored_on(day: date) -> Stored:
    """What was set for any rule until a day, the latest last: few rows, however many rules there are."""
    read = _read.get()
    if read is not None and day in read:
        return read[day]
    set_until = Parameter.objects.filter(valid_from__lte=day).order_by("valid_from", "pk")
    found = list(set_until.values_list("rule", "name", "value"))
    if read is not None:
        read[day] = found
    return found


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
