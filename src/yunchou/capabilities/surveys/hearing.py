"""Who wants to hear the score of a questionnaire, or that somebody wishes to work with us: told by the rooms above, in the
transaction in which it happens.

@hears_score("reviews")
def take_score(survey: Survey, series: Series) -> None: ...

@hears_intention("reviews")
def take_intention(intention: Intention) -> None: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from yunchou.capabilities.metrics.models import Series
from yunchou.directory.customers.models import Customer
from yunchou.kernel.core.registry import Registry
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .models import Survey

Hear: TypeAlias = Callable[[Survey, Series], None]
hearers: Registry[Hear] = Registry("hearer of scores")


def hears_score(key: str) -> Callable[[Hear], Hear]:
    """Declare somebody who is called once the score is a reading of `series`."""

    def declare(hear: Hear) -> Hear:
        return hearers.add(key, hear)

    return declare


@dataclass(frozen=True)
class Intention:
    """A business intention: whose, told where, how likely and in which direction. `key` makes the same, told twice, one."""

    subject: Subject
    customer: Customer
    source: str
    words: str
    key: str
    is_keen: bool = False
    by: User | None = None


HearIntention: TypeAlias = Callable[[Intention], None]
intention_hearers: Registry[HearIntention] = Registry("hearer of business intentions")


def hears_intention(key: str) -> Callable[[HearIntention], HearIntention]:
    """Declare somebody who is called when a business intention is recorded (EVA-07)."""

    def declare(hear: HearIntention) -> HearIntention:
        return intention_hearers.add(key, hear)

    return declare


def tell_intention(intention: Intention) -> None:
    """Call everybody who wants to hear of it."""
    for hear in intention_hearers:
        hear(intention)
