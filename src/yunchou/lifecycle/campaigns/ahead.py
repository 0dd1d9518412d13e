"""What a proposal would take of the money of its plan item, told while it is written and to those who decide on it.

Nothing is posted here: sending freezes, approving gives (`funding`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from django.db.models import Sum

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.budgets.tables import BUDGET
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.rules import Limit
from yunchou.capabilities.ledger.selectors import (
    NOTHING,
    Level,
    accounts_of,
    holds_of,
    money_of,
    money_of_many,
)
from yunchou.capabilities.ledger.selectors.balances import levels_of, limits_ahead
from yunchou.capabilities.ledger.states import Effect, Stage
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.reading import read_once
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.verdicts import Place
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.planning.dedicated import item_key
from yunchou.lifecycle.planning.models import Item, Plan
from yunchou.lifecycle.planning.money import carries_money, plan_key
from yunchou.lifecycle.planning.selectors import plan_of

from .brief import campaign_of
from .change_models import Change
from .models import Campaign, Status

_S = Status
UNDECIDED: Final = frozenset({_S.DRAFT, _S.PLANNING, _S.IN_APPROVAL})
CHANGEABLE: Final = frozenset({_S.APPROVED, _S.PREPARING, _S.RUNNING, _S.SUSPENDED})
LIVE_CHANGES: Final = (Change.State.OPEN, Change.State.SENT)
AT: Final = Place(BUDGET.key, None, "amount")


@read_once
def limits_on(pk: int, total: Decimal) -> tuple[Limit, ...]:
    """What a campaign's budget of `total` yuan comes up against: the plan item first, then what is above it.

    Empty out of the plan, and where nothing is asked for: approved and not changed. What is frozen for it counts as free.
    """
    campaign = campaign_of(pk)
    item = campaign.plan_item_ref
    if item is None or total <= 0 or not _is_asking(campaign):
        return ()
    given = BudgetLine.objects.filter(subject=campaign.pk).aggregate(sum=Sum("approved"))["sum"] or ZERO
    if (asked := total - given) <= 0:
        return ()
    holds = [one for one in holds_of(campaign.subject) if one.account.kind != Account.Kind.LINE]
    frozen = sum((one.open for one in holds), ZERO)
    day = holds[0].on if holds else clock.today()
    return tuple(_limits(item, asked, frozen, day))


def blocking_limits(pk: int, total: Decimal) -> tuple[Limit, ...]:
    """Those of them that a rule judges on the draft: the plan item, and what sending would be refused for."""
    first, *above = limits_on(pk, total) or (None,)
    if first is None:
        return ()
    over = [one for one in above if one.left is not None and one.left < 0 and one.effect == Effect.BLOCK]
    return tuple(replace(one, is_draft=True, at=AT) for one in (first, *over))


def levels_ahead(subject: Subject) -> list[Level]:
    """The same as pages show it: what each level has now, and would have left. Empty for what is no campaign."""
    if subject.kind != "campaign":
        return []
    lines = BudgetLine.objects.filter(subject=subject).aggregate(sum=Sum("amount"))
    return levels_of(limits_on(subject.pk, lines["sum"] or ZERO))


def _is_asking(campaign: Campaign) -> bool:
    if campaign.status in UNDECIDED:
        return True
    changes = Change.objects.filter(campaign=campaign.pk, state__in=LIVE_CHANGES)
    return campaign.status in CHANGEABLE and changes.exists()


def _limits(item: Item, asked: Decimal, frozen: Decimal, day: date) -> Iterator[Limit]:
    """Nearest first: the item, the plan it stands in where that only cuts through money, then accounts and ceilings."""
    plan = plan_of(item.subject_id)
    holder = plan if carries_money(plan) or plan.parent is None else plan.parent
    known = accounts_of([item_key(item.pk), plan_key(holder.pk)])
    own, above = known.get(item_key(item.pk)), known.get(plan_key(holder.pk))
    lowest = own or above
    has = _room(item, own, above) + frozen
    yield Limit(
        say(item.label), Stage.RESERVE, has, ZERO, asked, is_balance=True, giver=item_key(item.pk),
        account=lowest.pk if lowest else 0,
    )  # fmt: skip
    if plan.pk != holder.pk and above is not None:
        yield _part(say(plan.name), (plan.budget or ZERO) - _used_in(plan) + frozen, asked, above)
    if lowest is None:
        return
    if own is None:
        yield _part(say(lowest.name), money_of(lowest).available, asked, lowest)
    yield from limits_ahead(lowest, asked, Stage.RESERVE, on=day, frozen=frozen)[1:]


def _part(name: Say, has: Decimal, asked: Decimal, account: Account) -> Limit:
    """A level that only shows what it has: the money is wanted of the item."""
    return Limit(name, Stage.RESERVE, has, ZERO, asked, Effect.ALLOW, account=account.pk)


def _room(item: Item, own: Account | None, above: Account | None) -> Decimal:
    """What the item can give once it follows its plan, as `planning.money.follow_item` makes it do when it is asked."""
    rest = money_of_many([one.key for one in (own, above) if one], own=True)
    spare = rest.get(above.key, NOTHING).available if above else ZERO
    held = rest.get(own.key, NOTHING).available if own else ZERO
    wanted = ZERO if item.done_on or item.cancelled_on else item.budget or ZERO
    lack = wanted - (money_of(own).approved if own else ZERO)
    return held + (min(lack, spare) if lack > 0 else -min(-lack, held))


def _used_in(plan: Plan) -> Decimal:
    """What campaigns have frozen or been given of the items of a plan, in yuan."""
    keys = [item_key(pk) for pk in Item.objects.filter(subject=plan.pk).values_list("pk", flat=True)]
    whole, own = money_of_many(keys), money_of_many(keys, own=True)
    return sum((whole[key].approved - own.get(key, NOTHING).available for key in whole), ZERO)
