"""A kind of subject without a room of its own, on which the pages and actions of this room are tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.db import models

from yunchou.capabilities.work.actions import accept_delivery, hand_in
from yunchou.capabilities.work.models import Assignment, Dependency, GanttTask
from yunchou.capabilities.work.rules import RULES
from yunchou.capabilities.work.selectors import work_facts
from yunchou.capabilities.work.stores import ASSIGNMENTS, TASKS
from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare, rights
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.rules.selectors import evaluate, with_rulings
from yunchou.kernel.subjects.kinds import SubjectKind, kinds
from yunchou.kernel.subjects.kinds import declare as declare_kind
from yunchou.kernel.subjects.models import Member, Role, Subject

from .example import PREDECESSORS, assignment_part, task_part

LOCKED: dict[str, Say] = {}
"""Why a table (by key) is locked in the running test; emptied by a fixture."""


class ToyPerm(models.TextChoices):
    VIEW = "work_toy.view", "See toys"


def _findings(subject: Subject) -> list[Any]:
    return with_rulings(
        [v for v in evaluate(RULES, work_facts(subject, today=clock.today())) if not v.passed], subject
    )


if ToyPerm.VIEW not in rights:
    positions = {p.MARKETING_MANAGER: Scope.REGION, p.MARKETING_SPECIALIST: Scope.REGION}
    declare(
        ToyPerm,
        positions={ToyPerm.VIEW: positions},
        relations={role: [ToyPerm.VIEW] for role in Role.values},
    )
    declare_kind(
        SubjectKind(
            "work_toy",
            "Toy",
            view_perm=ToyPerm.VIEW,
            findings=_findings,
            locked=lambda subject, table: LOCKED.get(table),
        )
    )

assert "work_toy" in kinds


def make_subject(unit: Unit, *, lead: User | None = None, title: str = "开学季·青春焕新计划") -> Subject:
    subject = Subject.objects.create(kind="work_toy", unit=unit, title=title, address="/", created_by=lead)
    if lead:
        Member.objects.create(subject=subject, user=lead, role=Role.LEAD)
    return subject


def make_tasks(subject: Subject, *specs: Mapping[str, Any]) -> list[GanttTask]:
    """Tasks in order; `after` names predecessors by their number from 1."""
    tasks = []
    for position, spec in enumerate(specs, 1):
        values = dict(spec)
        after: Sequence[int] = values.pop("after", ())
        task = GanttTask.objects.create(
            subject=subject,
            position=position,
            **{"name": f"任务{position}", **values},
            predecessor_names=[tasks[n - 1].name for n in after],
        )
        tasks.append(task)
        for n in after:
            Dependency.objects.create(task=task, predecessor=tasks[n - 1], given=tasks[n - 1].name)
    return tasks


def scan(name: str = "验收照片.pdf") -> ContentFile[bytes]:
    """A file that shows that a delivery standard is met."""
    return ContentFile(f"%PDF-1.4\n% {name}\n%%EOF\n".encode(), name=name)


def finish(work: GanttTask | Assignment, *, by: User, accepted_by: User) -> None:
    """Hand work in with a file, and have it accepted."""
    delivery = hand_in(work=work, actor=by, note="已按标准完成", files=[scan()])
    accept_delivery(delivery=delivery, actor=accepted_by)


def load_example(subject: Subject, *, linked: bool = True) -> list[GanttTask]:
    """The two tables of the worked example; `linked` maps its predecessors as the source's numbers say."""
    ASSIGNMENTS.save(subject, assignment_part().rows)
    TASKS.save(subject, task_part().rows)
    tasks = list(GanttTask.objects.filter(subject=subject).order_by("position"))
    if linked:
        for number, before in PREDECESSORS.items():
            task = tasks[number - 1]
            Dependency.objects.create(
                task=task,
                predecessor=tasks[before - 1],
                given=task.predecessor_names[0],
                chosen_by=subject.created_by,
            )
    return tasks
