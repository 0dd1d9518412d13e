"""What the rules judge of a plan, and of the deadlines of a planning round. Values only: no database, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Final

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.sheets.dossier import Dossier

from .documents import DOCUMENTS, Document, Kind, Need, Research
from .periods import QUARTERS, Period
from .tables import GoalRow, HeadRow, ItemRow, PartRow, ProjectRow, ShareRow
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
class PlanFacts:
    """One plan as it stands. `research` counts the studies attached by kind, `units` are the names of its projects."""

    kind: Kind
    period: Period
    dossier: Dossier
    today: date
    is_linked: bool = False
    research: Mapping[str, int] = field(default_factory=dict)

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
                return not any(row.sales_plan and row.progress for row in self.projects)
            case Need.QUARTERS:
                return bool(self.empty_quarters)

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
    """A plan that a unit owes for a year: whether it has been approved, seen on a day."""

    kind: Kind
    year: int
    unit: str
    is_approved: bool
    today: date


@dataclass(frozen=True)
class Breakdown:
    """How far an approved regional plan is broken down: names of what is still without a plan of its own (001 §5 ¶3).

    `incomplete` are the labels of items that lack type, theme, period, goal, budget or owner.
    """

    quarters: Sequence[int] = ()
    projects: Sequence[str] = ()
    incomplete: Sequence[str] = ()

    @property
    def is_whole(self) -> bool:
        return not (self.quarters or self.projects or self.incomplete)


def label_of(choice: object) -> Say:
    """A label of a choice as a sentence to be translated when it is read."""
    from django.utils.translation import override

    with override(None):
        return say(str(getattr(choice, "label", choice)))


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
}


def _anchor(part: str, what: object) -> str:
    return PLACES[what] if isinstance(what, Need) else f"part-{part}"
