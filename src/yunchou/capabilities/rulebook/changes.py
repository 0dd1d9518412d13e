"""What somebody wants changed, read from what was typed: every fault is told beside its field, and nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from string import Formatter
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.approvals.checker import Problem, check_rows
from yunchou.kernel.approvals.conditions import Row
from yunchou.kernel.approvals.models import Definition
from yunchou.kernel.approvals.registry import definitions
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import Say, Text, say
from yunchou.kernel.identity.models import Position
from yunchou.kernel.rules.bounds import OutOfBounds
from yunchou.kernel.rules.registry import Rule
from yunchou.kernel.rules.selectors import params_on

from .replay import row_to_json

#: What the fields of parameters are called in forms, before the name of the parameter.
FIELD = "p-"
SAME = _("This is the value in force; change something.")


def tomorrow() -> date:
    """The first day on which a change may take effect."""
    return clock.today() + timedelta(days=1)


def read_values(rule: Rule[Any], typed: Mapping[str, str], day: date | None = None) -> dict[str, Any]:
    """The parameters that are to change, in the types of the rule, compared to those in force on `day`.

    `typed` holds texts by name; what is left out stays. Raises `Invalid` with the fault of each field.
    """
    now = params_on([rule], day)[rule.id]
    values: dict[str, Any] = {}
    faults: dict[str, Text] = {}
    for name, text in typed.items():
        bound, default = rule.bound(name), rule.params[name]
        if bound.is_fixed or text.strip() == bound.typed(now[name]):
            continue
        try:
            values[name] = bound.read(text, default)
        except OutOfBounds as refused:
            faults[FIELD + name] = refused.say
    changed = {name: value for name, value in values.items() if value != now[name]}
    faults |= _out_of_order(rule, {**now, **changed}, changed)
    if faults:
        raise Invalid(say(_("Some values cannot be used; see beside the fields.")), fields=faults)
    if not changed:
        first = next((name for name in rule.params if not rule.bound(name).is_fixed), "")
        raise Invalid(say(SAME), fields={FIELD + first: say(SAME)} if first else {})
    return changed


def _out_of_order(rule: Rule[Any], values: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Text]:
    """Pairs of which the lower one would exceed the higher."""
    faults: dict[str, Text] = {}
    for low, high in rule.ordered:
        if (low in changed or high in changed) and values[low] > values[high]:
            lower, upper = rule.bound(low), rule.bound(high)
            text = say(
                _("“{lower}” ({low}) may not exceed “{upper}” ({high})."),
                lower=say(lower.label),
                low=lower.words(values[low]),
                upper=say(upper.label),
                high=upper.words(values[high]),
            )
            faults[FIELD + (low if low in changed else high)] = text
    return faults


def check_day(day: date | None) -> date:
    """The day from which a change shall hold. Refuses today and the past: nothing is changed in retrospect."""
    if day is None:
        raise _at("effective_on", say(_("Say from when it shall be in force.")))
    if day < tomorrow():
        text = _("A change takes effect tomorrow at the earliest; nothing is changed in retrospect.")
        raise _at("effective_on", say(text))
    return day


def check_reason(reason: str) -> str:
    """Why something shall change; nobody decides on a proposal without it."""
    if not (reason := reason.strip()):
        raise _at("reason", say(_("Say why it should change.")))
    return reason


def current_rows(key: str, day: date | None = None) -> tuple[Row, ...]:
    """The rows of a definition in force on a day (default today)."""
    found = (
        Definition.objects.filter(key=key, valid_from__lte=day or clock.today()).order_by("-version").first()
    )
    return tuple(row.as_row() for row in found.rows.all()) if found else definitions[key].rows


def problems_of(key: str, rows: Sequence[Row]) -> list[Problem]:
    """What the checker says of rows for a definition, with the positions that exist."""
    positions = set(Position.objects.values_list("code", flat=True))
    return check_rows(rows, definitions[key].facts, positions=positions)


def check_routes(key: str, rows: Sequence[Row], day: date) -> tuple[Row, ...]:
    """Rows that may be proposed: without an error of the checker, and other than those in force on that day."""
    rows = tuple(rows)
    if said := _unreadable(key, rows):
        raise Invalid(said, fields={"rows": said})
    if errors := [problem for problem in problems_of(key, rows) if problem.stops]:
        raise Invalid(say(_("These rows cannot be published.")), fields={"rows": errors[0].text})
    if [row_to_json(row) for row in rows] == [row_to_json(row) for row in current_rows(key, day)]:
        same = say(_("These are the rows in force; change something."))
        raise Invalid(same, fields={"rows": same})
    return rows


def _unreadable(key: str, rows: Sequence[Row]) -> Say | None:
    """A sentence that names in braces what is no fact of the definition could not be read out to anybody."""
    facts = definitions[key].facts
    for number, row in enumerate(rows, 1):
        try:
            named = {
                name
                for _text, name, _spec, _conversion in Formatter().parse(row.sentence)
                if name is not None
            }
        except ValueError:
            named = {"{"}
        if unknown := named - set(facts):
            text = _("Row {row}: the reason names “{name}”, which is no fact.")
            return say(text, row=number, name=sorted(unknown)[0])
    return None


def _at(name: str, text: Say) -> Invalid:
    return Invalid(text, fields={name: text})
