"""Rows of the dashboard that are made from goals and keep their targets (GOA-09)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.sheets.values import Person
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..goals import CHANNEL, Standing, Wanted, goal_of, goals_of, measured
from ..models import Series
from ..permissions import Perm
from ..selectors import series_of
from ..stores import STORE
from ..tables import DASHBOARD, SeriesRow
from .alerts import watch


@transaction.atomic
def take_goals(*, subject: Subject, actor: User) -> list[Series]:
    """Add a row for each goal that none measures, and give a row that alone measures its goal the goal's target.

    Records `metrics.goals_taken`; gives the rows that were added or changed. A target that several channels share stays as
    people have split it. Refuses without `metrics.edit`, and while the dashboard is locked.
    """
    subject = Subject.objects.select_for_update().select_related("unit").get(pk=subject.pk)
    require(actor, Perm.EDIT, subject)
    if reason := lock_on(subject, DASHBOARD.key):
        raise WrongState(reason)
    if not goals_of(subject):
        raise WrongState(say(_("There is no goal with a number.")))
    return _take(subject, actor)


def keep_goals(*, subject: Subject, actor: User) -> list[Series]:
    """As `take_goals`, for the room whose goals were approved: within its action, and without asking for a right.

    A dashboard on which people measure other things as well is theirs to complete: there only targets follow.
    """
    return _take(subject, actor, only_own=True)


def _take(subject: Subject, actor: User, *, only_own: bool = False) -> list[Series]:
    """Writes rows and targets, few statements for many; `only_own` adds rows only where all rows measure goals."""
    if not (goals := goals_of(subject)):
        return []
    known = list(series_of(subject))
    adds = not only_own or all(goal_of(one.indicator, goals) for one in known)
    found = measured(goals, known)
    changed = [
        _against(one.series[0], one.goal)
        for one in found
        if one.standing == Standing.DIFFERS and len(one.series) == 1
    ]
    missing = [one.goal for one in found if one.standing == Standing.MISSING] if adds else []
    last = max((one.position for one in known), default=0)
    new = [_row(subject, goal, last + n) for n, goal in enumerate(missing, 1)]
    Series.objects.bulk_update(changed, ["target", "attainment", "given"])
    Series.objects.bulk_create(new)
    touched = [*changed, *new]
    if touched:
        told = "、".join(map(str, touched[:5])) + ("…" if len(touched) > 5 else "")
        data = {"count": len(touched), "series": told}
        record(journal.GOALS_TAKEN, actor=actor, subject=subject, data=data)
    if changed:
        watch(subject=subject, actor=actor)
    return touched


def _against(series: Series, goal: Wanted) -> Series:
    """The row with its goal's target; what was stated of it was stated against another."""
    series.target, series.attainment = goal.row_target.to_json(), None
    series.given = {key: cell for key, cell in series.given.items() if key not in {"target", "attainment"}}
    return series


def _row(subject: Subject, goal: Wanted, position: int) -> Series:
    owner = Person(goal.owner_name, goal.owner_id) if goal.owner_id or goal.owner_name else None
    row = SeriesRow(channel=CHANNEL, indicator=goal.indicator[:60], target=goal.row_target, owner=owner)
    return STORE.instance(subject, row, position)
