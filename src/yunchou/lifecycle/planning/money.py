"""What the ledger is told when a plan is sent, approved, refused or changed (BUD-11, R-APR-12).

A plan that carries money has the account `plan:<pk>` below its unit's account of the year. When it is sent, its money is
planned; approved, it is available. A plan that breaks another one down takes its money out of that one's, as far as the
other is in force; what it had planned leaves the books then, so that no yuan is counted twice. A plan that is approved
after the plans that break it down brings in only what they have not brought already.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.selectors.balances import (
    Money,
    account_of,
    accounts_of,
    money_of,
    money_of_many,
)
from yunchou.capabilities.ledger.states import State
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.money import ZERO, format_exact, yuan
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.versions.models import Version

from .dedicated import check_use, item_key, keep_apart
from .models import IN_FORCE, Item, Plan, Status
from .tables import HEAD

NAME_LENGTH: Final = 200


def plan_key(plan: int) -> str:
    """The key of a plan's account."""
    return f"plan:{plan}"


def carries_money(plan: Plan) -> bool:
    """Whether the books know the plan: not another cut through money that its parent holds, where it has one."""
    return plan.document.carries_money or plan.parent_id is None


def money_of_plan(plan: int) -> Money:
    """What of a plan's money is in which state; nothing where it has no account."""
    account = account_of(plan_key(plan))
    return money_of(account) if account else Money()


def money_of_plans(plans: list[int]) -> dict[int, Money]:
    """`money_of_plan` for many; one query."""
    found = money_of_many([plan_key(plan) for plan in plans])
    return {plan: found[plan_key(plan)] for plan in plans if plan_key(plan) in found}


def budget_in(version: Version | None) -> Decimal:
    """The budget that a version of a plan states."""
    rows = version.content["tables"].get(HEAD.key, {}).get("rows", []) if version else []
    return yuan(rows[0]["budget"]) if rows and rows[0].get("budget") else ZERO


def sent(*, plan: Plan, more: Decimal, actor: User, reason: str = "") -> None:
    """The plan, or a change that asks for `more`, was sent: its money is planned."""
    if not carries_money(plan):
        return
    if more > 0:
        _refuse_beyond(plan, more)
        ledger.fund(account=_account(plan), amount=more, order=_order(plan, actor, reason))
    elif more < 0:
        _refuse_in_use(plan, -more)


def _refuse_beyond(plan: Plan, more: Decimal) -> None:
    """What the plan above has not cannot be approved out of it: its author is told, not the last approver."""
    source = _source(plan)
    if source is not None and (left := _own(source).available) < more:
        raise WrongState(
            say(
                _(
                    "“{plan}” has ¥{left} left, and ¥{more} are asked for: change the plan above, or ask for less."
                ),
                plan=source.name,
                left=format_exact(left),
                more=format_exact(more),
            )
        )


def _refuse_in_use(plan: Plan, less: Decimal) -> None:
    """What is held or spent does not go back."""
    account = account_of(plan_key(plan.pk))
    if account is None:
        return
    money = money_of(account)
    if money.available < less:
        raise WrongState(
            say(
                _("¥{less} are to go back, but only ¥{left} of this plan are neither held nor spent."),
                less=format_exact(less),
                left=format_exact(money.available),
            )
        )


def refused(*, plan: Plan, actor: User, reason: str = "") -> None:
    """Returned, rejected or withdrawn: whatever was planned leaves the books."""
    account = account_of(plan_key(plan.pk))
    if account and (planned := _own(account).planned) > 0:
        ledger.give_back(account=account, amount=planned, order=_order(plan, actor, reason))


def approved(*, plan: Plan, actor: User, reason: str = "") -> None:
    """What was planned becomes available: out of the plan above where that is in force, else confirmed as it is."""
    account = account_of(plan_key(plan.pk))
    if account is None or (planned := _own(account).planned) <= 0:
        return
    order = _order(plan, actor, reason)
    if (source := _source(plan)) is not None:
        ledger.give_back(account=account, amount=planned, order=order)
        ledger.allot(source=source, shares=[ledger.Share(account, planned)], order=order)
        return
    brought = min(planned, _brought_by_children(plan))
    if brought > 0:
        ledger.give_back(account=account, amount=brought, order=order)
    if planned > brought:
        ledger.confirm(account=account, amount=planned - brought, order=order)


def reduced(*, plan: Plan, less: Decimal, actor: User, reason: str = "") -> None:
    """An approved change asks for less: the difference goes back to where it came from. Refused where it is in use."""
    follow_items(plan=plan, actor=actor)
    account = account_of(plan_key(plan.pk))
    if account and less > 0:
        ledger.give_back(
            account=account,
            amount=less,
            order=_order(plan, actor, reason),
            out_of=State.AVAILABLE,
            to=_source(plan),
        )


