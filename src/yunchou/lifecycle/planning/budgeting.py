"""What a budget of a period shows beside its tables: its allocation in four views, and the eight steps it goes through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.budgets.chart import BY_CODE, CHOICES, CLAUSES, View
from yunchou.capabilities.expenses import journal as expenses
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.sheets import journal as sheets

from . import journal
from .documents import Part
from .facts import PlanFacts
from .models import WAITING, Evaluation, Plan, Review
from .oversight_rules import usual_goals_are_set
from .tables import ACTIVITY_COLUMNS, ALLOCATION, EFFECTS, GOALS, HEAD, ITEMS, AllocationRow


@dataclass(frozen=True)
class Cell:
    """What one value of a view gets, in yuan and of the whole."""

    label: Any
    amount: Decimal
    share: float


@dataclass(frozen=True)
class Division:
    """An allocation in one of the four views of X-19."""

    view: View
    cells: tuple[Cell, ...]

    @property
    def clause(self) -> str:
        return CLAUSES[self.view]


VIEWS: Final = (View.KIND, View.GROUP, View.CATEGORY, View.HEADING)


def divisions(rows: Sequence[AllocationRow]) -> list[Division]:
    """The same amounts by expense kind, accounting group, category and heading; values that get nothing are left out."""
    told = [
        (BY_CODE[row.item], row.amount) for row in rows if row.item and row.item in BY_CODE and row.amount
    ]
    whole = sum((amount for _item, amount in told), ZERO)
    found = []
    for view in VIEWS:
        sums: dict[str, Decimal] = {}
        for item, amount in told:
            sums[item.place(view)] = sums.get(item.place(view), ZERO) + amount
        cells = [
            Cell(label, sums[value], float(sums[value] / whole))
            for value, label in CHOICES[view].choices
            if value in sums
        ]
        found.append(Division(view, tuple(cells)))
    return found


class StepState(StrEnum):
    OPEN = "open"
    NOW = "now"
    DONE = "done"


@dataclass(frozen=True)
class Step:
    """One of the eight steps of budgeting (002 9.1(3)): how far it is, who did it when, and where it is done."""

    key: str
    label: str | Promise
    state: StepState
    url: str
    who: User | None = None
    at: datetime | None = None
    note: str | Promise = ""


LABELS: Final = {
    "research": pgettext_lazy("budget step", "Research"),
    "goals": pgettext_lazy("budget step", "Goals"),
    "strategy": pgettext_lazy("budget step", "Strategy"),
    "activities": pgettext_lazy("budget step", "Activity planning"),
    "compilation": pgettext_lazy("budget step", "Compilation"),
    "approval": pgettext_lazy("budget step", "Approval"),
    "monitoring": pgettext_lazy("budget step", "Monitoring"),
    "evaluation": pgettext_lazy("budget step", "Evaluation"),
}


@dataclass(frozen=True)
class Trace:
    """The last to have done something, and when."""

    who: User | None = None
    at: datetime | None = None


def steps_of(plan: Plan, facts: PlanFacts) -> list[Step]:
    """Where the budget stands in its eight steps, computed from what is there; a fixed number of queries."""
    traces = _traces(plan)
    told = {(row.part, row.aspect): bool(row.text.strip()) for row in facts.parts}
    page = plan.get_absolute_url()
    goals, items, money = (
        reverse(f"planning:{name}", args=[plan.pk]) for name in ("plan_goals", "plan_items", "plan_money")
    )
    activities = [node.row for node in facts.leaves]
    writing: list[tuple[str, bool, bool, str]] = [
        (
            "research",
            _written(plan, told, Part.LAST_ROUND) and not facts.uncited,
            any(done for (part, _aspect), done in told.items() if part == Part.LAST_ROUND),
            f"{page}#part-{Part.LAST_ROUND}",
        ),
        ("goals", _passes(facts), bool(facts.goals), goals),
        ("strategy", _written(plan, told, Part.STRATEGIES), False, f"{page}#part-{Part.STRATEGIES}"),
        (
            "activities",
            bool(activities) and not any(row.lacking(ACTIVITY_COLUMNS) for row in activities),
            bool(activities),
            items,
        ),
        (
            "compilation",
            bool(facts.allocation) and facts.allocated == facts.head.budget and bool(facts.effects),
            bool(facts.allocation),
            money,
        ),
    ]
    steps = [
        Step(key, LABELS[key], _state(done, begun), url, traces[key].who, traces[key].at)
        for key, done, begun, url in writing
    ]
    return [*steps, _approval(plan), _monitoring(plan), _evaluation(plan)]


def _passes(facts: PlanFacts) -> bool:
    """Whether the goals that every budget sets are set."""
    return not usual_goals_are_set.failures(facts, Params({}))


def _state(done: bool, begun: bool) -> StepState:
    return StepState.DONE if done else StepState.NOW if begun else StepState.OPEN


def _written(plan: Plan, told: Mapping[tuple[Any, Any], bool], part: Part) -> bool:
    spec = next((one for one in plan.document.parts if one.part == part), None)
    return spec is not None and all(told.get((part, aspect)) for aspect in spec.aspects)


def _approval(plan: Plan) -> Step:
    cases = Case.objects.filter(subject=plan.pk).select_related("initiator").order_by("-pk")
    case = cases.first()
    url = case.get_absolute_url() if case else reverse("planning:plan_submit", args=[plan.pk])
    if plan.approved_at is None:
        state = StepState.NOW if plan.status in WAITING else StepState.OPEN
        return Step(
            "approval", LABELS["approval"], state, url, case.initiator if case else None,
            case.opened_at if case else None,
        )  # fmt: skip
    entry = _last(plan, [journal.APPROVED.key, journal.CHANGE_IN_FORCE.key])
    return Step("approval", LABELS["approval"], StepState.DONE, url, entry.who, entry.at or plan.approved_at)


def _monitoring(plan: Plan) -> Step:
    last = Review.objects.filter(plan=plan).select_related("author").first()
    url = reverse("planning:plan_oversight", args=[plan.pk])
    if last is None:
        state = StepState.NOW if plan.is_in_force else StepState.OPEN
        return Step("monitoring", LABELS["monitoring"], state, url)
    state = StepState.DONE if plan.is_over else StepState.NOW
    return Step("monitoring", LABELS["monitoring"], state, url, last.author, last.at, last.findings)


def _evaluation(plan: Plan) -> Step:
    found = Evaluation.objects.filter(plan=plan.pk).select_related("author").first()
    url = reverse("planning:plan_evaluation", args=[plan.pk])
    if found is not None:
        return Step("evaluation", LABELS["evaluation"], StepState.DONE, url, found.author, found.at)
    state = StepState.NOW if plan.is_in_force and plan.is_over else StepState.OPEN
    return Step(
        "evaluation", LABELS["evaluation"], state, url, note=pgettext_lazy("budget", "feeds the next round")
    )


PARTS_OF: Final = {Part.LAST_ROUND: "research", Part.STRATEGIES: "strategy", Part.GOALS: "goals"}
TABLES_OF: Final = {
    GOALS.key: "goals",
    ITEMS.key: "activities",
    ALLOCATION.key: "compilation",
    EFFECTS.key: "compilation",
    HEAD.key: "compilation",
}
KINDS: Final = (
    journal.PART_WRITTEN.key,
    expenses.CITED.key,
    sheets.ROW_ADDED.key,
    sheets.ROW_CHANGED.key,
    sheets.ROW_DELETED.key,
)
LOOKED_AT: Final = 300
"""So many of the newest entries are looked through; who did something long before them is not told."""


def _traces(plan: Plan) -> dict[str, Trace]:
    """Who did something last for each step, as the journal says; one query."""
    found: dict[str, Trace] = dict.fromkeys(LABELS, Trace())
    for entry in _entries(plan, KINDS)[:LOOKED_AT]:
        step = _step_of(entry)
        if step and found[step].at is None:
            found[step] = Trace(entry.actor, entry.at)
    return found


def _step_of(entry: JournalEntry) -> str:
    if entry.kind == expenses.CITED.key:
        return "research"
    if entry.kind == journal.PART_WRITTEN.key:
        return PARTS_OF.get(entry.data.get("key"), "")
    return TABLES_OF.get(entry.data.get("table", ""), "")


def _last(plan: Plan, kinds: Iterable[str]) -> Trace:
    entry = _entries(plan, kinds).first()
    return Trace(entry.actor, entry.at) if entry else Trace()


def _entries(plan: Plan, kinds: Iterable[str]) -> Any:
    found = JournalEntry.objects.filter(subject=plan.pk, kind__in=list(kinds))
    return found.select_related("actor").order_by("-pk")
