"""Playing the past again under other rules. Lifecycle rooms bring the past; nothing here writes.

A room registers a `ReplaySource` in its own `replay.py`. For every item of a period, a change is judged by the rules of the
item's own day, once as they were and once with the change in their place; what comes out differently is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.approvals.conditions import Condition, Kind, Row, StepSpec, union
from yunchou.kernel.approvals.models import Definition
from yunchou.kernel.approvals.registry import definitions
from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Say, Text, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.models import Circumstances, StoredVerdict
from yunchou.kernel.rules.registry import Params, Rule, as_declared, as_stored, rules
from yunchou.kernel.rules.selectors import ORDER, Timeline
from yunchou.kernel.rules.verdicts import Severity, Verdict
from yunchou.kernel.rules.witnesses import witnesses
from yunchou.kernel.versions.models import Version

ParamsOf = Callable[[Rule[Any]], Params]


@dataclass(frozen=True)
class Later:
    """What became of an item: words, and how bad (fine, watch, act)."""

    text: Say
    level: str = "fine"


@dataclass(frozen=True)
class Item:
    """Something of the past. `context` is what the rules judge, `day` the day whose rules held for it, `money` in yuan.

    `facts` gives the facts of its route under the parameters of a day, or under those that are tried.
    """

    subject: int
    day: date
    money: Decimal
    context: Any
    facts: Callable[[ParamsOf], Mapping[str, Any]]


@dataclass(frozen=True)
class ReplaySource:
    """Where the past of one kind of subject comes from.

    `chosen(user, since, until)` gives the ids of what the person may see; `load(ids)` reads them with a number of queries
    that does not depend on how many they are; `later(ids)` tells what became of them. `rules` are those that judge its
    contexts, `routing` the ids of those whose verdict is a fact of the route of `definition`, `untried` of those that need
    more than what is read in bulk.
    """

    key: str
    label: Text
    definition: str
    rules: Callable[[], Iterable[Rule[Any]]]
    routing: frozenset[str]
    chosen: Callable[[User, date, date], list[int]]
    load: Callable[[Sequence[int]], list[Item]]
    later: Callable[[Sequence[int]], Mapping[int, Later]]
    untried: frozenset[str] = frozenset()

    def rule(self, rule_id: str) -> Rule[Any] | None:
        """The rule as it judges this source's contexts, if it does."""
        return next((rule for rule in self.rules() if rule.id == rule_id), None)


sources: Registry[ReplaySource] = Registry("replay source")


def register(source: ReplaySource) -> ReplaySource:
    """Make a source known; called once at import."""
    return sources.add(source.key, source)


def source_for_rule(rule_id: str) -> ReplaySource | None:
    """The source whose contexts a rule judges."""
    return next((one for one in sources if rule_id not in one.untried and one.rule(rule_id)), None)


def source_for_definition(key: str) -> ReplaySource | None:
    """The source whose subjects a definition routes."""
    return next((source for source in sources if source.definition == key), None)


# ---------------------------------------------------------------- changes


def row_to_json(row: Row) -> dict[str, Any]:
    """A routing row as kept with a proposal."""
    return {
        "rule": row.rule,
        "clause": row.clause,
        "sentence": row.sentence,
        "conditions": [condition.to_json() for condition in row.conditions],
        "steps": [step.to_json() for step in row.steps],
        "watches": list(row.watches),
    }


def row_from_json(data: Mapping[str, Any]) -> Row:
    """The row that `row_to_json` wrote."""
    return Row(
        data["rule"],
        data["clause"],
        data["sentence"],
        tuple(Condition(**condition) for condition in data["conditions"]),
        tuple(StepSpec(**step) for step in data["steps"]),
        tuple(data.get("watches", ())),
    )


