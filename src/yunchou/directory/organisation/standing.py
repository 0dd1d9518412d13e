"""Figures by department on the head's page (ORG-07): each room that knows progress or quality adds its columns.

# campaigns/standing.py, found at start
declare(Measure("campaigns", label=_("Running campaigns"), order=10, read=running_by_unit))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.identity.models import Unit


@dataclass(frozen=True)
class Figure:
    """One value: as it is shown, its level (fine, watch, act, unknown), and where it is told in full."""

    text: str
    level: str = "fine"
    address: str = ""


@dataclass(frozen=True)
class Measure:
    """One column: `read(units)` gives a figure by unit id, in a fixed number of queries; a missing one is unknown."""

    key: str
    label: str | Promise
    read: Callable[[Sequence[Unit]], Mapping[int, Figure]]
    note: str | Promise = ""
    order: int = 50


measures: Final[Registry[Measure]] = Registry("measure of departments")


def declare(measure: Measure) -> Measure:
    """Make a column known; called once at import of a room's `standing.py`."""
    return measures.add(measure.key, measure)


def in_order() -> list[Measure]:
    """Every column, as they are shown."""
    return sorted(measures, key=lambda measure: (measure.order, measure.key))
