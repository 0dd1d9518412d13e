"""How the campaign's own tables are edited on pages."""

from __future__ import annotations

from typing import Any

from yunchou.kernel.sheets.registry import register
from yunchou.kernel.subjects.models import Subject

from .models import Campaign, Goal
from .permissions import Perm
from .stores import creative, goals, load_overview, save_overview
from .tables import CREATIVE, GOALS, OVERVIEW


def goal_boxes(request: Any, subject: Subject, grid: Any) -> dict[str, Any]:
    """The goals by primary key, so that the table shows their SMART boxes."""
    return {"goals": {goal.pk: goal for goal in Goal.objects.filter(subject=subject)}}


def _classify(subject: Subject, actor: Any) -> None:
    """A change on a page may make the campaign large, or take it out of the plan (R-TYP-01, R-TYP-02)."""
    from .actions import classify

    classify(campaign=Campaign.objects.select_related("subject__unit").get(pk=subject.pk))


PAGES: dict[str, Any] = {"view_perm": Perm.VIEW, "edit_perm": Perm.EDIT, "after_save": _classify}
register(OVERVIEW, load=load_overview, save=save_overview, order=10, **PAGES)
register(
    GOALS,
    load=goals.load,
    save=goals.save,
    order=20,
    store=goals,
    template="campaigns/parts/goals_table.html",
    extend=goal_boxes,
    **PAGES,
)
register(CREATIVE, load=creative.load, save=creative.save, order=30, store=creative, **PAGES)
