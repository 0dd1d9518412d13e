"""Making a campaign and changing its own row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.subjects.actions import add_member, open_subject
from yunchou.kernel.subjects.models import Role, Subject

from .. import journal
from ..deadlines import follow_end
from ..facts import CampaignFacts
from ..models import PRINCIPLES, SMART_BOXES, Campaign, Goal, Kind
from ..permissions import Perm
from ..rules.proposal import is_large
from ..selectors import facts_of, lock_on
from ..tables import GOALS, OVERVIEW
from ..words import listed

PREFIX = {
    Kind.MARKETING: "YX",
    Kind.CUSTOMER: "KH",
    Kind.HIGH_END: "GD",
    Kind.PR: "GG",
    Kind.PROMOTION: "CX",
    Kind.TARGETED: "DX",
}
TRIES = 5
CLASS = ("is_large", "large_because", "out_of_plan")


def next_code(kind: str, year: int) -> str:
    """`YX-2024-017`: kind, year and the next number of that year, over all kinds."""
    newest = Campaign.objects.filter(code__contains=f"-{year}-").order_by("-subject_id")
    numbers = (code.rsplit("-", 1)[1] for code in newest.values_list("code", flat=True)[:50])
    last = max((int(number) for number in numbers if number.isdigit()), default=0)
    return f"{PREFIX[Kind(kind)]}-{year}-{last + 1:03d}"


def create_campaign(
    *,
    name: str,
    kind: str,
    unit: Unit,
    owner: User,
    actor: User,
    start_on: date | None = None,
    end_on: date | None = None,
    **fields: Any,
) -> Campaign:
    """A new draft in `unit`, led by `owner`; records `campaigns.created`.

    Refuses without the right to create in that unit, without a name, and with an end before the start.
    """
    require(actor, Perm.CREATE, unit)
    if not name.strip():
        raise Invalid(
            say(_("Give the campaign a name.")), fields={"name": say(_("Give the campaign a name."))}
        )
    if start_on and end_on and end_on < start_on:
        wrong = say(_("The end lies before the start."))
        raise Invalid(wrong, fields={"end_on": wrong})
    year = (start_on or clock.today()).year
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                code = next_code(kind, year)
                dates = {"start_on": start_on, "end_on": end_on}
                campaign = _insert(name.strip(), kind, unit, owner, actor, code, {**dates, **fields})
                record(journal.CREATED, actor=actor, subject=campaign.subject, data={"title": campaign.name})
                return classify(campaign=campaign)
        except IntegrityError:
            # Somebody took the number between our look and our insert.
            if attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _insert(
    name: str, kind: str, unit: Unit, owner: User, actor: User, code: str, fields: Mapping[str, Any]
) -> Campaign:
    subject = open_subject(kind="campaign", unit=unit, title=name, code=code, actor=actor)
    campaign = Campaign.objects.create(
        subject=subject, code=code, name=name, kind=kind, owner=owner, **fields
    )
    subject.address = campaign.get_absolute_url()
    subject.save(update_fields=["address"])
    add_member(subject=subject, user=owner, role=Role.LEAD)
    return campaign


def classify(*, campaign: Campaign, facts: CampaignFacts | None = None) -> Campaign:
    """Set `is_large` with the criteria met and `out_of_plan` from the campaign as it stands (R-TYP-01, R-TYP-02).

    Deadlines of goals that are counted from the end follow it as well (R-GOA-02).
    """
    judge_class(campaign, facts or facts_of(campaign.subject))
    campaign.save(update_fields=CLASS)
    follow_end(campaign.pk, campaign.end_on)
    return campaign


def judge_class(campaign: Campaign, facts: CampaignFacts) -> None:
    """What `classify` sets, unsaved: the fields of `CLASS`."""
    [verdict] = is_large.check(facts, params_on([is_large], facts.rules_day)[is_large.id])
    campaign.is_large = not verdict.passed
    campaign.large_because = str(verdict.values.get("criteria", "")).split(",") if campaign.is_large else []
    campaign.out_of_plan = not facts.plan_item


@transaction.atomic
def change_overview(*, campaign: Campaign, actor: User, changes: Mapping[str, Any]) -> Campaign:
    """Change fields of the overview row (keys as in `tables.OVERVIEW`); records `campaigns.changed` with both values.

    Goal deadlines that follow the end move with it, since they are computed (R-GOA-02). Refuses while the proposal is
    locked, without a name or kind, and with an end before the start.
    """
    subject = Subject.objects.select_for_update().select_related("unit").get(pk=campaign.pk)
    require(actor, Perm.EDIT, subject)
    if reason := lock_on(subject, OVERVIEW.key):
        raise WrongState(reason)
    kept = next(each for each in workbook().kept if each.table is OVERVIEW)
    [row] = kept.load(subject)
    changed = {key: value for key, value in changes.items() if getattr(row, key) != value}
    if not changed:
        return Campaign.objects.whole(campaign.pk)
    given = {key: cell for key, cell in row.given.items() if key not in changed}
    new = replace(row, given=given, **changed)
    _check_overview(new)
    kept.save(subject, [new], actor=actor)
    told = {key: [_words(getattr(row, key)), _words(value)] for key, value in changed.items()}
    what = listed(OVERVIEW.by_key[key].header for key in changed)
    record(journal.CHANGED, actor=actor, subject=subject, data={"what": what, "changes": told})
    return classify(campaign=Campaign.objects.whole(campaign.pk))


@transaction.atomic
def confirm_goal(*, goal: Goal, actor: User, boxes: Collection[str] = SMART_BOXES) -> Goal:
    """Tick those of the SMART `boxes` that a person judges and clear the others; records `campaigns.goal_confirmed`."""
    subject = Subject.objects.select_for_update().select_related("unit").get(pk=goal.subject_id)
    require(actor, Perm.EDIT, subject)
    if reason := lock_on(subject, GOALS.key):
        raise WrongState(reason)
    goal = Goal.objects.get(pk=goal.pk)
    before = {box for box in SMART_BOXES if getattr(goal, box)}
    ticked = set(boxes) & set(SMART_BOXES)
    if ticked != before:
        for box in SMART_BOXES:
            setattr(goal, box, box in ticked)
        goal.save(update_fields=list(SMART_BOXES))
        told = {
            "goal": goal.dimension,
            "count": len(ticked),
            "boxes": sorted(ticked),
            "before": sorted(before),
        }
        record(journal.GOAL_CONFIRMED, actor=actor, subject=subject, data=told)
    return goal


@transaction.atomic
def confirm_principles(*, campaign: Campaign, actor: User, principles: Collection[str]) -> Campaign:
    """Say which of the four principles the plan keeps to (TYP-11); records `campaigns.principles_confirmed`."""
    subject = Subject.objects.select_for_update().select_related("unit").get(pk=campaign.pk)
    require(actor, Perm.EDIT, subject)
    if reason := lock_on(subject, OVERVIEW.key):
        raise WrongState(reason)
    campaign = Campaign.objects.whole(campaign.pk)
    ticked, before = [key for key in PRINCIPLES if key in principles], campaign.principles
    if ticked != before:
        campaign.principles = ticked
        campaign.save(update_fields=["principles"])
        told = {"count": len(ticked), "principles": ticked, "before": before}
        record(journal.PRINCIPLES_CONFIRMED, actor=actor, subject=subject, data=told)
    return campaign


def _check_overview(row: Any) -> None:
    if not row.name.strip():
        raise Invalid(
            say(_("Give the campaign a name.")), fields={"name": say(_("Give the campaign a name."))}
        )
    if row.start_on and row.end_on and row.end_on < row.start_on:
        wrong = say(_("The end lies before the start."))
        raise Invalid(wrong, fields={"end_on": wrong})


def _words(value: Any) -> str | list[str]:
    """A value as the journal keeps it."""
    return list(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)
