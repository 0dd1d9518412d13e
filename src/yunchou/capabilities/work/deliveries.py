"""Who accepts finished work, and what waits to be accepted (TEA-05, 004 三(一))."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Member, Role, Subject

from .duties import ACCEPTANCE
from .models import Assignment, Delivery, GanttTask
from .templating import split

Work = GanttTask | Assignment
LEADING = (Role.LEAD, Role.OWNER)


def modules_in(duty: str) -> list[str]:
    """The modules that a duty names, `策划/设计`."""
    return split(duty.replace("/", "、"))


def covers(duty: str, module: str) -> bool:
    """Does a duty name a module, `策划` the module 策划统筹?"""
    return bool(module) and any(named in module or module in named for named in modules_in(duty))


@dataclass(frozen=True)
class Acceptors:
    """Who of a team accepts: each module's leads the work of their modules, the overall lead everything."""

    leads: tuple[User, ...]
    module_leads: tuple[tuple[User, str], ...]

    @classmethod
    def of(cls, subject: Subject) -> Acceptors:
        """Those of a subject; one query."""
        ties = Member.objects.filter(subject=subject, role__in=(*LEADING, Role.MODULE_LEAD))
        found = list(ties.filter(user__is_active=True).select_related("user").order_by("pk"))
        leads = [tie.user for tie in found if tie.role == Role.LEAD]
        leads = leads or [tie.user for tie in found if tie.role == Role.OWNER]
        modules = [(tie.user, tie.duty) for tie in found if tie.role == Role.MODULE_LEAD]
        return cls(tuple(leads), tuple(modules))

    def may(self, user: User, work: Work) -> bool:
        """May the person accept this? A module lead only the modules of his duty, and never his own work.

        Nobody stands above the overall lead in a team, who therefore accepts own work too; the journal shows it.
        """
        return user in self.leads or (user.pk != work.owner_id and user in self._module_leads(work))

    def asked(self, work: Work) -> User | None:
        """Who is asked to look at it: the lead of its module, else the overall lead."""
        others = [user for user in self._module_leads(work) if user.pk != work.owner_id]
        return next(iter([*others, *self.leads]), None)

    def _module_leads(self, work: Work) -> list[User]:
        return [user for user, duty in self.module_leads if covers(duty, work.module)]


def deliveries_of(subject: Subject) -> QuerySet[Delivery]:
    """Everything that was handed in for a subject, the latest first."""
    return Delivery.objects.filter(Q(task__subject=subject) | Q(assignment__subject=subject)).select_related(
        "task__subject", "assignment__subject", "handed_in_by", "decided_by"
    )


@dataclass(frozen=True)
class Handing:
    """What one page needs of finished work: what waits, what was sent back, and what the viewer accepts.

    Keys are `("task" | "assignment", id)`.
    """

    viewer: User
    acceptors: Acceptors
    waiting: Mapping[tuple[str, int], Delivery]
    returned: Mapping[tuple[str, int], Delivery]
    works: Mapping[tuple[str, int], Work]

    def standard_of(self, key: tuple[str, int]) -> str:
        """The delivery standard of a row."""
        return self.works[key].standard if key in self.works else ""

    def may_accept(self, key: tuple[str, int]) -> bool:
        """Does the viewer accept this row?"""
        return key in self.works and self.acceptors.may(self.viewer, self.works[key])


def handing_of(subject: Subject, viewer: User) -> Handing:
    """What a page of a subject needs of finished work; four queries whatever its size."""
    latest: dict[tuple[str, int], Delivery] = {}
    for one in deliveries_of(subject):
        latest.setdefault(_key(one), one)
    tasks = GanttTask.objects.filter(subject=subject).only("subject", "owner", "module", "standard")
    rows = Assignment.objects.filter(subject=subject).only("subject", "owner", "module", "standard")
    works: dict[tuple[str, int], Work] = {("task", task.pk): task for task in tasks}
    works |= {("assignment", row.pk): row for row in rows}
    return Handing(
        viewer,
        Acceptors.of(subject),
        {key: one for key, one in latest.items() if one.is_waiting},
        {key: one for key, one in latest.items() if one.verdict == Delivery.Verdict.RETURNED},
        works,
    )


@dataclass(frozen=True)
class Mine:
    """One row of a person's own list, with what was handed in of it and what was sent back."""

    work: Work
    delivery: Delivery | None = None
    returned: Delivery | None = None

    @property
    def table(self) -> str:
        """The part of the address of what is handed in, and the view that shows the row."""
        return "tasks" if isinstance(self.work, GanttTask) else "division"


def my_work(rows: Sequence[Work]) -> list[Mine]:
    """Rows of the own list with the last that was handed in of each; one query."""
    of = {type_: [row.pk for row in rows if isinstance(row, type_)] for type_ in (GanttTask, Assignment)}
    found = Delivery.objects.filter(Q(task__in=of[GanttTask]) | Q(assignment__in=of[Assignment]))
    latest: dict[tuple[str, int], Delivery] = {}
    for one in found.select_related("decided_by"):
        latest.setdefault(_key(one), one)
    return [
        _mine(row, latest.get(("task" if isinstance(row, GanttTask) else "assignment", row.pk)))
        for row in rows
    ]


def _mine(row: Work, last: Delivery | None) -> Mine:
    is_returned = last is not None and last.verdict == Delivery.Verdict.RETURNED
    return Mine(row, last if last and last.is_waiting else None, last if is_returned else None)


def to_accept(user: User) -> list[Delivery]:
    """What waits for a person to look at, by what the person owes; two queries."""
    owed = Duty.objects.open().filter(kind=ACCEPTANCE.key, owner=user).values_list("key", flat=True)
    ids = [int(key.rpartition(":")[2]) for key in owed]
    found = Delivery.objects.filter(pk__in=ids, verdict=Delivery.Verdict.WAITING)
    return list(
        found.select_related("task__subject", "assignment__subject", "handed_in_by").order_by("handed_in_at")
    )


def _key(one: Delivery) -> tuple[str, int]:
    return ("task", one.task_id) if one.task_id else ("assignment", one.assignment_id or 0)


def waiting_ids(tasks: Iterable[int]) -> set[int]:
    """Which of these tasks wait to be accepted; one query."""
    found = Delivery.objects.filter(task__in=list(tasks), verdict=Delivery.Verdict.WAITING)
    return {pk for pk in found.values_list("task", flat=True) if pk is not None}
