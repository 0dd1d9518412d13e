"""What a rule that says no offers instead: links that stand below its findings, wherever they are shown.

@way_out("R-BUD-05")
def contingency_draw(verdict: Verdict) -> Way | None: ...

A room declares them in its `nav.py`. They are told what the rule told of itself (`verdict.values`), not who reads: the page
behind a link asks for the right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from yunchou.kernel.core.text import Text


@dataclass(frozen=True)
class Way:
    """A link; a `dialog` opens above the page it stands on, where scripts run."""

    label: Text
    url: str
    icon: str = "arrow-right"
    is_dialog: bool = False


Provider = Callable[[Any], Way | None]
_ways: dict[str, list[tuple[int, Provider]]] = {}


def way_out(rule: str, *, order: int = 50) -> Callable[[Provider], Provider]:
    """Declare a way out of what a rule refuses; None where a verdict does not tell enough."""

    def declare(provider: Provider) -> Provider:
        _ways.setdefault(rule, []).append((order, provider))
        return provider

    return declare


def ways_out(verdict: Any) -> list[Way]:
    """The ways out of a verdict that speaks against something, in order."""
    if getattr(verdict, "passed", True):
        return []
    declared = sorted(_ways.get(getattr(verdict, "rule_id", ""), ()), key=lambda each: each[0])
    return [way for _order, provider in declared if (way := provider(verdict))]
