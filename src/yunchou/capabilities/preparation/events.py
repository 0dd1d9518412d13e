"""What preparing has to know of the activity it is for; the room that keeps the activities says so.

@event_of("campaign")
def campaign_event(subject: Subject) -> Event: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

from yunchou.kernel.core.reading import read_once
from yunchou.kernel.core.registry import Registry
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.kinds import kinds
from yunchou.kernel.subjects.models import Subject


@dataclass(frozen=True)
class Event:
    """An activity: how many come (None: not known), when, who leads, and which checks it may not do without.

    Of a check that is `required` and of which nothing is entered the readiness check says red, of one that is `usual` amber.
    """

    expected: int | None = None
    accepted: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    lead: User | None = None
    kind: str = ""
    required: frozenset[str] = field(default_factory=frozenset)
    usual: frozenset[str] = field(default_factory=frozenset)


Provider: TypeAlias = Callable[[Subject], Event]
providers: Registry[Provider] = Registry("provider of events")


def event_of(kind: str) -> Callable[[Provider], Provider]:
    """Say what is known of the activities of one kind of subjects."""
    return lambda function: providers.add(kind, function)


def event_kinds() -> list[str]:
    """The kinds of subjects that are activities."""
    return [kind.key for kind in kinds if kind.key in providers]


Headcount: TypeAlias = Callable[[Subject], int | None]
_headcounts: list[Headcount] = []


def accepted_by(headcount: Headcount) -> Headcount:
    """Let the room that keeps the guests say how many have accepted, those they bring included (None: it knows of none)."""
    _headcounts.append(headcount)
    return headcount


@read_once
def event(subject: Subject) -> Event:
    """What is known of an activity; nothing of one whose room says nothing."""
    provider = providers.get(subject.kind)
    known = provider(subject) if provider else Event()
    told = [number for headcount in _headcounts if (number := headcount(subject)) is not None]
    return replace(known, accepted=max([known.accepted or 0, *told])) if told else known
