"""`{% load planning %}`: what the pages of plans look up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.translation import pgettext

from ..documents import YEARLY
from ..listing import Due, Row, UnitYear
from ..monitor import Watched
from ..periods import QUARTERS, months_of

register = template.Library()


@dataclass(frozen=True)
class QuarterCells:
    """A quarter's cell with those of its months."""

    quarter: Any
    months: tuple[Any, ...]

    @property
    def has_months(self) -> bool:
        return any(month.value is not None for month in self.months)


@register.filter
def quarters(cells: Mapping[str, Any]) -> list[QuarterCells]:
    """The four quarters of a goal, each with its months."""
    return [
        QuarterCells(cells[f"q{n}"], tuple(cells[f"m{month}"] for month in months_of(n))) for n in QUARTERS
    ]


@register.filter
def year_plan(unit: UnitYear) -> Row | None:
    """The year plan of a unit."""
    return next(
        (row for row in unit.rows if row.plan.kind in YEARLY and row.plan.subject.unit_id == unit.unit.pk),
        None,
    )


@register.filter
def row_of(unit: UnitYear, kind: str) -> Row | None:
    """The unit's plan of a kind."""
    return unit.of(kind)


@register.filter
def due_of(unit: UnitYear, kind: str) -> Due | None:
    """What the unit owes: its year plan, or a plan of a kind."""
    whole = (due for due in unit.due if due.quarter is None)
    return next((due for due in whole if due.kind == kind or (kind == "year" and due.kind in YEARLY)), None)


@register.filter
def item_state(one: Watched) -> str:
    """What has become of an item, in a word."""
    words = {
        "open": pgettext("plan item", "Open"),
        "started": pgettext("plan item", "Started"),
        "done": pgettext("plan item", "Done"),
        "cancelled": pgettext("plan item", "Cancelled"),
    }
    return words[one.state]
