"""Who forwarded how often and brought how many; what each is owed for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Q

from yunchou.capabilities.sales.models import Lead
from yunchou.kernel.subjects.models import Subject

from ..models import ForwardTask, Promoter, RewardBy


@dataclass(frozen=True)
class Standing:
    """One promoter: people brought who are new to the activity (`valid` of them valid leads), and those who had come before."""

    promoter: Promoter
    place: int
    invited: int = 0
    valid: int = 0
    known: int = 0
    is_due: bool = False

    @property
    def has_reached(self) -> bool:
        return self.invited >= self.promoter.quota


@dataclass
class Counted:
    """A task with the standings of its promoters, who brought most first."""

    task: ForwardTask
    standings: list[Standing] = field(default_factory=list)

    @property
    def invited(self) -> int:
        return sum(one.invited for one in self.standings)

    @property
    def forwards(self) -> int:
        return sum(one.promoter.forwards for one in self.standings)

    @property
    def reached(self) -> int:
        return sum(one.has_reached for one in self.standings)

    @property
    def due(self) -> int:
        return sum(one.is_due for one in self.standings)


def reward_is_due(task: ForwardTask, invited: int, forwards: int) -> bool:
    """Whether so many are enough for the reward of a task; a task without one owes nothing."""
    if task.reward_from is None:
        return False
    return (invited if task.reward_by == RewardBy.INVITED else forwards) >= task.reward_from


def brought_by(forms: list[int]) -> dict[int, tuple[int, int, int]]:
    """People who came by each link: new ones, valid ones, and those who had come before. One statement."""
    rows = Lead.objects.filter(form__in=forms).order_by().values_list("form")
    counted = rows.annotate(
        new=Count("pk", filter=Q(merged_into=None)),
        valid=Count("pk", filter=Q(merged_into=None, is_valid=True)),
        known=Count("pk", filter=Q(merged_into__isnull=False)),
    )
    return {form: (new, valid, known) for form, new, valid, known in counted}


def tasks_of(subject: Subject) -> list[Counted]:
    """The tasks of an activity with their standings, in three statements."""
    found = {
        one.pk: Counted(one)
        for one in ForwardTask.objects.filter(subject=subject).select_related("series", "keeper")
    }
    rows = list(
        Promoter.objects.filter(task__in=found, removed_at=None).select_related("user", "customer", "form")
    )
    brought = brought_by([one.form_id for one in rows])
    by_task: dict[int, list[Standing]] = {}
    for one in rows:
        task = found[one.task_id].task
        one.task = task
        invited, valid, known = brought.get(one.form_id, (0, 0, 0))
        is_due = one.rewarded_at is None and reward_is_due(task, invited, one.forwards)
        by_task.setdefault(task.pk, []).append(Standing(one, 0, invited, valid, known, is_due))
    for pk, standings in by_task.items():
        found[pk].standings = _placed(standings)
    return list(found.values())


def standing_of(promoter: Promoter) -> Standing:
    """One promoter with what the link brought; the place is not told."""
    invited, valid, known = brought_by([promoter.form_id]).get(promoter.form_id, (0, 0, 0))
    is_due = promoter.rewarded_at is None and reward_is_due(promoter.task, invited, promoter.forwards)
    return Standing(promoter, 0, invited, valid, known, is_due)


def _placed(standings: list[Standing]) -> list[Standing]:
    """In order, equal ones at the same place."""
    ordered = sorted(standings, key=lambda one: (-one.invited, -one.promoter.forwards, one.promoter.pk))
    placed: list[Standing] = []
    for n, one in enumerate(ordered, 1):
        before = placed[-1] if placed else None
        same = before and (before.invited, before.promoter.forwards) == (one.invited, one.promoter.forwards)
        place = before.place if before and same else n
        placed.append(Standing(one.promoter, place, one.invited, one.valid, one.known, one.is_due))
    return placed
