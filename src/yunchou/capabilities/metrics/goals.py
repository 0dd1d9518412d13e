"""Goals as the single origin of targets: what a subject is to reach, and which indicators measure it (GOA-09).

The room that owns a kind of subjects tells its goals once, in its `subject.py`:

    declare_goals("campaign", goals_of)

Dashboard and evaluation then know of each indicator the goal it belongs to, and of each goal whether it is measured.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from yunchou.kernel.core.reading import read_once
from yunchou.kernel.core.registry import Registry
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.subjects.models import Subject

from .figures import shown
from .models import Kind, Series
from .tables import LEADS, WHOLE

_BRACKETED = re.compile(r"[(（].*$")


@dataclass(frozen=True)
class Wanted:
    """One indicator of a goal with the target that is to be reached. The owner by key, or by name as given."""

    indicator: str
    target: Figure
    dimension: str = ""
    owner_id: int | None = None
    owner_name: str = ""

    @property
    def row_target(self) -> Figure:
        """The target as rows of dashboard and evaluation state it, without the indicator's name."""
        return replace(self.target, label="")


@dataclass(frozen=True)
class _Source:
    kind: str
    of: Callable[[Subject], Sequence[Wanted]]


sources: Registry[_Source] = Registry("goals")


def declare_goals(kind: str, of: Callable[[Subject], Sequence[Wanted]]) -> None:
    """Make known how to ask for the goals of subjects of a kind; called once at import."""
    sources.add(kind, _Source(kind, of))


@read_once
def goals_of(subject: Subject) -> tuple[Wanted, ...]:
    """The indicators of a subject's goals that have a number; none for kinds that tell none."""
    found = sources.get(subject.kind)
    return tuple(each for each in found.of(subject) if each.target.value is not None) if found else ()


def plain_name(indicator: str) -> str:
    """The name of an indicator without what stands in brackets behind it."""
    return _BRACKETED.sub("", indicator).strip()


def is_lead_count(indicator: str) -> bool:
    """Whether it counts captured leads, by whatever name."""
    return any(word in indicator for word in LEADS) and "率" not in indicator


def goal_of(indicator: str, goals: Iterable[Wanted]) -> Wanted | None:
    """The goal that an indicator measures: the one of its name; for a count of leads else the goal that counts leads."""
    goals = list(goals)
    name = plain_name(indicator)
    by_name = next((goal for goal in goals if plain_name(goal.indicator) == name), None)
    if by_name is None and is_lead_count(name):
        return next((goal for goal in goals if is_lead_count(goal.indicator)), None)
    return by_name


def is_same_target(one: Figure | None, other: Figure | None) -> bool:
    """Whether two targets are one: the same number, in the same unit where both name theirs."""
    if one is None or other is None or one.value != other.value:
        return False
    return not one.unit or not other.unit or one.unit == other.unit


class Standing(StrEnum):
    """How a goal stands on the dashboard."""

    MISSING = "missing"
    SAME = "same"
    DIFFERS = "differs"


@dataclass(frozen=True)
class Measured:
    """A goal with the indicators that measure it; several channels share the target of a count between them."""

    goal: Wanted
    series: tuple[Series, ...]

    @property
    def target(self) -> Figure | None:
        """What the dashboard wants to be reached, all channels taken together."""
        targets = [figure for one in self.series if (figure := one.figure("target"))]
        if not targets or self._is_rate:
            return targets[0] if targets else None
        return replace(targets[0], value=sum((each.value or Decimal(0) for each in targets), Decimal(0)))

    @property
    def _is_rate(self) -> bool:
        return any(one.kind == Kind.RATE for one in self.series)

    @property
    def standing(self) -> Standing:
        if not self.series:
            return Standing.MISSING
        wanted = self.goal.target
        if self._is_rate:
            same = all(is_same_target(one.figure("target"), wanted) for one in self.series)
        else:
            same = is_same_target(self.target, wanted)
        return Standing.SAME if same else Standing.DIFFERS

    @property
    def shown_wanted(self) -> str:
        """The goal's target as narrow cells have it, with what growth is measured against."""
        return f"{self.goal.target.change_words}{shown(self.goal.target, sign=True)}"

    @property
    def shown_target(self) -> str:
        return shown(self.target, sign=True)

    @property
    def level(self) -> str:
        """As a glyph shows it."""
        return "fine" if self.standing == Standing.SAME else "watch"


def measured(goals: Sequence[Wanted], series: Sequence[Series]) -> list[Measured]:
    """Every goal with the indicators that measure it, in the order of the goals."""
    own = {id(goal): list[Series]() for goal in goals}
    for one in series:
        if goal := goal_of(one.indicator, goals):
            own[id(goal)].append(one)
    return [Measured(goal, tuple(own[id(goal)])) for goal in goals]


CHANNEL: Final = WHOLE
"""The channel of a row that is made from a goal: nobody has split it yet."""
