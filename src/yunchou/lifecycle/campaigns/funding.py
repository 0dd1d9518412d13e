"""Where a campaign's money comes from, and when it moves: frozen when the proposal is sent, given when it is approved."""

from __future__ import annotations

from yunchou.capabilities.budgets.actions import cancel_budget, release_budget, reserve_budget, settle_budget
from yunchou.capabilities.ledger.models import Account
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.lifecycle.planning.money import open_item

from .models import Campaign


def source_of(campaign: Campaign, actor: User) -> Account | None:
    """The account of the plan item it was made from; None outside the plan."""
    item = campaign.plan_item_ref
    return open_item(item=item, actor=actor) if item is not None else None


def freeze(campaign: Campaign, actor: User) -> None:
    """The proposal, or a change that costs more, is sent: nobody else takes its money while it is decided on."""
    reserve_budget(subject=campaign.subject, source=source_of(campaign, actor), actor=actor)


def let_go(campaign: Campaign, actor: User) -> None:
    """It was returned, rejected or withdrawn."""
    release_budget(subject=campaign.subject, actor=actor)


def give(campaign: Campaign, actor: User) -> None:
    """It was approved, or a change of it: the lines have their money from now on (APR-08, BUD-12)."""
    year = (campaign.start_on or clock.today()).year
    source = source_of(campaign, actor)
    settle_budget(subject=campaign.subject, source=source, year=year, actor=actor)


def take_back(campaign: Campaign, actor: User) -> None:
    """It was cancelled: what it did not spend goes back to where it came from."""
    cancel_budget(subject=campaign.subject, source=source_of(campaign, actor), actor=actor)
