"""What a schedule is for: rooms above say of their subjects which kind they are of and on which day the event is.

Declared in a room's `schedules.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Text
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .states import Phase


@dataclass(frozen=True)
class Occasion:
    """The kind of one subject, and its days as they are planned; any may be unknown. Nobody works yet on a draft."""

    kind: str = ""
    start_on: date | None = None
    end_on: date | None = None
    is_draft: bool = False


@dataclass(frozen=True)
class Occasions:
    """What subjects of one kind are planned for.

    `kinds` are the values and labels that templates are made for, `of` reads the occasions of many subjects at once,
    `closed` the subjects of some units that are over, the latest first: they tell how long things take. `led` hears of a new
    overall lead, within the action that names one.
    """

    subject_kind: str
    kinds: Callable[[], Sequence[tuple[str, Text]]]
    of: Callable[[Sequence[int]], Mapping[int, Occasion]]
    closed: Callable[[Sequence[int]], Sequence[int]]
    led: Callable[[Subject, User], None] | None = None


occasions: Registry[Occasions] = Registry("occasions of a subject kind")


def declare(one: Occasions) -> Occasions:
    """Say what subjects of a kind are planned for."""
    return occasions.add(one.subject_kind, one)


def occasion_of(subject: Subject) -> Occasion:
    """What a subject is planned for; nothing is known of one whose room says nothing."""
    declared = occasions.get(subject.kind)
    return declared.of([subject.pk]).get(subject.pk, Occasion()) if declared else Occasion()


def drafts_among(subjects: Iterable[Subject]) -> set[int]:
    """Which of these subjects are drafts; one query for each kind of subject."""
    of_kind: dict[str, set[int]] = {}
    for subject in subjects:
        of_kind.setdefault(subject.kind, set()).add(subject.pk)
    found: dict[int, Occasion] = {}
    for kind, ids in of_kind.items():
        if declared := occasions.get(kind):
            found |= declared.of(sorted(ids))
    return {pk for pk, one in found.items() if one.is_draft}


def lies_outside(occasion: Occasion, phase: Phase, start_on: date | None, end_on: date | None) -> bool:
    """Do dates lie outside the occasion? Preparation may begin before it, and closing end after it."""
    is_early = phase != Phase.PREPARATION and bool(
        start_on and occasion.start_on and start_on < occasion.start_on
    )
    is_late = phase != Phase.CLOSING and bool(end_on and occasion.end_on and end_on > occasion.end_on)
    return is_early or is_late


def lead_named(subject: Subject, user: User) -> None:
    """Tell the room of a subject who leads it from now on."""
    declared = occasions.get(subject.kind)
    if declared and declared.led:
        declared.led(subject, user)


def kind_choices() -> list[tuple[str, Text]]:
    """Every kind that a template can be made for."""
    return [choice for declared in occasions for choice in declared.kinds()]
