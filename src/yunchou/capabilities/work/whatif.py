"""What if a task were late: what moves, when the whole ends, and whether it is still ready for the event (nothing is saved)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from .foreseeing import target_of
from .schedule import Effect, Span
from .selectors import Plan
from .states import Phase


@dataclass(frozen=True)
class WhatIf:
    """One task at other dates: what that does, and when everything prepared is ready before and after it."""

    start_on: date
    end_on: date
    effect: Effect
    target: date | None
    ready_before: date | None
    ready_after: date | None

    @property
    def room_before(self) -> int | None:
        """Days between being ready and the event; negative when it is too late."""
        return self._room(self.ready_before)

    @property
    def room_after(self) -> int | None:
        return self._room(self.ready_after)

    def _room(self, ready: date | None) -> int | None:
        return (self.target - ready).days if self.target and ready else None


def late_by(plan: Plan, pk: int, days: int) -> WhatIf:
    """The task that many days of the schedule later than it is planned; one that has begun only ends later."""
    place = plan.position_of(pk)
    job = plan.schedule.by_key[place]
    assert job.start_on is not None
    assert job.end_on is not None
    start = job.start_on if job.is_started else plan.schedule.later(job.start_on, days)
    end = max(start, plan.schedule.later(job.end_on, days, is_end=True))
    changed = job._replace(start_on=start, end_on=end)
    jobs = tuple(changed if each.key == place else each for each in plan.schedule.jobs)
    other = replace(plan.schedule, jobs=jobs)
    return WhatIf(
        start,
        end,
        plan.schedule.effect_of(changed, plan.today),
        target_of(plan),
        _ready(plan, plan.forecast),
        _ready(plan, other.forecast(plan.today)),
    )


def _ready(plan: Plan, spans: Mapping[int, Span]) -> date | None:
    """When the last task of the preparation ends."""
    ends = [
        spans[n].end_on
        for n, task in enumerate(plan.tasks)
        if n in spans and task.known_phase == Phase.PREPARATION
    ]
    return max(ends, default=None)
