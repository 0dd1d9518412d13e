"""What other rooms show of a subject where its people talk: each declares a card in its `talk.py` (GEN-02)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject


@dataclass(frozen=True)
class Panel:
    """A card: its template and what it needs, None where it has nothing to show this person."""

    key: str
    template: str
    context: Callable[[Subject, User], dict[str, Any] | None]
    order: int = 50
    subject_kinds: frozenset[str] = field(default_factory=frozenset)


panels: Registry[Panel] = Registry("panel of the talk")


def panel(panel: Panel) -> Panel:
    """Make a card known; called once at import."""
    return panels.add(panel.key, panel)


@dataclass(frozen=True)
class ShownPanel:
    """A card as it stands on the page."""

    template: str
    context: dict[str, Any]


def panels_of(subject: Subject, user: User) -> list[ShownPanel]:
    """The cards of a subject for a person, in order."""
    found = []
    for one in sorted(panels, key=lambda each: each.order):
        if one.subject_kinds and subject.kind not in one.subject_kinds:
            continue
        context = one.context(subject, user)
        if context is not None:
            found.append(ShownPanel(one.template, context))
    return found
