"""What the rules on team and schedule look at: the rows of both tables. `facts_of` makes it from any two tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from ..matching import Names, candidates, reference_of
from ..schedule import CALENDAR_DAYS, Axis, Schedule
from ..tables import AssignmentRow, NamedLink, TaskRow, called

MOST_COMPARISONS = 40_000
"""So many times a name is compared with a task, so that a table of thousands is judged in seconds."""


@dataclass(frozen=True)
class WorkFacts:
    """The division of work and the schedule of one subject. Positions count from 0.

    `links` are the predecessors that are known for certain: exact names, or names a person has mapped. Without `today`
    nothing is overdue or late; `leads` counts the overall leads, None where the team is not known. `axis` has the days that
    count for this schedule.
    """

    assignments: tuple[AssignmentRow, ...] = ()
    tasks: tuple[TaskRow, ...] = ()
    links: tuple[NamedLink, ...] = ()
    start_on: date | None = None
    end_on: date | None = None
    today: date | None = None
    leads: int | None = None
    axis: Axis = field(default=CALENDAR_DAYS, compare=False)

    @cached_property
    def schedule(self) -> Schedule:
        """The tasks with their certain links."""
        return schedule_of(self.tasks, self.links, self.axis)

    @cached_property
    def unknown(self) -> tuple[UnknownName, ...]:
        """Predecessors that are no task's name, with the tasks that may be meant; in large tables for the first ones."""
        known = {(link.task, link.given) for link in self.links}
        named = tuple(task.named for task in self.tasks)
        places = (
            (n, name)
            for n, task in enumerate(self.tasks)
            for name in task.predecessors
            if (n, name) not in known
        )
        looked_up = max(MOST_COMPARISONS // max(len(named), 1), 1)
        again = {(each.task, each.given) for each in self.repeated}
        return tuple(
            UnknownName(n, name, candidates(name, n, named, self.schedule) if number < looked_up else ())
            for number, (n, name) in enumerate(place for place in places if place not in again)
        )

    @cached_property
    def repeated(self) -> tuple[Repeated, ...]:
        """Predecessors that are written a second time for the same task, `T3、T3 FF+1`: only the first of them counts."""
        known = {(link.task, link.given) for link in self.links}
        held = {(link.task, link.predecessor) for link in self.links}
        names: Names | None = None
        found = []
        for n, task in enumerate(self.tasks):
            for name in task.predecessors if len(task.predecessors) > 1 else ():
                if (n, name) in known:
                    continue
                names = names or Names([each.named for each in self.tasks])
                if (meant := names.found(name)) and (n, meant.position) in held:
                    found.append(Repeated(n, meant.position, name))
        return tuple(found)

    @cached_property
    def likely_links(self) -> tuple[NamedLink, ...]:
        """The certain links, and for each unknown name the likeliest one: good enough to point something out."""
        guessed = (
            NamedLink(each.candidates[0], each.task, each.given, *reference_of(each.given)[1:])
            for each in self.unknown
            if each.candidates
        )
        return (*self.links, *guessed)

    @cached_property
    def likely(self) -> Schedule:
        """The tasks with certain and likely links."""
        return schedule_of(self.tasks, self.likely_links, self.axis)

    def called(self, position: int) -> str:
        """`T6 线上渠道素材准备`."""
        return called(position, self.tasks[position])


@dataclass(frozen=True)
class UnknownName:
    """A predecessor of task number `task` that names no task; `candidates` are positions, the likeliest first."""

    task: int
    given: str
    candidates: tuple[int, ...] = ()


@dataclass(frozen=True)
class Repeated:
    """The same predecessor, written for the same task once more."""

    task: int
    predecessor: int
    given: str


def schedule_of(tasks: Sequence[TaskRow], links: Sequence[NamedLink], axis: Axis = CALENDAR_DAYS) -> Schedule:
    """The arithmetic of rows, their positions as keys."""
    jobs = tuple(task.job(n) for n, task in enumerate(tasks))
    return Schedule(jobs, tuple(link.link for link in links), axis)


def exact_links(tasks: Sequence[TaskRow]) -> tuple[NamedLink, ...]:
    """The links whose names are names or codes of tasks; for tables that are not saved."""
    names = Names([task.named for task in tasks])
    first: dict[tuple[int, int], NamedLink] = {}
    for n, task in enumerate(tasks):
        for text in task.predecessors:
            if found := names.found(text):
                first.setdefault(
                    (n, found.position), NamedLink(found.position, n, text, found.kind, found.lag)
                )
    return tuple(first.values())


def facts_of(
    assignments: Sequence[AssignmentRow],
    tasks: Sequence[TaskRow],
    *,
    links: Sequence[NamedLink] | None = None,
    start_on: date | None = None,
    end_on: date | None = None,
    today: date | None = None,
    leads: int | None = None,
    axis: Axis = CALENDAR_DAYS,
) -> WorkFacts:
    """The context of the rules. Without `links` (a workbook that is only looked at) only exact names are links."""
    known = exact_links(tasks) if links is None else tuple(links)
    return WorkFacts(tuple(assignments), tuple(tasks), known, start_on, end_on, today, leads, axis)
