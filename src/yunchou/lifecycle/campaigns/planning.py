"""What campaigns are to the plans whose items they carry out: told in bulk, made from an item in one click (PLN-09, 10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.ledger.selectors.balances import money_of_many
from yunchou.capabilities.metrics import selectors as metrics
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.identity.models import User
from yunchou.lifecycle.planning.actions import item_is_carried
from yunchou.lifecycle.planning.models import Item
from yunchou.lifecycle.planning.registry import Carrying, State, creates_from, progress_from
from yunchou.lifecycle.planning.selectors import items_to_carry_out, may_carry, plan_of, why_not_carried

from .actions import create_campaign
from .models import Campaign, Kind, Status
from .money import amounts_of

# What an item of a plan calls its type, and what campaign is made from it.
KINDS = {
    "客户活动": Kind.CUSTOMER,
    "会员活动": Kind.CUSTOMER,
    "营销活动": Kind.MARKETING,
    "高端客户活动": Kind.HIGH_END,
    "公关活动": Kind.PR,
    "促销活动": Kind.PROMOTION,
    "定向活动": Kind.TARGETED,
}
STATES = {
    Status.RUNNING: State.STARTED,
    Status.SUSPENDED: State.STARTED,
    Status.CLOSED: State.DONE,
    Status.EVALUATED: State.DONE,
    Status.ARCHIVED: State.DONE,
    Status.CANCELLED: State.CANCELLED,
}
MEASURED = frozenset({Status.RUNNING, Status.CLOSED, Status.EVALUATED, Status.ARCHIVED})


@progress_from
def progress_of(items: Collection[int]) -> Iterable[Carrying]:
    """The campaigns that carry out these items, with state, money and attainment; what is in planning has begun."""
    campaigns = list(Campaign.objects.filter(plan_item_ref__in=items).order_by("pk"))
    if not campaigns:
        return []
    ids = [campaign.pk for campaign in campaigns]
    budgets, spent = amounts_of(ids), _spent(ids)
    measured = [campaign.pk for campaign in campaigns if campaign.status in MEASURED]
    goals = metrics.signals(measured, clock.now()) if measured else {}
    return [
        Carrying(
            item=campaign.plan_item_ref_id or 0,
            title=campaign.name,
            address=campaign.get_absolute_url(),
            state=STATES.get(Status(campaign.status), State.STARTED),
            budget=budgets.get(campaign.pk, ZERO),
            spent=spent.get(campaign.pk, ZERO),
            attainment=_fraction(goals.get(campaign.pk)),
            kind=campaign.kind,
        )
        for campaign in campaigns
    ]


def _fraction(signal: Any) -> Decimal | None:
    """What of the slowest goal has been reached."""
    return None if signal is None or signal.fraction is None else Decimal(str(signal.fraction))


def _spent(ids: list[int]) -> dict[int, Decimal]:
    """What each campaign has spent, in yuan: as the books say, else as its lines do."""
    lines = BudgetLine.objects.filter(subject__in=ids, actual__isnull=False).order_by()
    found: dict[int, Decimal] = dict(lines.values_list("subject").annotate(total=Sum("actual")))
    books = money_of_many([f"campaign:{pk}" for pk in ids])
    return found | {pk: books[f"campaign:{pk}"].spent for pk in ids if f"campaign:{pk}" in books}


creates_from("campaigns:campaign_create")


def items_for(user: User) -> QuerySet[Item]:
    """The items from which the person may make a campaign."""
    return items_to_carry_out(user)


def beginning_of(user: User, text: str) -> dict[str, Any]:
    """How the form of a new campaign begins when it is opened from an item; nothing where there is no such item."""
    item = items_for(user).filter(pk=int(text)).first() if text.isdecimal() else None
    if item is None or not may_carry(item):
        return {}
    plan = plan_of(item.subject_id)
    return {
        "name": item.title,
        "kind": KINDS.get(item.kind, Kind.CUSTOMER),
        "unit": plan.subject.unit_id,
        "owner": item.owner_id or user.pk,
        "start_on": item.start_on,
        "end_on": item.end_on,
        "plan_item": f"{plan.name} {item.label}"[:120],
        "plan_item_ref": item.pk,
    }


@transaction.atomic
def create_from_plan(*, actor: User, plan_item_ref: Item | None = None, **fields: Any) -> Campaign:
    """`actions.create_campaign`, tied to an item of a plan where one is named: it is in plan, and the item has begun.

    Refuses an item whose plan is not in force, that is closed, or that a change has yet to bring in.
    """
    if plan_item_ref is None:
        return create_campaign(actor=actor, **fields)
    if not may_carry(plan_item_ref):
        words = why_not_carried(plan_item_ref)
        raise Invalid(words, fields={"plan_item": words})
    fields["plan_item"] = fields.get("plan_item") or plan_item_ref.label
    campaign = create_campaign(actor=actor, plan_item_ref=plan_item_ref, **fields)
    item_is_carried(item=plan_item_ref, actor=actor)
    return campaign
