"""The money that waits for a purchase: reserved when it is sent, fitted to the choice, bound by the contracts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.committing import lock_on_money
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User

from ..models import Contract, Purchase
from ..selectors import accounts_by_line, held_by_account, lines_of


def order_for(purchase: Purchase, actor: User, reason: str = "") -> ledger.Order:
    """How postings for a purchase are told in the books."""
    return ledger.Order(
        actor=actor,
        subject=purchase.activity or purchase.subject,
        document=purchase.subject,
        evidence=purchase.subject.code,
        reason=(reason or purchase.title)[:300],
    )


def order_of(contract: Contract, actor: User, reason: str = "") -> ledger.Order:
    """How postings for a contract are told in the books."""
    return ledger.Order(
        actor=actor,
        subject=contract.purchase.activity or contract.subject,
        document=contract.subject,
        evidence=contract.number,
        reason=(reason or contract.title)[:300],
    )


def accounts_for(purchase: Purchase) -> dict[int, Account]:
    """The accounts of the lines by the key of the line; a unit's books are opened.

    Refuses a line without one, and money that waits for an approval (R-APR-08).
    """
    lines = lines_of(purchase)
    demand_money(purchase)
    if purchase.activity_id is None:
        ledger.open_unit(unit=purchase.subject.unit, year=clock.today().year)
    accounts = accounts_by_line(purchase, lines)
    for line in lines:
        if line.pk not in accounts:
            words = say(_("“{item}” is charged to no approved line of the budget."), item=line.name)
            raise Invalid(words, fields={"line": words})
    return accounts


def demand_money(purchase: Purchase) -> None:
    """Refuse to commit money of an activity while it waits for an approval, is suspended or over (R-APR-08)."""
    if purchase.activity is None:
        return
    lines = [line.line_id for line in lines_of(purchase) if line.line_id is not None]
    if reason := lock_on_money(purchase.activity, lines):
        raise WrongState(reason)


def fit_holds(
    *, purchase: Purchase, wanted: Mapping[int, Decimal], accounts: Iterable[Account], actor: User
) -> None:
    """Make what is reserved for the purchase exactly `wanted`, in yuan by the key of the account.

    Refuses where an account has too little (R-BUD-05).
    """
    held = held_by_account(purchase)
    order = order_for(purchase, actor)
    known = {account.pk: account for account in accounts}
    for pk in sorted({*held, *wanted}):
        more = wanted.get(pk, ZERO) - sum((hold.open for hold in held.get(pk, ())), ZERO)
        if more > 0:
            ledger.reserve(account=known[pk], amount=more, order=order)
        for hold in reversed(held.get(pk, ())):
            back = min(hold.open, -more)
            if back > 0:
                ledger.release(hold=hold, amount=back, order=order)
                more += back


def reserve_estimates(*, purchase: Purchase, actor: User) -> None:
    """Freeze what the request asks for."""
    accounts = accounts_for(purchase)
    wanted: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line in lines_of(purchase):
        wanted[accounts[line.pk].pk] += line.estimate
    fit_holds(purchase=purchase, wanted=wanted, accounts=accounts.values(), actor=actor)


def reserve_choice(*, purchase: Purchase, amounts: Mapping[int, Decimal], actor: User) -> None:
    """Freeze what the chosen offers ask for, by the key of the line; what they leave over is free again."""
    accounts = accounts_for(purchase)
    wanted: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line, amount in amounts.items():
        wanted[accounts[line].pk] += amount
    fit_holds(purchase=purchase, wanted=wanted, accounts=accounts.values(), actor=actor)


def release_all(*, purchase: Purchase, actor: User) -> None:
    """Give everything back that waits for the purchase."""
    fit_holds(purchase=purchase, wanted={}, accounts=(), actor=actor)


def bind(*, contract: Contract, actor: User) -> None:
    """Bind the contract's amount out of what is reserved for its purchase 占用; refuses where less is reserved."""
    demand_money(contract.purchase)
    held = held_by_account(contract.purchase)
    order = order_of(contract, actor)
    for line in contract.lines.select_related("account").order_by("account_id", "pk"):
        left = line.amount
        for hold in held.get(line.account_id, ()):
            part = min(left, hold.open)
            if part > 0:
                ledger.commit(hold=hold, amount=part, order=order, supplier=contract.supplier_id)
                hold.open -= part
                left -= part
        if left > 0:
            # What was set free in the meantime has to be there again.
            ledger.commit(account=line.account, amount=left, order=order, supplier=contract.supplier_id)
