"""What stories of purchases do: name a line, find a supplier, write an offer, claim what a bill says, have it paid."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.expenses import actions as expenses
from yunchou.capabilities.expenses.models import Claim, Voucher
from yunchou.capabilities.ledger.selectors import holds_of
from yunchou.capabilities.purchasing.models import Contract, Purchase
from yunchou.capabilities.purchasing.sealing import Offer
from yunchou.directory.suppliers.actions import add_supplier
from yunchou.directory.suppliers.actions.register import Details
from yunchou.directory.suppliers.codes import check_character
from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject

from .clockwork import Days
from .writing import scan


def line_of(activity: Subject, item: str) -> BudgetLine:
    """The budget line whose item begins with these words."""
    found: BudgetLine = BudgetLine.objects.get(subject=activity, item__startswith=item)
    return found


def supplier_named(name: str) -> Supplier:
    """A supplier of the register, whole."""
    found: Supplier = Supplier.objects.select_related("merged_into").get(name=name)
    return found


def new_supplier(name: str, kind: str, body: str, *, unit: Unit, actor: User) -> Supplier:
    """Enter a supplier of one trade; `body` are the first 17 characters of its credit code."""
    details = Details(name=name, kinds=[kind], credit_code=body + check_character(body))
    return add_supplier(unit=unit, details=details, actor=actor)


def offer_of(purchase: Purchase, price: str, delivery: int, days: Days) -> Offer:
    """One price for everything, with 13 % tax in it, valid for another month."""
    return Offer(
        prices={line.pk: Decimal(price) for line in purchase.lines.all()},
        tax_rate=Decimal(13),
        delivery_days=delivery,
        valid_until=days.day(30),
    )


@dataclass(frozen=True)
class Bill:
    """What somebody claims: the line by the beginning of its item, the cost item, the amount, and what is on the voucher."""

    line: str
    item: str
    amount: str
    number: str
    payee: str
    kind: str = Voucher.Kind.INVOICE


def claim(
    activity: Subject,
    bill: Bill,
    texts: tuple[str, str, str, str],
    *,
    actor: User,
    contract: Contract | None = None,
) -> Claim:
    """Write a claim with its four texts, its amount and its voucher, and send it; out of a contract its supplier is paid."""
    supplier = contract.supplier if contract else None
    made = expenses.start_claim(actor=actor, activity=activity, payee_supplier=supplier)
    expenses.write_texts(claim=made, texts=expenses.Texts(*texts), actor=actor)
    expenses.put_line(
        claim=made, amount=Decimal(bill.amount), cost_item=bill.item, budget_line=line_of(activity, bill.line),
        commitment=holds_of(contract.subject)[0] if contract else None, actor=actor,
    )  # fmt: skip
    picture = expenses.keep_picture(claim=made, upload=scan(f"{bill.number}.pdf"), actor=actor)
    paper = expenses.Paper(bill.kind, bill.number, bill.payee, Decimal(bill.amount), clock.today())
    expenses.put_voucher(claim=made, paper=paper, attachment=picture, actor=actor)
    return expenses.submit_claim(claim=made, actor=actor)


def pay(made: Claim, *, actor: User, note: str = "") -> None:
    """Pay a claim out that everybody has agreed to."""
    expenses.pay_claim(claim=Claim.objects.get(pk=made.pk), actor=actor, note=note)
