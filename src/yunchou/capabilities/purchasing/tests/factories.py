"""A purchase of the worked example's gifts and stands, for the tests of this room and those above.

shop = make_shop(firm)                       # an activity with an approved budget, three suppliers, the people of a purchase
purchase = make_purchase(shop)               # two lines, a draft of shop.requester
approved(submit(purchase)); quoted(shop, purchase); awarded(shop, purchase); signed(shop, contracted(shop, purchase))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from yunchou.capabilities.budgets.actions import settle_budget
from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.budgets.tests.toys import make_budget
from yunchou.capabilities.purchasing import actions
from yunchou.capabilities.purchasing.models import Contract, Purchase, Quote
from yunchou.capabilities.purchasing.sealing import Offer
from yunchou.directory.organisation.positions import DEPT_HEAD, MARKETING_SPECIALIST
from yunchou.directory.organisation.tests.factories import Firm, staff
from yunchou.directory.suppliers.models import Supplier, Supply
from yunchou.directory.suppliers.tests.factories import make_supplier, paper
from yunchou.kernel.approvals.actions import approve, install_definition
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

PRICES = ((15, 200), (14, 210), (16, 190))
"""What the three suppliers ask for a gift and for a stand."""


@dataclass
class Shop:
    firm: Firm
    activity: Subject
    suppliers: list[Supplier]
    requester: User
    buyer: User
    chooser: User

    def line(self, item: str) -> BudgetLine:
        return BudgetLine.objects.select_related("account").get(subject=self.activity, item__startswith=item)


def make_shop(firm: Firm) -> Shop:
    """The budget of 68,000 yuan is approved; the colleague asks, a specialist buys, the head of the department chooses."""
    for key in ("purchase", "contract"):
        install_definition(key=key)
    activity = make_budget(firm.department(), firm.owner)
    settle_budget(subject=activity, source=None, year=clock.today().year, actor=firm.owner)
    suppliers = [
        make_supplier(firm.east, firm.owner, kinds=[Supply.SUPPLIES, Supply.PRINT]) for _n in range(3)
    ]
    buyer = staff("宋采薇", firm.department(), MARKETING_SPECIALIST)
    return Shop(firm, activity, suppliers, firm.colleague, buyer, firm.people[DEPT_HEAD])


def make_purchase(shop: Shop, **fields: Any) -> Purchase:
    """1,000 gifts and 5 stands, at most 16,000 yuan."""
    given = {
        "title": "礼品与展架",
        "kind": Supply.PRINT,
        "purpose": "校园快闪",
        "activity": shop.activity,
    } | fields
    purchase = actions.create_purchase(actor=shop.requester, **given)
    for name, item, quantity, estimate in (
        ("定制礼品", "定制礼品", 1000, 15_000),
        ("展架", "线下展架", 5, 1_000),
    ):
        actions.put_line(
            purchase=purchase, name=name, budget_line=shop.line(item), quantity=Decimal(quantity),
            estimate=Decimal(estimate), measure="件", actor=shop.requester,
        )  # fmt: skip
    return purchase


def decide(subject: Subject) -> Case:
    """Everybody who is asked agrees, one after the other."""
    while task := (
        Task.objects.waiting()
        .filter(step__case__subject=subject, step__case__state=Case.State.RUNNING)
        .select_related("step__case", "assignee")
        .order_by("pk")
        .first()
    ):
        approve(task=task, actor=task.assignee)
    return Case.objects.filter(subject=subject).latest("pk")


def approved(shop: Shop, purchase: Purchase) -> Purchase:
    actions.submit_purchase(purchase=purchase, actor=shop.requester)
    decide(purchase.subject)
    purchase.refresh_from_db()
    return purchase


def offer(purchase: Purchase, prices: Sequence[int | str | None], **fields: Any) -> Offer:
    lines = purchase.lines.order_by("position")
    asked = {line.pk: Decimal(str(p)) for line, p in zip(lines, prices, strict=True) if p is not None}
    return Offer(prices=asked, **fields)


def quoted(
    shop: Shop, purchase: Purchase, prices: Sequence[Sequence[int | str | None]] = PRICES
) -> list[Quote]:
    return [
        actions.put_quote(purchase=purchase, supplier=supplier, offer=offer(purchase, row), actor=shop.buyer)
        for supplier, row in zip(shop.suppliers, prices, strict=False)
    ]


def everything(purchase: Purchase, quote: Quote) -> dict[int, int]:
    """One offer for every line."""
    return dict.fromkeys(purchase.lines.values_list("pk", flat=True), quote.pk)


def awarded(shop: Shop, purchase: Purchase, quote: Quote) -> Purchase:
    return actions.award_purchase(
        purchase=purchase, choice=everything(purchase, quote), reason="价低且交期短", actor=shop.chooser
    )


def contracted(
    shop: Shop, purchase: Purchase, *instalments: tuple[str, int, int, bool], number: str = "HT-1"
) -> Contract:
    """A draft with its instalments: name, amount, days to go, advance."""
    winner = purchase.lines.select_related("winner__supplier").order_by("position")[0].winner
    assert winner is not None
    today = clock.today()
    contract = actions.draft_contract(
        purchase=purchase, supplier=winner.supplier, number=number, terms="按样交货", starts_on=today,
        ends_on=today + timedelta(days=60), actor=shop.buyer,
    )  # fmt: skip
    for name, amount, days, is_advance in instalments:
        actions.put_instalment(
            contract=contract, name=name, amount=Decimal(amount), due_on=today + timedelta(days=days),
            is_advance=is_advance, actor=shop.buyer,
        )  # fmt: skip
    return contract


def signed(shop: Shop, contract: Contract, on: date | None = None) -> Contract:
    actions.submit_contract(contract=contract, actor=shop.buyer)
    decide(contract.subject)
    return actions.sign_contract(
        contract=contract, signed_on=on or clock.today(), upload=paper("合同.pdf"), actor=shop.firm.owner
    )
