"""What somebody chose about the findings of a workbook, in the order chosen, and what became of each choice. Pure.

Choices stand beside the workbook in `ImportRun.choices` as a list (`{"findings": [...]}`), since their order counts: of
two that touch one cell the later wins. Each keeps its finding, which a change makes disappear, so that it can be shown
and taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .import_findings import Item
from .import_page_options import Edit, Option
from .import_page_spots import Spot

KEEP = "keep"
OPEN = "open"
"""Two choices that every finding knows: the value stays and somebody says why; nothing is said yet."""


class Became(StrEnum):
    """What became of a choice, once everything chosen was applied and judged again."""

    CHANGED = "changed"
    KEPT = "kept"
    OVERRULED = "overruled"
    SOLVED = "solved"
    ALTERED = "altered"
    STANDING = "standing"


@dataclass(frozen=True)
class Choice:
    """One choice: an option of the finding, or `KEEP` with a reason. `at` is where the finding stood in the list."""

    item: Item
    choice: str
    reason: str = ""
    at: int = 0

    @property
    def option(self) -> Option | None:
        """What is to be changed; None where the value is kept."""
        return self.item.option(self.choice)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The cells it changes."""
        return self.option.edits if self.option else ()

    def to_json(self) -> dict[str, Any]:
        """The choice as kept with its import."""
        return {"item": self.item.to_json(), "choice": self.choice, "reason": self.reason, "at": self.at}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Choice:
        """The choice that `to_json` wrote."""
        return cls(Item.from_json(data["item"]), data["choice"], data["reason"], data["at"])


@dataclass(frozen=True)
class Decided:
    """A choice with what became of it; `by` is the later choice that overruled it at `spot`."""

    choice: Choice
    became: Became
    by: Choice | None = None
    spot: Spot | None = None

    @property
    def is_dealt_with(self) -> bool:
        """Whether nothing is left to say about the finding."""
        return self.became is not Became.STANDING

    @property
    def edits(self) -> tuple[Edit, ...]:
        return self.choice.edits


def decided(choices: Sequence[Choice], left: Iterable[Item]) -> dict[str, Decided]:
    """What became of every choice, by the key of its finding; `left` are the findings that are still there.

    What was kept may be solved by another choice, or found anew with other values, of which nobody has said why.
    """
    keys = {item.key: (item.code, item.comment, item.places) for item in left if item.key}
    last = {edit.place: choice for choice in choices for edit in choice.edits}
    found = {}
    for choice in choices:
        key = choice.item.key
        lost = [edit for edit in choice.edits if last[edit.place] is not choice]
        if choice.choice == KEEP:
            same = (choice.item.code, choice.item.comment, choice.item.places)
            gone = Became.ALTERED if same in keys.values() else Became.SOLVED
            found[key] = Decided(choice, Became.KEPT if key in keys else gone)
        elif key in keys:
            by = last[lost[0].place] if lost else None
            found[key] = Decided(choice, Became.STANDING, by, lost[0].spot if lost else None)
        elif lost:
            found[key] = Decided(choice, Became.OVERRULED, last[lost[0].place], lost[0].spot)
        else:
            found[key] = Decided(choice, Became.CHANGED)
    return found


def surviving(choices: Sequence[Choice]) -> list[tuple[Choice, tuple[Edit, ...]]]:
    """The choices that change something, each with the cells that no later one changes again."""
    last = {edit.place: choice for choice in choices for edit in choice.edits}
    each = (
        (choice, tuple(edit for edit in choice.edits if last[edit.place] is choice)) for choice in choices
    )
    return [(choice, edits) for choice, edits in each if edits]


def edits_of(choices: Iterable[Choice]) -> tuple[Edit, ...]:
    """Every cell to be changed, in the order chosen."""
    return tuple(edit for choice in choices for edit in choice.edits)


def changed_cells(choices: Iterable[Choice]) -> Mapping[Spot, str]:
    """What the changed cells say now."""
    return {edit.spot: edit.after for edit in edits_of(choices)}


def merged(left: Sequence[Item], choices: Iterable[Choice]) -> tuple[Item, ...]:
    """The findings that are there, and among them, where they stood, those that a choice has solved."""
    items = list(left)
    there = {item.key for item in left if item.key}
    for choice in sorted(choices, key=lambda each: each.at):
        if choice.item.key not in there:
            items.insert(min(choice.at, len(items)), choice.item)
    return tuple(items)
