"""What `manage.py verify` checks. Rooms that keep something provable register a check; the command runs them all.

@check("journal")
def chain_holds() -> Iterator[Problem]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .registry import Registry


@dataclass(frozen=True)
class Problem:
    """Something that is not as it must be: a short code, where, and values that help to look."""

    code: str
    where: str
    details: dict[str, Any] = field(default_factory=dict)


Check = Callable[[], Iterator[Problem]]
Note = Callable[[], dict[str, Any]]

checks: Registry[Check] = Registry("verification")
# Facts worth telling that are no problem, such as the tail of the journal that is not sealed yet.
notes: Registry[Note] = Registry("verification note")


def check(key: str) -> Callable[[Check], Check]:
    """Register a check; found at start because each room's `verification.py` is imported."""
    return lambda function: checks.add(key, function)


def note(key: str) -> Callable[[Note], Note]:
    """Register a fact that the report tells beside the problems."""
    return lambda function: notes.add(key, function)
