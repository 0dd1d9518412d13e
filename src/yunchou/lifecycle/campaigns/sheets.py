"""How the campaign's own tables are edited on pages."""

from __future__ import annotations

from typing import Any

from yunchou.capabilities.creative.selectors.switches import modules_shown
from yunchou.kernel.sheets.registry import register
from yunchou.kernel.subjects.models import Subject

from .brief import campaign_of
from .models import Campaign, Goal, SceneKind
from .permissions import Perm
from .stores import creative, goals, load_overview, save_overview
from .tables import CREATIVE, GOALS, OVERVIEW


def goal_boxes(request: Any, subject: Subject, grid: Any) -> dict[str, Any]:
    """What the table shows of goals besides their columns, by primary key; and the goals that are suggested."""
    from .overview import goal_shown  # what pages show is read where all rooms are known
    from .presets import is_usual, suggested_for

    campaign, found = campaign_of(subject.pk), Goal.objects.filter(subject=subject)
    there = {row.data.dimension for row in grid.rows}
    suggested = suggested_for(campaign.kind, there) if grid.is_open else ()
    return {
        "goals": {goal.pk: goal_shown(goal, campaign) for goal in found.prefetch_related("indicators")},
        "suggested": [(one, is_usual(campaign.kind, one)) for one in suggested],
        "kind": campaign.get_kind_display(),
    }


def scene_shown(request: Any, subject: Subject, grid: Any) -> dict[str, Any]:
    """What the scene of a campaign is tied to, and how the audience category is called here."""
    from .aims import occasion_url
    from .categories import name_of

    campaign = campaign_of(subject.pk)
    on = campaign.scene_on if campaign.scene_kind == SceneKind.OCCASION else None
    category = name_of(campaign.audience)
    return {"campaign": campaign, "category": category, "scene_url": occasion_url(on) if on else ""}


def _classify(subject: Subject, actor: Any) -> None:
    """A change on a page may make the campaign large, or take it out of the plan (R-TYP-01, R-TYP-02)."""
    from .actions import classify

    classify(campaign=Campaign.objects.select_related("subject__unit").get(pk=subject.pk))


PAGES: dict[str, Any] = {"view_perm": Perm.VIEW, "edit_perm": Perm.EDIT, "after_save": _classify}
register(
    OVERVIEW,
    load=load_overview,
    save=save_overview,
    order=10,
    template="campaigns/parts/overview_table.html",
    extend=scene_shown,
    **PAGES,
)
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
register(
    CREATIVE,
    load=creative.load,
    save=creative.save,
    order=30,
    store=creative,
    template="creative/parts/modules_table.html",
    extend=modules_shown,
    **PAGES,
)
