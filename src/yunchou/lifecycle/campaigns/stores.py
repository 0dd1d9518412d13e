"""Where the rows of the campaign's own tables live."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from yunchou.kernel.sheets.cells import cells_from_json, cells_to_json
from yunchou.kernel.sheets.persons import person
from yunchou.kernel.sheets.store import Access, ModelStore, as_json
from yunchou.kernel.sheets.values import DueRule
from yunchou.kernel.subjects.models import Subject

from .brief import campaign_of
from .deadlines import follow_end
from .models import Campaign, CreativeModule, Goal, GoalIndicator, Kind
from .tables import CREATIVE, GOALS, GoalRow, OverviewRow

# Columns of the overview and the fields they are kept in.
FIELDS = {
    "name": "name",
    "audience_category": "audience",
    "audience": "audience_note",
    "scene": "scene",
    "value": "value_statement",
    "period": "period",
    "start_on": "start_on",
    "warm_up_on": "warm_up_on",
    "end_on": "end_on",
    "is_cross_department": "is_cross_department",
    "is_brand_related": "is_brand_related",
    "is_strategic": "is_strategic",
    "plan_item": "plan_item",
    "out_of_plan_reason": "out_of_plan_reason",
}


def load_overview(subject: Subject) -> tuple[OverviewRow, ...]:
    """The one row of the overview."""
    return (overview_row(campaign_of(subject.pk)),)


def overview_row(campaign: Campaign) -> OverviewRow:
    """The campaign's own row as the table shows it."""
    people = campaign.expected_people
    return OverviewRow(
        pk=campaign.pk,
        given=cells_from_json(campaign.given),
        extra=cells_from_json(campaign.extra),
        kind=Kind(campaign.kind),
        forms=tuple(campaign.forms),
        purposes=tuple(campaign.purposes),
        expected_people=None if people is None else Decimal(people),
        **{key: getattr(campaign, name) for key, name in FIELDS.items()},
    )


def save_overview(subject: Subject, rows: Sequence[OverviewRow], *, actor: Any) -> None:
    """Writes the one row into the campaign and keeps the subject's title in step."""
    if not rows:
        return
    row, campaign = rows[0], Campaign.objects.get(pk=subject.pk)
    if row.scene != campaign.scene:  # Other words are tied to nothing until somebody says to what.
        campaign.scene_kind, campaign.scene_key, campaign.scene_on = "", "", None
    for key, name in FIELDS.items():
        setattr(campaign, name, getattr(row, key))
    campaign.kind = row.kind or campaign.kind
    campaign.forms, campaign.purposes = list(row.forms), list(row.purposes)
    campaign.expected_people = None if row.expected_people is None else int(row.expected_people)
    campaign.given, campaign.extra = cells_to_json(row.given), cells_to_json(row.extra)
    campaign.save()
    if subject.title != campaign.name:
        subject.title = campaign.name
        subject.save(update_fields=["title", "search"])


def _due(goal: Goal) -> date | DueRule | None:
    return goal.due_on if goal.due_working_days is None else DueRule(goal.due_working_days)


def _set_due(goal: Goal, value: date | DueRule | None) -> None:
    days = value.after_end_working_days if isinstance(value, DueRule) else None
    if days != goal.due_working_days:  # Another deadline, not the same one moved.
        goal.follows_on = goal.moved_from = None
    goal.due_working_days = days
    goal.due_on = value if isinstance(value, date) else None


class GoalStore(ModelStore[Goal, GoalRow]):
    """Goals with their targets, each target a row of its own as well (GOA-05)."""

    def save(self, subject: Subject, rows: Sequence[GoalRow], *, actor: Any = None) -> None:
        super().save(subject, rows, actor=actor)
        _keep_indicators(subject, self.load(subject))
        _follow(subject)

    def save_row(self, subject: Subject, row: GoalRow, *, actor: Any = None) -> Goal:
        goal = super().save_row(subject, row, actor=actor)
        _keep_indicators(subject, [self.row(goal)])
        _follow(subject)
        return goal


def _follow(subject: Subject) -> None:
    """What deadlines that are counted from the end come to, so that a later move of the end can be told."""
    follow_end(subject.pk, Campaign.objects.values_list("end_on", flat=True).get(pk=subject.pk))


def _keep_indicators(subject: Subject, rows: Sequence[GoalRow]) -> None:
    """Write the numbers of goals anew; they have no life of their own beside the goal's cell."""
    GoalIndicator.objects.filter(goal__in=[row.pk for row in rows]).delete()
    GoalIndicator.objects.bulk_create(
        GoalIndicator(
            goal_id=cast(int, row.pk),
            position=n,
            label=label[:80],
            comparator=target.comparator or ">=",
            value=abs(target.value),
            unit=target.unit[:12],
            is_growth=target.change == "up",
            is_decline=target.change == "down",
            base=target.base[:40],
            base_value=target.base_value,
        )
        for row in rows
        for n, (label, target) in enumerate(row.indicators)
        if target.value is not None
    )


goals = GoalStore(
    Goal,
    GOALS,
    fields={
        "metrics": as_json(GOALS, "metrics"),
        "targets": as_json(GOALS, "targets"),
        "data_sources": as_json(GOALS, "data_sources"),
        "owner": person("owner"),
        "due": Access(_due, _set_due),
    },
)
creative = ModelStore(CreativeModule, CREATIVE, fields={"owner": person("owner")})
