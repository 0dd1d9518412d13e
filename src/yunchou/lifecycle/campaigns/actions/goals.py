"""Goals taken from the presets, and the indicators of a goal one by one."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets import editor
from yunchou.kernel.sheets.grammar import read_figures
from yunchou.kernel.sheets.registry import Kept, workbook
from yunchou.kernel.sheets.values import Figure

from ..models import Campaign, Goal
from ..presets import suggested_for
from ..tables import GOALS, GoalRow


def goals_kept() -> Kept[GoalRow]:
    """The table of goals and where it lives."""
    return next(each for each in workbook().kept if each.table is GOALS)


@transaction.atomic
def add_suggested_goal(*, campaign: Campaign, dimension: str, actor: User) -> Goal:
    """Add the goal that is suggested for a dimension, complete but for numbers and owner; records `sheets.row_added`.

    Refuses as any row of the table, and a dimension that is there already or that nothing is suggested for.
    """
    there = set(Goal.objects.filter(subject=campaign.pk).values_list("dimension", flat=True))
    found = next((one for one in suggested_for(campaign.kind, there) if one.dimension == dimension), None)
    if found is None:
        raise WrongState(say(_("Nothing is suggested for “{dimension}” any longer."), dimension=dimension))
    saved: Goal = editor.save_row(
        subject=campaign.subject, kept=goals_kept(), pk=None, cells=found.cells(), actor=actor
    )
    return saved


@transaction.atomic
def set_indicators(
    *, goal: Goal, indicators: Sequence[tuple[str, Figure]], actor: User, seen: str = ""
) -> Goal:
    """Make these the indicators of a goal with their targets, in this order (GOA-05); records `sheets.row_changed`.

    Refuses as any row of the table, no indicator, one twice, growth that names no base, and a unit or base that cannot be
    read back from the cell in which they are kept. `Invalid.fields` names them by place: `0-unit`.
    """
    if not indicators:
        raise Invalid(say(_("Name at least one indicator.")))
    faults = {}
    names = [name for name, _figure in indicators]
    for place, (name, figure) in enumerate(indicators):
        if names.index(name) != place:
            faults[f"{place}-label"] = say(_("This indicator stands above already."))
        if figure.change and not figure.base:
            faults[f"{place}-base"] = say(
                _("Growth against what? Name the period, and its value where it is known.")
            )
        elif read_figures(str(figure)) != (figure,):
            faults[f"{place}-{'base' if figure.base else 'unit'}"] = say(
                _("This cannot be read back; word it otherwise.")
            )
    if faults:
        raise Invalid(say(_("Some entries cannot be used; nothing was saved.")), fields=faults)
    cells = {"metrics": "\n".join(names), "targets": "\n".join(str(figure) for _name, figure in indicators)}
    saved = editor.save_row(
        subject=goal.subject, kept=goals_kept(), pk=goal.pk, cells=cells, actor=actor, seen=seen
    )
    return saved if isinstance(saved, Goal) else goal
