"""A schedule beside what it was once: the approved baseline, or one that somebody kept under a name (SCH-06)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from yunchou.kernel.subjects.models import Subject

from .matching import code_of
from .models import Baseline
from .selectors import Plan


@dataclass(frozen=True)
class Drift:
    """One task then and now; a task that is new has no `then`, one that was deleted no `now`."""

    code: str
    name: str
    then: tuple[date | None, date | None] | None
    now: tuple[date | None, date | None] | None

    @property
    def was(self) -> tuple[date | None, date | None]:
        return self.then or (None, None)

    @property
    def stands(self) -> tuple[date | None, date | None]:
        return self.now or (None, None)

    @property
    def is_new(self) -> bool:
        return self.then is None

    @property
    def is_gone(self) -> bool:
        return self.now is None

    @property
    def start_days(self) -> int | None:
        """By how many days it begins later than then."""
        return self._days(0)

    @property
    def end_days(self) -> int | None:
        """By how many days it ends later than then."""
        return self._days(1)

    @property
    def is_moved(self) -> bool:
        """Is anything else than it was?"""
        return self.is_new or self.is_gone or self.then != self.now

    def _days(self, end: int) -> int | None:
        before, after = self.was[end], self.stands[end]
        return (after - before).days if before and after else None


def baselines_of(subject: Subject) -> QuerySet[Baseline]:
    """Those that people kept, the latest first."""
    return Baseline.objects.filter(subject=subject).select_related("kept_by")


def drift_of(plan: Plan, baseline: Baseline) -> tuple[Drift, ...]:
    """Every task of either, in the order of the schedule, those that are gone last."""
    then = baseline.spans()
    found = [
        Drift(
            code_of(n),
            task.name,
            then.get(task.pk) if task.pk is not None else None,
            (task.start_on, task.end_on),
        )
        for n, task in enumerate(plan.tasks)
    ]
    here = {task.pk for task in plan.tasks}
    gone = [Drift("", row[1], then[row[0]], None) for row in baseline.rows if row[0] not in here]
    return (*found, *gone)


def ends(drifts: Sequence[Drift]) -> tuple[date | None, date | None]:
    """The last end then and now."""
    before = [one.then[1] for one in drifts if one.then and one.then[1]]
    after = [one.now[1] for one in drifts if one.now and one.now[1]]
    return max(before, default=None), max(after, default=None)
