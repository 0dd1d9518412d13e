"""What the rules judge of a plan, and of the deadlines of a planning round. Values only: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.sheets.dossier import Dossier

from .documents import DOCUMENTS, Document, Kind, Need, Research
from .periods import QUARTERS, Period
from .tables import (
    AllocationRow,
    EffectRow,
    GoalRow,
    HeadRow,
    ItemRow,
    PartRow,
    ProjectRow,
    RiskRow,
    ShareRow,
)
from .trees import Node, leaves, tree_of
from .trees import total as total_of

# The columns that the targeted plan gives for each quarter (000 §4).
QUARTER_COLUMNS: Final = ("kind", "goal", "budget")


@dataclass(frozen=True)
class Missing:
    """Something that a plan still lacks: which part, what, and the place on its pages where it is filled in."""

    part: str
    what: Say
    anchor: str


@dataclass(frozen=True)
class Above:
    """The plan above one, and what the others of its kind ask for below that, in yuan."""

    name: str
    budget: Decimal
    others: Decimal


@dataclass(frozen=True)
class PlanFacts:
    """One plan as it stands.

    `research` counts the studies attached by kind, `wanted_projects` names the projects that it has to speak of, `uncited`
    the analyses of the last execution that a budget has yet to cite. `in_use` is what of the money of an item is held or
    spent, by its key; `above` is told where money comes out of the plan above.
    """

    kind: Kind
    period: Period
    dossier: Dossier
    today: date
    is_linked: bool = False
    research: Mapping[str, int] = field(default_factory=dict)
    wanted_projects: Sequence[str] = ()
    uncited: Sequence[str] = ()
    in_use: Mapping[int, Decimal] = field(default_factory=dict)
    above: Above | None = None

    @property
    def document(self) -> Document:
        return DOCUMENTS[self.kind]

    @property
    def head(self) -> HeadRow:
        rows = self.dossier.rows(HeadRow)
        return rows[0] if rows else HeadRow()

    @property
    def parts(self) -> tuple[PartRow, ...]:
        return self.dossier.rows(PartRow)

    @property
    def goals(self) -> tuple[GoalRow, ...]:
        return self.dossier.rows(GoalRow)

    @property
    def shares(self) -> tuple[ShareRow, ...]:
        return self.dossier.rows(ShareRow)

    @property
    def projects(self) -> tuple[ProjectRow, ...]:
        return self.dossier.rows(ProjectRow)

    @property
    def items(self) -> tuple[ItemRow, ...]:
        return self.dossier.rows(ItemRow)

    @property
    def allocation(self) -> tuple[AllocationRow, ...]:
        return self.dossier.rows(AllocationRow)

    @property
    def effects(self) -> tuple[EffectRow, ...]:
        return self.dossier.rows(EffectRow)

    @property
    def risks(self) -> tuple[RiskRow, ...]:
        return self.dossier.rows(RiskRow)

    @property
    def allocated(self) -> Decimal:
        """What the items of cost add up to, in yuan."""
        return sum((row.amount for row in self.allocation if row.amount is not None), Decimal("0.00"))

    @property
    def silent_projects(self) -> tuple[str, ...]:
        """Projects of the region of which sales plan or progress is not told (001 §5 ¶2)."""
        told = {row.project.strip() for row in self.projects if row.sales_plan and row.progress}
        return tuple(name for name in self.wanted_projects if name not in told)

    @cached_property
    def tree(self) -> tuple[Node, ...]:
        return tree_of(self.items)

    @cached_property
    def leaves(self) -> list[Node]:
        return leaves(self.tree)

    @property
    def items_total(self) -> Decimal:
        """What the topmost items add up to, in yuan."""
        return total_of(self.tree)

    def lacks(self, need: Need) -> bool:
        """Whether something is missing that a part needs beside its texts."""
        match need:
            case Need.GOALS:
                return not self.goals
            case Need.ITEMS:
                return not self.items
            case Need.BUDGET:
                return not self.head.budget
            case Need.PROJECTS:
                told = any(row.sales_plan and row.progress for row in self.projects)
                return not told or bool(self.silent_projects)
            case Need.QUARTERS:
                return bool(self.empty_quarters)
            case Need.ALLOCATION:
                return not any(row.amount for row in self.allocation)
            case Need.EFFECTS:
                return not any(row.target is not None for row in self.effects)
            case Need.RISKS:
                return not self.risks

    @property
    def empty_quarters(self) -> tuple[int, ...]:
        """Quarters for which no item gives type, goal and budget."""
        told = [
            node.row
            for node in self.leaves
            if all(getattr(node.row, key) not in (None, "") for key in QUARTER_COLUMNS)
        ]
        return tuple(
            quarter
            for quarter in QUARTERS
            if not any(Period(self.period.year, quarter).touches(row.start_on, row.end_on) for row in told)
        )


@dataclass(frozen=True)
class DeadlineFacts:
    """A plan that a unit owes for a year or a quarter: whether it has been approved, seen on a day."""

    kind: Kind
    year: int
    unit: str
    is_approved: bool
    today: date
    quarter: int | None = None

    @property
    def period(self) -> Period:
        return Period(self.year, self.quarter)


@dataclass(frozen=True)
class Breakdown:
    """How far an approved regional plan is broken down: quarters and projects that have no plan of their own (001 §5 ¶3).

    `empty` names plans below it without items, `unplaced` the items of the plan that begin in none of its quarters, and
    `incomplete` those below it that lack type, theme, period, goal, budget or owner.
    """

    quarters: Sequence[int] = ()
    projects: Sequence[str] = ()
    incomplete: Sequence[str] = ()
    empty: Sequence[str] = ()
    unplaced: Sequence[str] = ()

    @property
    def is_whole(self) -> bool:
        return not (self.quarters or self.projects or self.empty or self.unplaced or self.incomplete)

    @property
    def lacks_plans(self) -> bool:
        """Whether a plan is still to be laid out."""
        return bool(self.quarters or self.projects)


def told(value: Decimal, unit: str = "") -> str:
    """A number as people read it, `12,000万元`."""
    number = f"{value:,f}"
    return (number.rstrip("0").rstrip(".") if "." in number else number) + unit


def label_of(choice: object) -> Say:
    """A label of a choice or a column as a sentence to be translated when it is read, in the context of its room."""
    from django.utils.translation import override

    label: Any = getattr(choice, "label", choice)
    with override(None):
        msgid = str(label)
    # A lazy text keeps what it was made of: its message, before that the context it may have.
    made_of: tuple[Any, ...] = getattr(label, "_args", ()) if isinstance(label, Promise) else ()
    return Say(msgid, context=made_of[0] if len(made_of) == 2 else "")


def joined(parts: Iterable[Say | str]) -> Say | str:
    """Words side by side."""
    told: Say | str = ""
    for part in parts:
        told = say(_("{first}, {second}"), first=told, second=part) if told else part
    return told


def missing_from(facts: PlanFacts) -> list[Missing]:
    """Everything mandatory that is empty, part by part (R-PLN-03)."""
    told = {(row.part, row.aspect): row.text.strip() for row in facts.parts}
    found = [
        Missing(spec.part, label_of(what), _anchor(spec.part, what))
        for spec in facts.document.parts
        for what in (
            *(a for a in spec.aspects if not told.get((spec.part, a))),
            *filter(facts.lacks, spec.needs),
        )
    ]
    found += [
        Missing("research", label_of(study), "research")
        for study in Research
        if study in facts.document.research and not facts.research.get(study)
    ]
    return found


# Needs are filled in at their tables, aspects at their parts.
PLACES: Final = {
    Need.GOALS: "goals",
    Need.ITEMS: "items",
    Need.QUARTERS: "items",
    Need.BUDGET: "head",
    Need.PROJECTS: "projects",
    Need.ALLOCATION: "money",
    Need.EFFECTS: "money",
    Need.RISKS: "risks",
}


def _anchor(part: str, what: object) -> str:
    return PLACES[what] if isinstance(what, Need) else f"part-{part}"
