"""What a parameter of a rule is called, in which unit it counts, and which values make sense of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.money import format_yuan
from yunchou.kernel.core.text import Say, say

TIME = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")
SEPARATORS = re.compile(r"[、,，;；\n]")
YES, NO = "yes", "no"
PERCENT, YUAN = "%", "yuan"


class OutOfBounds(ValueError):
    """A value that a parameter may not have; `say` tells what is allowed."""

    def __init__(self, told: Say) -> None:
        super().__init__(told.msgid)
        self.say = told


@dataclass(frozen=True)
class Bound:
    """A parameter in words, and its range.

    `label`, `unit` and the values of `choices` are English msgids; a unit of "%" or "yuan" is written with the value. What
    is built into the rule and only shown has `is_fixed`.
    """

    label: str
    unit: str = ""
    at_least: Any = None
    at_most: Any = None
    choices: Mapping[str, str] = field(default_factory=dict)
    is_fixed: bool = False

    def read(self, text: str, default: Any) -> Any:
        """The value that somebody typed, in the type of the rule's default. Raises `OutOfBounds` with what is allowed."""
        text = text.strip()
        if self.is_fixed:
            raise OutOfBounds(say(_("This value is part of the rule itself and cannot be changed.")))
        if not text:
            raise OutOfBounds(say(_("Give a value.")))
        value = _typed(text, default)
        if value is None or (self.choices and isinstance(value, str) and value not in self.choices):
            raise OutOfBounds(_wanted(default, self.choices))
        return self._within(value)

    def _within(self, value: Any) -> Any:
        low, high = self.at_least, self.at_most
        if (low is not None and value < low) or (high is not None and value > high):
            raise OutOfBounds(self.range)
        return value

    @property
    def range(self) -> Say:
        """Which values are allowed, in words."""
        if self.choices:
            return say(_("One of: {choices}"), choices=_joined([say(word) for word in self.choices.values()]))
        low, high = self.at_least, self.at_most
        if low is not None and high is not None:
            return say(_("Between {low} and {high}"), low=self.shown(low), high=self.shown(high))
        if low is not None:
            return say(_("At least {low}"), low=self.shown(low))
        if high is not None:
            return say(_("At most {high}"), high=self.shown(high))
        return say(_("Any value"))

    def words(self, value: Any) -> Say | str:
        """The value as people read it inside the sentence of its rule."""
        if isinstance(value, bool):
            return say(self.choices.get(YES if value else NO, "yes" if value else "no"))
        if isinstance(value, list | tuple):
            return "、".join(map(str, value))
        if isinstance(value, str):
            return say(self.choices[value]) if value in self.choices else value
        return self.shown(value)

    def shown(self, value: Any) -> str:
        """A number with its sign, if it has one: `10%`, `¥100,000`."""
        if not isinstance(value, int | Decimal):
            return str(value)
        if self.unit == YUAN:
            return f"¥{format_yuan(value)}"
        text = f"{value.normalize():f}" if isinstance(value, Decimal) else f"{value:,}"
        return f"{text}%" if self.unit == PERCENT else text

    def typed(self, value: Any) -> str:
        """The value as it stands in an input."""
        if isinstance(value, bool):
            return YES if value else NO
        if isinstance(value, list | tuple):
            return "、".join(map(str, value))
        return f"{value:f}" if isinstance(value, Decimal) else str(value)


UNTOLD = Bound("")


def _typed(text: str, default: Any) -> Any:
    """`text` in the type of `default`, or None where it is none of that."""
    if isinstance(default, bool):
        return {YES: True, NO: False}.get(text)
    if isinstance(default, int | Decimal):
        return _number(text.removesuffix("%").removeprefix("¥").replace(",", ""), default)
    if isinstance(default, list | tuple):
        return [part for piece in SEPARATORS.split(text) if (part := piece.strip())] or None
    if TIME.match(str(default)):
        return text if TIME.match(text) else None
    return text


def _number(text: str, default: int | Decimal) -> int | Decimal | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value) >= Decimal(10) ** 12:
        return None
    if isinstance(default, Decimal):
        is_whole = default == default.to_integral_value() and default.as_tuple().exponent == 0
        rounded = value.quantize(Decimal("0.01"))
        return None if value != rounded else value if is_whole else rounded
    return int(value) if value == value.to_integral_value() else None


def _wanted(default: Any, choices: Mapping[str, str]) -> Say:
    """What kind of value is wanted."""
    if choices:
        return say(_("Choose one of the values offered."))
    if isinstance(default, bool):
        return say(_("Choose yes or no."))
    if isinstance(default, int):
        return say(_("Give a whole number."))
    if isinstance(default, Decimal):
        return say(_("Give a number with at most two decimals."))
    return say(_("Give a time such as 17:00.")) if TIME.match(str(default)) else say(_("Give a value."))


def _joined(parts: list[Say]) -> Say | str:
    """Sentence parts side by side, each translated on its own."""
    joined: Say | str = parts[0] if parts else ""
    for part in parts[1:]:
        joined = say(_("{first}, {second}"), first=joined, second=part)
    return joined
