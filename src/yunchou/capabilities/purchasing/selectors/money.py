"""The money of purchases and contracts, as the ledger has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from yunchou.capabilities.ledger.actions import unit_key
from yunchou.capabilities.ledger.commitments import sum_of, wanted_of
from yunchou.capabilities.ledger.models import Account, Entry, Hold
from yunchou.capabilities.ledger.selectors import Level, account_of, holds_of, outlook
from yunchou.capabilities.ledger.states import Stage, State
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO

from ..models import Contract, ContractLine, Instalment, Purchase, PurchaseLine


def account_for(purchase: Purchase, line: PurchaseLine) -> Account | None:
    """The account that a line is charged to: that of its budget line, or the unit's of this year; None where there is none."""
    if purchase.activity_id is None:
        return account_of(unit_key(purchase.subject.unit_id, clock.today().year))
    return line.line.account if line.line else None


def accounts_by_line(purchase: Purchase, lines: Sequence[PurchaseLine]) -> dict[int, Account]:
    """The accounts that the lines are charged to, by the key of the line; lines without one are left out."""
    if purchase.activity_id is None:
        account = account_of(unit_key(purchase.subject.unit_id, clock.today().year))
        return {line.pk: account for line in lines} if account else {}
    return {line.pk: line.line.account for line in lines if line.line and line.line.account}


def held_by_account(purchase: Purchase) -> dict[int, list[Hold]]:
    """What is reserved for a purchase, by the key of the account, oldest first; one query."""
    found: dict[int, list[Hold]] = defaultdict(list)
    for hold in holds_of(purchase.subject):
        if hold.state == State.RESERVED:
            found[hold.account_id].append(hold)
    return dict(found)


def look_ahead(
    account: Account | None, amount: Decimal, *, stage: Stage = Stage.RESERVE, supplier: int | None = None
) -> list[Level]:
    """What line, activity, plan, units and ceilings would have left; nothing where there is no account."""
    return outlook(account, amount, stage, supplier=supplier) if account is not None else []


@dataclass(frozen=True)
class InstalmentRow:
    """An instalment beside what was paid, and what claims under way ask for: both count for the earliest ones first."""

    instalment: Instalment
    paid: Decimal
    claimed: Decimal = ZERO

    @property
    def is_paid(self) -> bool:
        return self.paid >= self.instalment.amount

    @property
    def is_claimed(self) -> bool:
        """Whether claims under way ask for everything that is not paid."""
        return not self.is_paid and self.paid + self.claimed >= self.instalment.amount

    @property
    def is_due(self) -> bool:
        return not self.is_paid and self.instalment.due_on <= clock.today()

    @property
    def is_late(self) -> bool:
        return not self.is_paid and self.instalment.due_on < clock.today()

    @property
    def needs_settling(self) -> bool:
        """An advance that was paid, and nobody has accounted for what came."""
        one = self.instalment
        return one.is_advance and self.paid > 0 and one.settled_on is None


@dataclass(frozen=True)
class ContractMoney:
    """What a contract comes to, what was paid of it and what is still bound, in yuan."""

    amount: Decimal = ZERO
    paid: Decimal = ZERO
    open: Decimal = ZERO
    instalments: tuple[InstalmentRow, ...] = ()

    @property
    def scheduled(self) -> Decimal:
        """The sum of the instalments."""
        return sum((row.instalment.amount for row in self.instalments), ZERO)

    @property
    def unscheduled(self) -> Decimal:
        """What no instalment says when to pay; below zero where they come to too much."""
        return self.amount - self.scheduled

    @property
    def late(self) -> tuple[InstalmentRow, ...]:
        return tuple(row for row in self.instalments if row.is_late)

    @property
    def due(self) -> Decimal:
        """What has to be paid by today and is not, in yuan."""
        return sum((row.instalment.amount - row.paid for row in self.instalments if row.is_due), ZERO)

    @property
    def unclaimed(self) -> Decimal:
        """What of it no claim under way asks for: nobody has handed in an invoice."""
        return self.due - sum((row.claimed for row in self.instalments if row.is_due), ZERO)

    @property
    def advances(self) -> tuple[InstalmentRow, ...]:
        """Advances that were paid and are not settled."""
        return tuple(row for row in self.instalments if row.needs_settling)

    @property
    def next_due(self) -> InstalmentRow | None:
        return next((row for row in self.instalments if not row.is_paid), None)


