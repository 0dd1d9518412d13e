"""A small company's books: the group, a region, a plan of 100,000 yuan and a campaign of three lines."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yunchou.capabilities.ledger.actions import Order, Share, allot, fund, open_account, open_unit
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.states import State
from yunchou.kernel.core.money import yuan
from yunchou.kernel.identity.models import Unit, User

LINES = (
    ("B3 线下展架", "物料成本", 1_000),
    ("B5 抖音同城投放", "渠道成本", 20_000),
    ("B8 应急备用金", "其他成本", 5_000),
)


@dataclass
class Books:
    actor: User
    group: Unit
    region: Unit
    unit: Account
    plan: Account
    campaign: Account
    lines: list[Account]

    def order(self, **values: object) -> Order:
        return Order(actor=self.actor, **values)  # type: ignore[arg-type]


def make_books(*, year: int = 2026, number: int = 1) -> Books:
    """Opened and funded: the plan keeps what the campaign's lines did not get."""
    group, _made = Unit.objects.get_or_create(code="group", defaults={"kind": "group", "name": "集团"})
    region, _made = Unit.objects.get_or_create(
        code="south", defaults={"kind": "region", "name": "华南区域", "parent": group}
    )
    actor, _made = User.objects.get_or_create(username="booker", defaults={"name": "记账"})
    unit = open_unit(unit=region, year=year)
    kinds = Account.Kind
    plan = open_account(kind=kinds.PLAN, parent=unit, key=f"plan:{number}", name="华南年度计划")
    campaign = open_account(
        kind=kinds.CAMPAIGN, parent=plan, key=f"campaign:{number}", name="开学季·青春焕新计划"
    )
    lines = [
        open_account(kind=kinds.LINE, parent=campaign, key=f"line:{number}.{n}", name=name, category=category)
        for n, (name, category, _amount) in enumerate(LINES)
    ]
    books = Books(actor, group, region, unit, plan, campaign, lines)
    fund(account=plan, amount=Decimal(100_000), into=State.AVAILABLE, order=books.order())
    shares = [Share(line, yuan(amount)) for line, (_n, _c, amount) in zip(lines, LINES, strict=True)]
    allot(source=plan, shares=shares, order=books.order())
    return books