@dataclass(frozen=True)
class Change:
    """What is tried: other values for parameters of a rule, or other rows for a definition."""

    rule: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    definition: str = ""
    rows: tuple[Row, ...] = ()

    def to_json(self) -> dict[str, Any]:
        if self.rule:
            return {
                "rule": self.rule,
                "values": {name: as_stored(value) for name, value in self.values.items()},
            }
        return {"definition": self.definition, "rows": [row_to_json(row) for row in self.rows]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Change:
        if "rule" in data:
            declared = rules[data["rule"]].params
            values = {name: as_declared(declared[name], value) for name, value in data["values"].items()}
            return cls(rule=data["rule"], values=values)
        return cls(definition=data["definition"], rows=tuple(row_from_json(row) for row in data["rows"]))


# ---------------------------------------------------------------- outcomes

BLOCKED, ROUTED, WARNED, REMINDED, PASSED = "blocked", "routed", "warned", "reminded", "passed"
_EFFECTS = {
    Severity.BLOCK: BLOCKED,
    Severity.NEED_APPROVAL: ROUTED,
    Severity.WARN: WARNED,
    Severity.REMIND: REMINDED,
}
LEVEL_OF = {BLOCKED: "act", ROUTED: "watch", WARNED: "watch", REMINDED: "watch", PASSED: "fine"}


@dataclass(frozen=True)
class Outcome:
    """What the rules would have done with an item: the effect of the changed rule with its reason, and the route.

    `steps` are (kind, position) in order; None where the change does not concern routes, empty where no row applies.
    """

    effect: str
    reason: Say | None = None
    steps: tuple[tuple[str, str], ...] | None = None

    def is_like(self, other: Outcome) -> bool:
        """Whether it comes to the same, whatever the words."""
        return self.effect == other.effect and self.steps == other.steps

    def to_json(self) -> dict[str, Any]:
        return {
            "effect": self.effect,
            "reason": self.reason.to_json() if self.reason else None,
            "steps": [list(step) for step in self.steps] if self.steps is not None else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Outcome:
        steps = data["steps"]
        return cls(
            data["effect"],
            Say.from_json(data["reason"]) if data["reason"] else None,
            tuple((kind, position) for kind, position in steps) if steps is not None else None,
        )


@dataclass(frozen=True)
class Differs:
    """An item that would have gone otherwise."""

    item: Item
    before: Outcome
    after: Outcome


@dataclass
class Tally:
    """What a part of a trial counted."""

    tried: int = 0
    blocked_before: int = 0
    blocked_after: int = 0
    warned_before: int = 0
    warned_after: int = 0
    rerouted: int = 0
    changed: int = 0
    money: Decimal = Decimal("0.00")

    def count(self, item: Item, before: Outcome, after: Outcome) -> None:
        self.tried += 1
        self.blocked_before += before.effect == BLOCKED
        self.blocked_after += after.effect == BLOCKED
        self.warned_before += before.effect in {WARNED, REMINDED}
        self.warned_after += after.effect in {WARNED, REMINDED}
        self.rerouted += before.steps != after.steps
        if not before.is_like(after):
            self.changed += 1
            self.money += item.money


class Replay:
    """One change on one source: reads parameters and routes of all days once, then judges as many items as it is given."""

    def __init__(self, source: ReplaySource, change: Change) -> None:
        self.source, self.change = source, change
        self.rule = source.rule(change.rule) if change.rule else None
        self.is_routed = bool(change.definition) or change.rule in source.routing
        self.before = Timeline()
        self.after = Timeline({change.rule: change.values} if change.rule else None)
        self.routes = _routes(source.definition) if self.is_routed else ()
        self.facts = definitions[source.definition].facts

    def run(self, items: Iterable[Item], tally: Tally) -> Iterator[Differs]:
        """Judge each item twice; yields those that come out differently and counts all."""
        for item in items:
            before = self._outcome(item, self.before)
            after = self._outcome(item, self.after, tried=True)
            tally.count(item, before, after)
            if not before.is_like(after):
                yield Differs(item, before, after)

    def _outcome(self, item: Item, timeline: Timeline, *, tried: bool = False) -> Outcome:
        effect, reason = PASSED, None
        if self.rule is not None:
            verdicts = self.rule.check(item.context, timeline.on(self.rule, item.day))
            effect, reason = _worst(verdicts)
        steps = self._steps(item, timeline, tried) if self.is_routed else None
        if self.change.definition:
            effect, reason = (ROUTED, None) if steps else (BLOCKED, say(_("No routing row applies.")))
        return Outcome(effect, reason, steps)

    def _steps(self, item: Item, timeline: Timeline, tried: bool) -> tuple[tuple[str, str], ...]:
        facts = item.facts(lambda rule: timeline.on(rule, item.day))
        rows = self.change.rows if tried and self.change.definition else self._rows_on(item.day)
        matched = [(row.reason({}, {}), row.steps) for row in rows if row.matches(facts, self.facts)]
        return tuple((str(demand.kind), demand.position) for demand in union(matched))

    def _rows_on(self, day: date) -> Sequence[Row]:
        """The rows in force on a day, the oldest ones for days before any."""
        valid = [rows for since, rows in self.routes if since <= day]
        return valid[-1] if valid else self.routes[0][1] if self.routes else ()


def _routes(key: str) -> tuple[tuple[date, tuple[Row, ...]], ...]:
    """Every version of a definition with the day from which it holds, oldest first; two queries."""
    found = Definition.objects.filter(key=key).order_by("version").prefetch_related("rows")
    return tuple((one.valid_from, tuple(row.as_row() for row in one.rows.all())) for one in found)


def _worst(verdicts: Sequence[Verdict]) -> tuple[str, Say | None]:
    """The strongest effect among verdicts, with the reason of the first that has it."""
    failed = [verdict for verdict in verdicts if not verdict.passed]
    if not failed:
        return PASSED, next((v.reason for v in verdicts if v.reason.msgid), None)
    worst = min(failed, key=lambda verdict: ORDER[Severity(verdict.severity)])
    return _EFFECTS[Severity(worst.severity)], worst.reason


def deciding(steps: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The steps that decide; filing only tells."""
    return [step for step in steps if step[0] != Kind.FILE]


# ---------------------------------------------------------------- one decision again

SAME_ACT = timedelta(minutes=1)


@dataclass(frozen=True)
class Replayed:
    """A stored verdict beside the one that its own version, circumstances and parameters give today.

    `now` is None where too little was kept to judge again, and `why_not` says what is missing.
    """

    stored: StoredVerdict
    version: Version | None
    now: Verdict | None = None
    why_not: Say | None = None

    @property
    def is_same(self) -> bool:
        return self.now is not None and _gist(self.now) == _gist(self.stored.as_verdict())


def _gist(verdict: Verdict) -> tuple[Any, ...]:
    """What of a verdict must come out again: everything but the names by which people are called since."""
    return (
        verdict.rule_id,
        verdict.passed,
        str(verdict.severity),
        verdict.reason.msgid,
        dict(verdict.values),
        verdict.stored,
        verdict.computed,
    )


def version_of(stored: StoredVerdict) -> Version | None:
    """The content that a verdict judged: by its digest, else the version that was newest at that moment."""
    of_subject = Version.objects.filter(subject=stored.subject_id)
    if stored.content_digest:
        return of_subject.filter(digest=stored.content_digest).first()
    return of_subject.filter(made_at__lte=stored.at).order_by("-number").first()


def circumstances_of(stored: StoredVerdict) -> Circumstances | None:
    """What was kept beside the content: with the verdict, else in the same act (a case is opened while a move is made)."""
    if stored.circumstances is not None:
        return stored.circumstances
    act = (stored.at - SAME_ACT, stored.at + SAME_ACT)
    return Circumstances.objects.filter(subject=stored.subject_id, at__range=act).order_by("-pk").first()


def replay_decision(stored: StoredVerdict) -> Replayed:
    """Judge a stored decision again: its own content, its own circumstances, its own parameters, today's machine.

    Whatever parameters were changed since, the verdict is the same; where it is not, content or machine have been altered.
    """
    version = version_of(stored)
    witness, rule = witnesses.get(stored.subject.kind), _judging(stored)
    if rule is None or witness is None:
        return Replayed(stored, version, why_not=say(_("This rule is no longer part of the product.")))
    circumstances = circumstances_of(stored)
    if version is None or circumstances is None:
        return Replayed(stored, version, why_not=say(_("The content it was judged on was not kept.")))
    context = witness.recall(stored.subject, version.content, circumstances.data)
    values = {
        name: as_declared(default, stored.params.get(name, default)) for name, default in rule.params.items()
    }
    verdicts = rule.check(context, Params(values))
    was = stored.as_verdict()
    same = next((verdict for verdict in verdicts if _gist(verdict) == _gist(was)), None)
    return Replayed(stored, version, same or next(iter(verdicts), None))


def _judging(stored: StoredVerdict) -> Rule[Any] | None:
    source = next((source for source in sources if source.key == stored.subject.kind), None)
    return source.rule(stored.rule) if source else None
