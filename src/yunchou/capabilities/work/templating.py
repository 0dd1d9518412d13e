"""Planning from a template, and making one: what would come of it, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Member, Role, Subject

from .counting import event_days, working_days
from .matching import Named, Names, Reference
from .models import GanttTask, ScheduleTemplate, TemplateTask
from .schedule import EventDays
from .tables import TASK_SEPARATORS

Owners = Mapping[str, User]


@dataclass(frozen=True)
class Proposed:
    """One task as the template would make it for an event. `is_there`: the schedule has a task of this name already."""

    source: TemplateTask
    start_on: date
    end_on: date
    predecessors: tuple[str, ...]
    owner: User | None
    is_there: bool

    @property
    def distance(self) -> str:
        """`T-15 … T-12`."""
        ends = [self.source.start_offset, self.source.end_offset]
        return " … ".join(told(offset) for offset in dict.fromkeys(ends))


def told(offset: int) -> str:
    """`T-15`, `T`, `T+3`."""
    return f"T{offset:+d}" if offset else "T"


def proposed(template: ScheduleTemplate, subject: Subject, event_on: date) -> tuple[Proposed, ...]:
    """What planning from a template would make of an event on this day; three queries."""
    tasks = list(template.tasks.all())
    there = set(GanttTask.objects.filter(subject=subject).values_list("name", flat=True))
    days, owners = event_days(event_on), module_owners(subject)
    names = Names([Named(task.name) for task in tasks])
    return tuple(
        Proposed(
            task,
            days.day(task.start_offset),
            days.day(task.end_offset),
            tuple(_by_name(text, names, tasks) for text in split(task.predecessors)),
            owners.get(task.module),
            task.name in there,
        )
        for task in tasks
    )


def split(text: str) -> list[str]:
    """The predecessors of a text, `T1、T3 SS+2`."""
    return [part for piece in TASK_SEPARATORS.split(text) if (part := piece.strip())]


def _by_name(text: str, names: Names, tasks: Sequence[TemplateTask]) -> str:
    """A predecessor that is written by its code, by its name: codes are others in another schedule."""
    found = names.found(text)
    return text if found is None else str(Reference(tasks[found.position].name, found.kind, found.lag))


def module_owners(subject: Subject) -> Owners:
    """Who answers for each module by the duties of the team: the module leads, then the overall lead for what is not named."""
    members = (
        Member.objects.filter(subject=subject, role=Role.MODULE_LEAD).select_related("user").order_by("pk")
    )
    owners: dict[str, User] = {}
    for member in members:
        for duty in split(member.duty.replace("/", "、")):
            owners.setdefault(duty, member.user)
    return owners


# ---------------------------------------------------------------- making one


@dataclass(frozen=True)
class Drawn:
    """What a template would take over of a schedule, and the tasks that it cannot: those without both dates."""

    tasks: tuple[TemplateTask, ...]
    undated: int


def drawn_from(subject: Subject, event_on: date) -> Drawn:
    """The tasks of a schedule as a template would have them: by their working days from the event."""
    tasks = list(GanttTask.objects.filter(subject=subject).order_by("position", "pk"))
    dated = [task for task in tasks if task.start_on and task.end_on]
    days = event_days(event_on)
    found = tuple(_drawn(task, days, n) for n, task in enumerate(dated, 1))
    return Drawn(found, len(tasks) - len(dated))


def _drawn(task: GanttTask, days: EventDays, position: int) -> TemplateTask:
    assert task.start_on is not None
    assert task.end_on is not None
    start = _near(days, task.start_on)
    return TemplateTask(
        position=position,
        name=task.name,
        phase=task.phase,
        start_offset=start,
        end_offset=max(start, _near(days, task.end_on)),
        predecessors="、".join(task.predecessor_names)[:300],
        note=task.note,
        is_milestone=task.is_milestone,
        module=task.module,
        standard=task.standard,
        low_days=task.low_days,
        likely_days=task.likely_days,
        high_days=task.high_days,
    )


def _near(days: EventDays, day: date) -> int:
    """T how much; of a day off, that of the working day behind it."""
    offset = days.offset(day)
    if offset is not None:
        return offset
    axis = working_days()
    return days.offset(axis.start(axis.at(day))) or 0


def matching(templates: Iterable[ScheduleTemplate], kind: str) -> list[ScheduleTemplate]:
    """Those for a kind first, then those for all, then the others."""
    return sorted(templates, key=lambda one: (one.kind != kind, bool(one.kind), one.name))
