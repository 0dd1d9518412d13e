"""The alternatives of a plan: which modules have one, and what was switched."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.subjects.models import Subject

from ..models import Switch
from ..permissions import Perm
from ..plans import plan


def switches_of(subject: Subject) -> QuerySet[Switch]:
    """What was switched, the latest first."""
    return Switch.objects.filter(subject=subject).select_related("made_by")


def modules_shown(request: Any, subject: Subject, grid: Any) -> dict[str, Any]:
    """What the creative table shows besides its columns: who may switch, what was switched, and which module is missing."""
    there = {row.data.module for row in grid.rows}
    return {
        "may_switch": grid.is_open and holds(request.user, Perm.EDIT, subject),
        "switchable": {row.pk for row in grid.rows if row.data.alternative.strip()},
        "switches": list(switches_of(subject)),
        "missing": [name for name in plan(subject).names if name not in there],
    }
