"""Which subjects are being executed on a day, and who reports on them: rooms above say so.

@provider("campaigns")
def running_campaigns(day: date) -> Iterable[tuple[Subject, Iterable[User], Iterable[User]]]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

Provider: TypeAlias = Callable[[date], Iterable[tuple[Subject, Iterable[User], Iterable[User]]]]

providers: Registry[Provider] = Registry("provider of running subjects")


@dataclass(frozen=True)
class Running:
    """A subject in execution, who owes its progress reports, and who owes its data reports."""

    subject: Subject
    progress: tuple[User, ...]
    data: tuple[User, ...]


def provider(key: str) -> Callable[[Provider], Provider]:
    """Declare a function of the day that names running subjects with progress and data reporters.

    Imported history is not running: name only subjects whose execution this product follows.
    """
    return lambda function: providers.add(key, function)


FirstDay: TypeAlias = Callable[[Subject], date | None]

first_days: Registry[FirstDay] = Registry("first day of a kind of subjects")


def first_day_of(kind: str) -> Callable[[FirstDay], FirstDay]:
    """Say of the subjects of one kind from which day on there is something to report; None while that is not known."""
    return lambda function: first_days.add(kind, function)


def first_day(subject: Subject) -> date | None:
    """From which day on reports tell of a subject; None where its room does not say."""
    provider = first_days.get(subject.kind)
    return provider(subject) if provider else None


def running_on(day: date) -> Iterator[Running]:
    """All running subjects of a day, of all rooms."""
    for function in providers:
        for subject, progress, data in function(day):
            yield Running(subject, tuple(dict.fromkeys(progress)), tuple(dict.fromkeys(data)))
