"""Money dedicated to advertising and public relations: what it is for, what has become of it, who uses it (BUD-27).

An item that is marked so keeps its money apart on its own account. What is for advertising may be used for materials and
channels only: ceilings of nothing on the other categories hold that in the books. What is for public relations is used by
campaigns of that kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from yunchou.capabilities.budgets.chart import Category
from yunchou.capabilities.ledger.actions import take_turn
from yunchou.capabilities.ledger.models import Account, Ceiling
from yunchou.capabilities.ledger.selectors.balances import Money, money_of_many
from yunchou.capabilities.ledger.states import Dimension
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import say

from .choices import Purpose
from .models import Item, Plan, Supervision
from .monitor import Monitor, monitors_of
from .registry import Carrying, carried

ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    Purpose.ADVERTISING: frozenset({Category.MATERIALS, Category.CHANNELS}),
}
"""The categories of cost for which dedicated money may be used; all of them where a purpose is not named."""
CAMPAIGNS: Final[Mapping[str, frozenset[str]]] = {Purpose.PR: frozenset({"pr"})}
"""The kinds of campaigns that may use it, as campaigns name them; any where a purpose is not named."""


def item_key(item: int) -> str:
    """The key of an item's account."""
    return f"item:{item}"


def keep_apart(item: Item, account: Account) -> None:
    """Let the books refuse what dedicated money is not for, and no longer refuse what it was dedicated against before.

    The approval of the plan sets and lifts these ceilings, so nobody needs the right to set ceilings for it. Ceilings that
    people have set themselves stay.
    """
    allowed = ALLOWED.get(item.dedicated)
    barred = {value for value in Category.values if allowed is not None and value not in allowed}
    known = Ceiling.objects.filter(account=account, dimension=Dimension.CATEGORY)
    known = known.filter(limit=ZERO, reason__in=_reasons())
    if set(known.values_list("value", flat=True)) == barred:
        return
    take_turn([account])
    known.exclude(value__in=barred).delete()
    for category in sorted(barred):
        Ceiling.objects.get_or_create(
            account=account,
            dimension=Dimension.CATEGORY,
            value=category,
            defaults={"limit": ZERO, "reason": str(Purpose(item.dedicated).label)},
        )


def _reasons() -> set[str]:
    """What these ceilings give as their reason: the purpose, in the language of whoever approved."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            found |= {str(Purpose(purpose).label) for purpose in ALLOWED}
    return found


def check_use(item: Item) -> None:
    """Refuse a campaign that uses dedicated money for anything else; asked when one is made and when its money is frozen."""
    kinds = CAMPAIGNS.get(item.dedicated)
    if kinds is None:
        return
    for one in carried([item.pk]).get(item.pk, ()):
        if one.kind and one.kind not in kinds and one.state != "cancelled":
            words = say(
                _("The money of {item} is dedicated to public relations: only such campaigns use it."),
                item=item.label,
            )
            raise Invalid(words, fields={"kind": words, "plan_item": words})


@dataclass(frozen=True)
class Line:
    """One dedicated item with its money and the campaigns that use it."""

    item: Item
    money: Money
    is_open: bool
    carrying: tuple[Carrying, ...]

    @property
    def purpose(self) -> Any:
        return Purpose(self.item.dedicated).label

    @property
    def budget(self) -> Decimal:
        return self.item.budget or ZERO

    @property
    def used(self) -> Decimal:
        """Reserved, committed or spent, in yuan."""
        return self.money.reserved + self.money.committed + self.money.spent

    @property
    def left(self) -> Decimal:
        return self.budget - self.used


@dataclass(frozen=True)
class Dedicated:
    """The dedicated money of one plan, and who looked at it last."""

    plan: Plan
    lines: tuple[Line, ...]
    last: Supervision | None

    @property
    def budget(self) -> Decimal:
        return sum((line.budget for line in self.lines), ZERO)

    @property
    def used(self) -> Decimal:
        return sum((line.used for line in self.lines), ZERO)

    @property
    def spent(self) -> Decimal:
        return sum((line.money.spent for line in self.lines), ZERO)

    @property
    def left(self) -> Decimal:
        return self.budget - self.used

    @property
    def share(self) -> float:
        """How much of it is used, 0 to 1."""
        return float(self.used / self.budget) if self.budget else 0.0

    @property
    def users(self) -> set[int]:
        """Those who answer for it: the owners of plan and items."""
        return {self.plan.owner_id, *(line.item.owner_id for line in self.lines if line.item.owner_id)}

    @property
    def figures(self) -> dict[str, str]:
        """As a look at it keeps them."""
        return {"budget": str(self.budget), "used": str(self.used), "spent": str(self.spent)}


def dedicated_of(plan: Plan, monitor: Monitor | None = None) -> Dedicated:
    """The dedicated money of one plan."""
    monitors = {plan.pk: monitor} if monitor else monitors_of([plan])
    return _told([plan], monitors)[0]


def dedicated_plans(plans: Sequence[Plan]) -> list[Dedicated]:
    """Those of the plans that have dedicated money of their own; a fixed number of queries.

    Items that a quarter plan in force has taken over are told there.
    """
    return [one for one in _told(plans, monitors_of(plans)) if one.lines]


def _told(plans: Sequence[Plan], monitors: Mapping[int, Monitor]) -> list[Dedicated]:
    watched = {
        plan.pk: [
            one
            for one in monitors[plan.pk].items
            if one.item.dedicated and one.item.subject_id == plan.pk and not one.item.cancelled_on
        ]
        for plan in plans
    }
    keys = [item_key(one.item.pk) for found in watched.values() for one in found]
    books = money_of_many(keys) if keys else {}
    last: dict[int, Supervision] = {}
    for look in Supervision.objects.filter(plan__in=watched).select_related("author").order_by("pk"):
        last[look.plan_id] = look
    return [
        Dedicated(
            plan,
            tuple(
                Line(
                    one.item,
                    books.get(item_key(one.item.pk), Money()),
                    item_key(one.item.pk) in books,
                    one.carrying,
                )
                for one in watched[plan.pk]
            ),
            last.get(plan.pk),
        )
        for plan in plans
    ]
