"""A step of a case in memory with its tasks, and what of their rows a verb may change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..conditions import Kind
from ..models import Step, Task

#: The columns that a verb may change.
STEP = (
    "order", "kind", "level", "ratio", "state", "reasons", "watches", "covered_by_id", "carried_from_id",
    "opened_at", "closed_at",
)  # fmt: skip
TASK = (
    "assignee_id", "instead_of_id", "given_by_id", "turn", "state", "decision", "opinion", "opened_at", "due_at",
    "decided_at", "digest", "urged_at", "is_vacant",
)  # fmt: skip
S, T = Step.State, Task.State


@dataclass(eq=False)
class Node:
    """A step with its tasks; `covered_by` is where the same person decides, so that this one was skipped."""

    step: Step
    tasks: list[Task] = field(default_factory=list)
    covered_by: Node | None = None

    def in_state(self, *states: str) -> list[Task]:
        return [task for task in self.tasks if task.state in states]

    @property
    def live(self) -> list[Task]:
        """Tasks on which nobody decided yet, open or foreseen, in their turn."""
        return sorted(self.in_state(T.WAITING, T.QUEUED), key=lambda task: task.turn)

    @property
    def agreed(self) -> list[Task]:
        """The decisions by which the step was agreed to in this case."""
        return [task for task in self.in_state(T.DONE) if task.decision == Task.Decision.APPROVED]

    @property
    def is_carried_on(self) -> bool:
        """Whether the step counts as decided by what was decided in an earlier case."""
        return self.step.state == S.SKIPPED and self.step.carried_from_id is not None

    @property
    def is_carried(self) -> bool:
        """Whether what has been decided is enough for the step."""
        agreed = self._count(Task.Decision.APPROVED)
        if self.step.is_single or self.step.kind == Kind.ANY:
            return agreed > 0
        return agreed >= self._needed

    @property
    def can_be_carried(self) -> bool:
        """Whether a step by ratio can still be carried after those who spoke against it."""
        return len(self._counted) - self._count(Task.Decision.REJECTED) >= self._needed

    @property
    def _counted(self) -> list[Task]:
        return [task for task in self.tasks if task.state not in {T.VOID, T.SKIPPED}]

    @property
    def _needed(self) -> int:
        """How many of a step's people have to agree: all, or the ratio rounded up."""
        people = len(self._counted)
        return people if self.step.kind != Kind.RATIO else -(-people * (self.step.ratio or 100) // 100)

    def _count(self, decision: str) -> int:
        return sum(task.state == T.DONE and task.decision == decision for task in self.tasks)


def agreed_in(steps: Collection[int]) -> dict[int, set[int]]:
    """Who agreed in these steps, by step; one query."""
    agreed = Task.objects.filter(step__in=steps, state=T.DONE, decision=Task.Decision.APPROVED)
    found: dict[int, set[int]] = {}
    for step, person in agreed.values_list("step_id", "assignee_id"):
        found.setdefault(step, set()).add(person)
    return found


def key_of(row: Step | Task) -> tuple[str, int]:
    return type(row).__name__, row.pk


def values_of(row: Step | Task) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in (STEP if isinstance(row, Step) else TASK))


def fields_of(columns: Sequence[str]) -> list[str]:
    return [name.removesuffix("_id") for name in columns]
