"""What the ledger is told when a plan is sent, approved, refused or changed (BUD-11, R-APR-12).

A plan that carries money has the account `plan:<pk>` below its unit's account of the year. When it is sent, its money is
planned; approved, it is available. A plan that breaks another one down takes its money out of that one's, as far as the
other is in force; what it had planned leaves the books then, so that no yuan is counted twice. A plan that is approved
after the plans that break it down brings in only what they have not brought already.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

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
from yunchou.kernel.core.money import ZERO, yuan
from yunchou.kernel.identity.models import User
from yunchou.kernel.versions.models import Version

from .models import IN_FORCE, Item, Plan, Status
from .tables import HEAD

NAME_LENGTH: Final = 200


def plan_key(plan: int) -> str:
    """The key of a plan's account."""
    return f"plan:{plan}"


def item_key(item: int) -> str:
    """The key of an item's account."""
    return f"item:{item}"


def carries_money(plan: Plan) -> bool:
    """Whether the books know the plan: not another cut through money that its parent holds."""
    return plan.document.carries_money


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
    if carries_money(plan) and more > 0:
        ledger.fund(account=_account(plan), amount=more, order=_order(plan, actor, reason))


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


def open_item(*, item: Item, actor: User) -> Account:
    """The account of an item, opened when something is first made from it; its budget comes out of the plan's money.

    As much of it as the plan has available: what is missing is shown as such, and the ledger refuses to spend it.
    """
    if (known := account_of(item_key(item.pk))) is not None:
        return known
    plan = Plan.objects.whole(item.subject_id)
    holder = plan if carries_money(plan) or plan.parent is None else plan.parent
    above = _account(holder)
    account = ledger.open_account(
        kind=Account.Kind.ITEM,
        parent=above,
        key=item_key(item.pk),
        name=item.label[:NAME_LENGTH],
        subject=plan.subject,
    )
    amount = min(item.budget or ZERO, _own(above).available)
    if amount > 0:
        ledger.allot(
            source=above, shares=[ledger.Share(account, amount)], order=_order(plan, actor, item.label)
        )
    return account


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
