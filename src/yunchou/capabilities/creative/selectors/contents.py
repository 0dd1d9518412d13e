"""The phases beside the schedule, and the contents in them (CRE-06)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from yunchou.capabilities.work.models import GanttTask
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.signals import Level

from ..models import ContentItem
from ..plans import Phase, plan
from ..rules import Contents, Span, contents_keep_to_their_phases
from ..tables import PHASE_SUFFIX


@dataclass(frozen=True)
class Beside:
    """A task of the schedule that carries the name of a phase; `days` by which it begins and ends later than the phase."""

    task: GanttTask
    start_days: int | None
    end_days: int | None

    @property
    def agrees(self) -> bool:
        return self.start_days == 0 and self.end_days == 0


@dataclass(frozen=True)
class PhaseLine:
    """A phase, what the schedule says of it, the phase it overlaps, and how many contents it has."""

    phase: Phase
    beside: tuple[Beside, ...]
    overlaps: str
    is_outside: bool
    count: int

    @property
    def days(self) -> int:
        """How long it is, both ends counted."""
        return (self.phase.end_on - self.phase.start_on).days + 1

    @property
    def level(self) -> Level:
        if self.overlaps or self.is_outside:
            return Level.ACT
        if not self.beside or not self.count or any(not one.agrees for one in self.beside):
            return Level.WATCH
        return Level.FINE


def phase_lines(subject: Subject) -> list[PhaseLine]:
    """The phases by their days, compared with the schedule; two queries."""
    told = plan(subject)
    phases = sorted(told.phases, key=lambda one: one.start_on)
    tasks = list(GanttTask.objects.filter(subject=subject).order_by("position"))
    counts: dict[str, int] = defaultdict(int)
    for name in ContentItem.objects.filter(subject=subject).values_list("phase", flat=True):
        counts[name] += 1
    found, last = [], None
    for phase in phases:
        overlaps = last.name if last and phase.start_on <= last.end_on else ""
        outside = bool(
            (told.starts_on and phase.start_on < told.starts_on)
            or (told.ends_on and phase.end_on > told.ends_on)
        )
        found.append(PhaseLine(phase, _beside(phase, tasks), overlaps, outside, counts[phase.name]))
        last = phase if last is None or phase.end_on > last.end_on else last
    return found


def _beside(phase: Phase, tasks: list[GanttTask]) -> tuple[Beside, ...]:
    stem = phase.name.removesuffix(PHASE_SUFFIX)
    return tuple(
        Beside(
            task,
            (task.start_on - phase.start_on).days if task.start_on else None,
            (task.end_on - phase.end_on).days if task.end_on else None,
        )
        for task in tasks
        if stem and stem in task.name
    )


def findings_of(subject: Subject, items: Any) -> list[Verdict]:
    """What K-CRE-06 says of rows that are there: of a phase that was moved or renamed after them."""
    phases = tuple(Span(one.name, one.start_on, one.end_on) for one in plan(subject).phases)
    spans = tuple(Span(one.phase, one.start_on, one.end_on) for one in items)
    found = evaluate([contents_keep_to_their_phases], Contents(phases, spans))
    return [verdict for verdict in found if not verdict.passed]


def standing_of(request: Any, subject: Subject, grid: Any) -> dict[str, Any]:
    """What the table of contents shows besides its columns: by row what is wrong with it now."""
    rows = [row.data for row in grid.rows]
    wrong: dict[int, list[Verdict]] = defaultdict(list)
    for verdict in findings_of(subject, rows):
        for place in verdict.at:
            if place.row is not None:
                wrong[rows[place.row].pk].append(verdict)
    return {"wrong": dict(wrong), "has_phases": bool(plan(subject).phases)}