def money_of_contract(contract: Contract) -> ContractMoney:
    """The money of one contract; five queries."""
    return moneys_of_contracts([contract.pk])[contract.pk]


def moneys_of_contracts(contracts: Collection[int]) -> dict[int, ContractMoney]:
    """The money of many contracts; five queries."""
    amounts = _sums(ContractLine.objects.filter(contract__in=contracts), "contract", "amount")
    open_of = _sums(
        Hold.objects.filter(opened_by__document__in=contracts, state=State.COMMITTED),
        "opened_by__document",
        "open",
    )
    paid = paid_of(contracts)
    instalments: dict[int, list[Instalment]] = defaultdict(list)
    for one in Instalment.objects.filter(contract__in=contracts).order_by("due_on", "pk"):
        instalments[one.contract_id].append(one)
    return {
        pk: ContractMoney(
            amounts.get(pk, ZERO),
            paid.get(pk, ZERO),
            open_of.get(pk, ZERO),
            tuple(_spread(instalments.get(pk, ()), paid.get(pk, ZERO))),
        )
        for pk in contracts
    }


def money_with_claims(contract: Contract) -> ContractMoney:
    """The money of one contract with what claims under way ask of it; the queries of `money_of_contract`, and two."""
    money = money_of_contract(contract)
    wishes = wanted_of([hold.pk for hold in holds_of(contract.subject)])
    left = sum((sum_of(each) for each in wishes.values()), ZERO)
    rows = []
    for row in money.instalments:
        part = min(left, row.instalment.amount - row.paid)
        rows.append(replace(row, claimed=part))
        left -= part
    return replace(money, instalments=tuple(rows))


def late_among(due: Mapping[int, Decimal]) -> list[int]:
    """The contracts of which less was paid than was `due`, by their key in yuan; two queries."""
    paid = paid_of(due)
    return sorted(pk for pk, amount in due.items() if paid.get(pk, ZERO) < amount)


def instalments_paid(contracts: Collection[int]) -> list[Instalment]:
    """The instalments of these contracts that are paid in full; three queries."""
    paid, found = paid_of(contracts), []
    left = {pk: paid.get(pk, ZERO) for pk in contracts}
    for one in Instalment.objects.filter(contract__in=contracts).order_by("due_on", "pk"):
        if left[one.contract_id] >= one.amount:
            found.append(one)
        left[one.contract_id] -= min(left[one.contract_id], one.amount)
    return found


def paid_of(contracts: Collection[int]) -> dict[int, Decimal]:
    """What was spent out of the commitments of contracts, reversals taken off; two queries."""
    document = "source_hold__opened_by__document"
    spent = Entry.objects.filter(
        **{f"{document}__in": contracts}, source_hold__state=State.COMMITTED, target_state=State.SPENT
    )
    found = _sums(spent, document, "amount")
    back = Entry.objects.filter(
        **{f"reverses__{document}__in": contracts}, reverses__source_hold__state=State.COMMITTED
    )
    for contract, amount in _sums(back, f"reverses__{document}", "amount").items():
        found[contract] -= amount
    return found


def _sums(rows: QuerySet[Any], by: str, column: str) -> dict[int, Decimal]:
    """The sums of a column by another one."""
    grouped = rows.order_by().values_list(by).annotate(sum=Sum(column))
    return {pk: total or ZERO for pk, total in grouped}


def _spread(instalments: Sequence[Instalment], paid: Decimal) -> list[InstalmentRow]:
    rows, left = [], paid
    for one in instalments:
        part = min(left, one.amount)
        rows.append(InstalmentRow(one, part))
        left -= part
    return rows


def paid_instalments(contract: Contract) -> frozenset[int]:
    """The keys of the instalments of which something was paid."""
    return frozenset(row.instalment.pk for row in money_of_contract(contract).instalments if row.paid > 0)
