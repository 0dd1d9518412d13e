"""Where a campaign's money comes from, and when it moves: frozen when the proposal is sent, given when it is approved."""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef

from yunchou.capabilities.budgets.actions import (
    cancel_budget,
    release_budget,
    reserve_budget,
    return_rest,
    settle_budget,
)
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.operations.actions import keep_preapproved
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.lifecycle.planning.money import demand_open, follow_item, open_item

from .models import Campaign, Status

FUNDED: Final = (Status.APPROVED, Status.PREPARING, Status.RUNNING, Status.SUSPENDED, Status.CLOSED)
"""States in which a campaign's lines have money."""


def source_of(campaign: Campaign, actor: User) -> Account | None:
    """The account of the plan item it was made from; None outside the plan."""
    item = campaign.plan_item_ref
    return open_item(item=item, actor=actor) if item is not None else None


def freeze(campaign: Campaign, actor: User) -> None:
    """The proposal, or a change that costs more, is sent: nobody else takes its money while it is decided on."""
    if campaign.plan_item_ref is not None:
        demand_open(campaign.plan_item_ref)
    reserve_budget(subject=campaign.subject, source=source_of(campaign, actor), actor=actor)


def let_go(campaign: Campaign, actor: User) -> None:
    """It was returned, rejected or withdrawn."""
    release_budget(subject=campaign.subject, actor=actor)


def give(campaign: Campaign, actor: User, **more: bool) -> None:
    """It was approved, or a change of it: the lines have their money, and its risks what their measures name, from now on.

    APR-08, BUD-12, R-RSK-05.
    """
    year = (campaign.start_on or clock.today()).year
    source = source_of(campaign, actor)
    settle_budget(subject=campaign.subject, source=source, year=year, actor=actor, **more)
    keep_preapproved(campaign.subject)


def take_back(campaign: Campaign, actor: User) -> None:
    """It was cancelled: what it did not spend goes back to where it came from."""
    cancel_budget(subject=campaign.subject, source=source_of(campaign, actor), actor=actor)
    _follow(campaign, actor)


def give_rest(campaign: Campaign, actor: User) -> None:
    """It is over: its plan item has again what is neither spent nor held, and the plan what a finished item has."""
    source = source_of(campaign, actor)
    if source is not None:
        return_rest(subject=campaign.subject, source=source, actor=actor)
        _follow(campaign, actor)


def _follow(campaign: Campaign, actor: User) -> None:
    if campaign.plan_item_ref is not None:
        follow_item(item=campaign.plan_item_ref, actor=actor)


def open_books() -> int:
    """Give accounts to campaigns that were approved before there was a ledger, each in its own transaction; says how many.

    Again changes nothing. What was booked for them is taken over as it was.
    """
    unopened = (
        Campaign.objects.filter(status__in=FUNDED)
        .annotate(
            has_account=Exists(Account.objects.filter(subject=OuterRef("pk"), kind=Account.Kind.CAMPAIGN))
        )
        .filter(has_account=False)
    )
    pks = list(unopened.order_by("pk").values_list("pk", flat=True))
    for pk in pks:
        campaign = Campaign.objects.whole(pk)
        give(campaign, campaign.owner, takes_over=True)
    return len(pks)