def cancelled(*, plan: Plan, actor: User, reason: str = "") -> None:
    """The plan will not be carried out: what it still has goes back to where it came from."""
    account = account_of(plan_key(plan.pk))
    if account is not None and not account.is_closed:
        ledger.cancel(account=account, order=_order(plan, actor, reason), to=_source(plan))


def demand_open(item: Item) -> None:
    """Refuse to take money of a plan that is closed."""
    plan = Plan.objects.get(pk=item.subject_id)
    if plan.status == Status.CLOSED:
        raise WrongState(
            say(_("The plan “{plan}” is closed: nothing is paid out of it any more."), plan=plan.name)
        )


def open_item(*, item: Item, actor: User) -> Account:
    """The account of an item, opened when something is first made from it; its budget comes out of the plan's money.

    As much of it as the plan has available: what is missing is shown as such, and the ledger refuses to spend it.
    Dedicated money is kept apart (BUD-27).
    """
    check_use(item)
    plan = Plan.objects.whole(item.subject_id)
    if (known := account_of(item_key(item.pk))) is not None:
        follow_item(item=item, actor=actor)
        return known
    above = _account(_holder(plan))
    account = ledger.open_account(
        kind=Account.Kind.ITEM,
        parent=above,
        key=item_key(item.pk),
        name=item.label[:NAME_LENGTH],
        subject=plan.subject,
    )
    keep_apart(item, account)
    amount = min(item.budget or ZERO, _own(above).available)
    if amount > 0:
        ledger.allot(
            source=above, shares=[ledger.Share(account, amount)], order=_order(plan, actor, item.label)
        )
    return account


def follow_item(*, item: Item, actor: User) -> None:
    """Let the account of an item have what its budget says: topped up out of the plan's money as far as there is any, and
    what it no longer needs given back. Whoever is done or cancelled keeps what is held or spent, and nothing else. What its
    money is dedicated to is kept or lifted, too.
    """
    account = account_of(item_key(item.pk))
    if account is None or account.is_closed:
        return
    keep_apart(item, account)
    plan = Plan.objects.whole(item.subject_id)
    above = _account(_holder(plan))
    wanted = ZERO if item.done_on or item.cancelled_on else item.budget or ZERO
    lack = wanted - _standing(account)
    order = _order(plan, actor, item.label)
    if lack > 0 and (more := min(lack, _own(above).available)) > 0:
        ledger.allot(source=above, shares=[ledger.Share(account, more)], order=order)
    elif lack < 0 and (less := min(-lack, _own(account).available)) > 0:
        ledger.give_back(account=account, amount=less, order=order, out_of=State.AVAILABLE, to=above)


def follow_items(*, plan: Plan, actor: User) -> None:
    """`follow_item` for every item of the plan: what gives back first, then what takes."""
    items = list(Item.objects.filter(subject=plan.pk).order_by("position", "pk"))
    known = accounts_of([item_key(item.pk) for item in items])
    opened = [item for item in items if item_key(item.pk) in known]
    opened.sort(key=lambda item: (item.budget or ZERO) - _standing(known[item_key(item.pk)]))
    for item in opened:
        follow_item(item=item, actor=actor)


def _holder(plan: Plan) -> Plan:
    """Whose money the items of a plan take: its own, or that of the plan above it cuts through."""
    return plan if carries_money(plan) or plan.parent is None else plan.parent


def _account(plan: Plan) -> Account:
    """The account of the plan, opened below its unit where there is none yet."""
    unit = ledger.open_unit(unit=plan.subject.unit, year=plan.year)
    return ledger.open_account(
        kind=Account.Kind.PLAN,
        parent=unit,
        key=plan_key(plan.pk),
        name=plan.name[:NAME_LENGTH],
        subject=plan.subject,
    )


def _source(plan: Plan) -> Account | None:
    """The account of the plan above, where that is in force and carries the money."""
    parent = plan.parent
    if parent is None or parent.status not in IN_FORCE or not carries_money(parent):
        return None
    return account_of(plan_key(parent.pk))


def _brought_by_children(plan: Plan) -> Decimal:
    """What plans that break it down have brought into the books themselves, being approved before it."""
    children = [
        child.pk
        for child in plan.children.filter(status__in=[*IN_FORCE, Status.CLOSED])
        if carries_money(child)
    ]
    accounts = accounts_of([plan_key(pk) for pk in children])
    return sum((_standing(account) for account in accounts.values()), ZERO)


def _standing(account: Account) -> Decimal:
    """Everything an account and those below it hold or have spent."""
    money = money_of(account)
    return money.available + money.reserved + money.committed + money.spent


def _own(account: Account) -> Money:
    """What lies on the account itself."""
    return money_of_many([account.key], own=True).get(account.key, Money())


def _order(plan: Plan, actor: User, reason: str) -> ledger.Order:
    return ledger.Order(
        actor=actor, subject=plan.subject, document=plan.subject, reason=(reason or plan.name)[:300]
    )
