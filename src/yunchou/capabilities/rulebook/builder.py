"""Routing rows as somebody edits them: what the fields of the builder hold, and what can be made of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.approvals.conditions import Condition, Fact, FactType, Kind, Row, StepSpec
from yunchou.kernel.core.text import Say, say

OPS: Mapping[str, Any] = {
    "eq": pgettext_lazy("comparison", "is"),
    "ne": pgettext_lazy("comparison", "is not"),
    "gt": pgettext_lazy("comparison", "more than"),
    "ge": pgettext_lazy("comparison", "at least"),
    "lt": pgettext_lazy("comparison", "less than"),
    "le": pgettext_lazy("comparison", "at most"),
    "in": pgettext_lazy("comparison", "one of"),
}
_OPS_OF = {
    FactType.FLAG: ("eq",),
    FactType.TEXT: ("eq", "ne", "in"),
    FactType.NUMBER: ("gt", "ge", "lt", "le", "eq", "ne"),
    FactType.MONEY: ("gt", "ge", "lt", "le", "eq", "ne"),
}
YES, NO = "yes", "no"
FLAGS = ((YES, gettext_lazy("yes")), (NO, gettext_lazy("no")))
MOST = 60
"""Rows that the builder takes; more would be read by nobody."""


@dataclass
class ConditionDraft:
    """A condition as typed. `values` has several entries only for "one of"."""

    fact: str = ""
    op: str = "eq"
    values: list[str] = field(default_factory=list)
    fault: Say | None = None

    @property
    def value(self) -> str:
        """The one value of every comparison but "one of"."""
        return self.values[0] if self.values else ""


@dataclass
class StepDraft:
    """A step as typed."""

    kind: str = str(Kind.APPROVE)
    position: str = ""
    level: str = "10"
    ratio: str = ""
    fault: Say | None = None

    @property
    def is_ratio(self) -> bool:
        return self.kind == Kind.RATIO


@dataclass
class RowDraft:
    """A row as typed; `watches` is carried along unseen."""

    rule: str = ""
    clause: str = ""
    sentence: str = ""
    watches: tuple[str, ...] = ()
    conditions: list[ConditionDraft] = field(default_factory=list)
    steps: list[StepDraft] = field(default_factory=lambda: [StepDraft()])
    fault: Say | None = None

    @property
    def shown(self) -> str:
        """The reason in the reader's language: shipped ones are translated, a company's own stand as they are."""
        return gettext(self.sentence) if self.sentence else ""


def drafts_of(rows: Sequence[Row]) -> list[RowDraft]:
    """The rows as fields show them."""
    return [
        RowDraft(
            row.rule,
            row.clause,
            row.sentence,
            row.watches,
            [ConditionDraft(c.fact, c.op, _typed(c)) for c in row.conditions],
            [
                StepDraft(str(s.kind), s.position, str(s.level), "" if s.ratio is None else str(s.ratio))
                for s in row.steps
            ],
        )
        for row in rows
    ]


def _typed(condition: Condition) -> list[str]:
    values = condition.value if condition.op == "in" else [condition.value]
    return [(YES if value else NO) if isinstance(value, bool) else str(value) for value in values]


def read(data: QueryDict) -> list[RowDraft]:
    """The rows that a submitted builder holds."""
    drafts = []
    for number in range(MOST):
        at = f"r{number}-"
        if (rule := data.get(f"{at}rule")) is None:
            break
        drafts.append(
            RowDraft(
                rule.strip(),
                _text(data, f"{at}clause"),
                _sentence(data, at),
                tuple(_text(data, f"{at}watches").split()),
                list(_conditions(data, at)),
                list(_steps(data, at)),
            )
        )
    return drafts


def _text(data: QueryDict, name: str) -> str:
    return data.get(name, "").strip()


def _sentence(data: QueryDict, at: str) -> str:
    """The reason as typed; one that was only shown translated stays what it was."""
    typed, said = _text(data, f"{at}sentence"), _text(data, f"{at}said")
    return said if said and typed == gettext(said).strip() else typed


def _conditions(data: QueryDict, at: str) -> list[ConditionDraft]:
    found = []
    for number in range(MOST):
        name = f"{at}c{number}-"
        if data.get(f"{name}fact") is None:
            break
        found.append(
            ConditionDraft(_text(data, f"{name}fact"), _text(data, f"{name}op"), data.getlist(f"{name}value"))
        )
    return found


def _steps(data: QueryDict, at: str) -> list[StepDraft]:
    found = []
    for number in range(MOST):
        name = f"{at}s{number}-"
        if data.get(f"{name}kind") is None:
            break
        kind, position, level, ratio = (
            _text(data, f"{name}{part}") for part in ("kind", "position", "level", "ratio")
        )
        found.append(StepDraft(kind, position, level, ratio))
    return found


def edit(drafts: list[RowDraft], deed: str, facts: Mapping[str, Fact]) -> list[RowDraft]:
    """What a button of the builder does: `row+`, `row-:2`, `up:2`, `condition+:2`, `condition-:2.0`, `step+:2`, `step-:2.1`."""
    verb, _colon, place = deed.partition(":")
    row, _dot, part = place.partition(".")
    if verb == "row+" and len(drafts) < MOST:
        return [*drafts, RowDraft()]
    if not row.isdigit() or int(row) >= len(drafts):
        return drafts
    number, draft = int(row), drafts[int(row)]
    if verb == "row-":
        return [one for place, one in enumerate(drafts) if place != number]
    if verb == "up" and number:
        drafts[number - 1], drafts[number] = draft, drafts[number - 1]
    elif verb == "condition+":
        draft.conditions.append(_first_condition(facts))
    elif verb == "step+":
        draft.steps.append(StepDraft(level=_next_level(draft)))
    elif verb == "condition-" and part.isdigit():
        draft.conditions = [one for place, one in enumerate(draft.conditions) if place != int(part)]
    elif verb == "step-" and part.isdigit():
        draft.steps = [one for place, one in enumerate(draft.steps) if place != int(part)]
    return drafts


def _first_condition(facts: Mapping[str, Fact]) -> ConditionDraft:
    name = next(iter(facts), "")
    return ConditionDraft(name, ops_of(facts[name])[0] if name else "eq")


def _next_level(draft: RowDraft) -> str:
    levels = [int(step.level) for step in draft.steps if step.level.isdigit()]
    return str(max(levels, default=0) + 10)


def ops_of(fact: Fact) -> tuple[str, ...]:
    """The comparisons that make sense of a fact."""
    return _OPS_OF[fact.type]


def settle(drafts: list[RowDraft], facts: Mapping[str, Fact]) -> list[RowDraft]:
    """The drafts with what does not fit replaced: after another fact was chosen, its comparison and value are its own."""
    for draft in drafts:
        for condition in draft.conditions:
            if (fact := facts.get(condition.fact)) is None:
                continue
            if condition.op not in ops_of(fact):
                condition.op = ops_of(fact)[0]
            allowed = [YES, NO] if fact.type is FactType.FLAG else list(fact.choices)
            if allowed:
                condition.values = [value for value in condition.values if value in allowed] or allowed[:1]
    return drafts


def rows_from(drafts: Sequence[RowDraft], facts: Mapping[str, Fact]) -> tuple[Row, ...] | None:
    """The rows, or None where something cannot be read: then the drafts say what, each at its place."""
    rows = []
    is_whole = True
    for draft in drafts:
        conditions = [_condition(one, facts) for one in draft.conditions]
        steps = [_step(one) for one in draft.steps]
        draft.fault = None
        if not draft.rule or not draft.sentence:
            draft.fault = say(_("Give the row the number of its rule and a reason."))
        elif not draft.steps:
            draft.fault = say(_("Give the row at least one step."))
        if draft.fault or None in conditions or None in steps:
            is_whole = False
            continue
        rows.append(
            Row(
                draft.rule[:12],
                draft.clause[:60],
                draft.sentence[:300],
                tuple(one for one in conditions if one is not None),
                tuple(one for one in steps if one is not None),
                draft.watches,
            )
        )
    return tuple(rows) if is_whole else None


def _condition(draft: ConditionDraft, facts: Mapping[str, Fact]) -> Condition | None:
    fact = facts.get(draft.fact)
    if fact is None:
        draft.fault = say(_("Choose what is asked about."))
        return None
    if draft.op not in ops_of(fact):
        draft.fault = say(_("Choose a comparison that fits."))
        return None
    values = [_value(text, fact) for text in draft.values]
    if not values or None in values:
        draft.fault = (
            say(_("Give a number."))
            if fact.type in {FactType.NUMBER, FactType.MONEY}
            else say(_("Choose a value."))
        )
        return None
    draft.fault = None
    return Condition(draft.fact, draft.op, tuple(values) if draft.op == "in" else values[0])


def _value(text: str, fact: Fact) -> Any:
    if fact.type is FactType.FLAG:
        return {YES: True, NO: False}.get(text)
    if fact.type is FactType.TEXT:
        return text if text in fact.choices or (text and not fact.choices) else None
    try:
        number = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _step(draft: StepDraft) -> StepSpec | None:
    ratio = int(draft.ratio) if draft.ratio.isdigit() else None
    if draft.kind not in Kind.values or not draft.position:
        draft.fault = say(_("Choose what the step does and who does it."))
    elif not draft.level.isdigit() or not 0 < int(draft.level) <= 999:
        draft.fault = say(_("A level is a whole number from 1 to 999; lower levels come first."))
    elif draft.is_ratio and (ratio is None or not 0 < ratio <= 100):
        draft.fault = say(_("A ratio is 1 to 100 percent."))
    else:
        draft.fault = None
        return StepSpec(draft.kind, draft.position, int(draft.level), ratio if draft.is_ratio else None)
    return None
