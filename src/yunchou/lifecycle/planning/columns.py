"""A column that names a goal of the company's strategy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.reading import read_once
from yunchou.kernel.core.text import say
from yunchou.kernel.sheets.cells import Cell, clean, shown
from yunchou.kernel.sheets.columns.base import Column, Parsed
from yunchou.kernel.sheets.values import Context


@read_once
def strategic_goals() -> Mapping[str, str]:
    """The register, code and title; one query."""
    from .models import StrategicGoal  # tables are declared while models are still loading

    return dict(StrategicGoal.objects.values_list("code", "title"))


@dataclass(frozen=True)
class Strategic(Column[str]):
    """A strategic goal by its code; cells say `S1 客户满意度领先`, of which the code counts (PLN-08)."""

    widget: ClassVar[str] = "select"
    empty: ClassVar[str] = ""

    def write(self, value: str) -> Cell:
        return f"{value} {strategic_goals().get(value, '')}".strip() or None if value else None

    def options(self) -> Sequence[str]:
        return [f"{code} {title}" for code, title in strategic_goals().items()]

    def _read(self, cell: Cell, ctx: Context) -> Parsed[str]:
        code = clean(shown(cell)).split()[0][:12]
        if code not in strategic_goals():
            message = say(_("“{code}” is no strategic goal of the register."), code=code)
            return self._refuse("unknown_strategy", message)
        return Parsed(code)
