"""What a room that owns subjects tells this one: whether figures are live now, and how long the subject runs.

Registered once per kind, in the owner's `AppConfig.ready` or `subject.py`:

    declare(Liveness("campaign", is_live=..., periods=...))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from yunchou.kernel.core import clock
from yunchou.kernel.core.registry import Registry
from yunchou.kernel.subjects.models import Subject

Period: TypeAlias = tuple[date | None, date | None]


@dataclass(frozen=True)
class Liveness:
    """`is_live`: do new figures raise alerts now? `periods`: first and last day by subject, in one query.

    `as_of`: the day that figures of an imported table belong to, where they are history; None means today.
    """

    kind: str
    is_live: Callable[[Subject], bool] = lambda _subject: True
    periods: Callable[[Sequence[int]], Mapping[int, Period]] = lambda _ids: {}
    as_of: Callable[[Subject], date | None] = lambda _subject: None


kinds: Registry[Liveness] = Registry("liveness")


def declare(liveness: Liveness) -> Liveness:
    """Make known how subjects of a kind live; called once at import."""
    return kinds.add(liveness.kind, liveness)


def is_live(subject: Subject) -> bool:
    """Whether figures of the subject raise alerts now; those of a kind that says nothing do."""
    found = kinds.get(subject.kind)
    return found.is_live(subject) if found else True


def as_of(subject: Subject) -> date:
    """The day to which the figures of a table without dates belong."""
    found = kinds.get(subject.kind)
    return (found.as_of(subject) if found else None) or clock.today()


def periods_of(subject_ids: Sequence[int]) -> dict[int, Period]:
    """First and last day of subjects, as far as their kinds tell; one query per kind."""
    return {pk: period for each in kinds for pk, period in each.periods(subject_ids).items()}
