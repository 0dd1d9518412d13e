"""Who remembers what a rule was told: one witness per kind of subject, registered by the room that makes the contexts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.subjects.models import Subject


@dataclass(frozen=True)
class Witness:
    """`keep(context)` gives what the content of a version leaves out, as JSON; `recall` makes the context again.

    `recall(subject, content, kept)` must answer with what the rules were told then, whatever has happened since.
    `day(context)` is the day whose parameters it was judged by; None is today.
    """

    kind: str
    keep: Callable[[Any], dict[str, Any]]
    recall: Callable[[Subject, Mapping[str, Any], Mapping[str, Any]], Any]
    day: Callable[[Any], date | None] = lambda _context: None


witnesses: Registry[Witness] = Registry("witness of contexts")


def witness(made: Witness) -> Witness:
    """Make a witness known; called once at import."""
    return witnesses.add(made.kind, made)
